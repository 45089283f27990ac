/** Who this sled is and what it offers. A sled on a laptop has the identity and the size of a Gimlet. */
import type { SledRole } from "@racklet/api-types/sled-agent/latest";
import type { Baseboard } from "../nexus/nexus.ts";

export interface Sled {
  readonly sledId: string;
  readonly rackId: string;
  readonly role: SledRole;
  readonly baseboard: Baseboard;
}

const GIMLET_PART = "913-0000019";
const SIDECAR_PART = "913-0000006";
const GIB = 1024 ** 3;

/** What Nexus may place VMs by. Nothing of it is taken from the machine this runs on: simulated VMs need next to nothing. */
export const SIZE = {
  usableHardwareThreads: 128,
  usablePhysicalRam: 1024 * GIB,
  reservoirSize: 816 * GIB,
  cpuFamily: "amd_milan",
} as const;

export const gimletBaseboard = (serial: string): Baseboard => ({ serial, part: GIMLET_PART, revision: 6 });

/** The switch of a scrimlet, named after it. */
export const switchBaseboard = (sled: Sled): Baseboard => ({
  serial: `${sled.baseboard.serial}-switch`,
  part: SIDECAR_PART,
  revision: 6,
});
