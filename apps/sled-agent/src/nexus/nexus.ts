/** What a sled-agent says to Nexus, apart from how it gets there. */
import type { SledCpuFamily, SledRole } from "@racklet/api-types/sled-agent/latest";
import type { VmmStatus } from "../vmm/types.ts";

export interface Baseboard {
  readonly serial: string;
  readonly part: string;
  readonly revision: number;
}

/** What Nexus records of a sled, but for its generation. */
export interface SledDescription {
  /** Where this sled-agent listens, `[IPV6]:PORT`. */
  readonly address: string;
  /** Undefined: the address it listens on. */
  readonly underlayAddress: string | undefined;
  /** On a scrimlet: its switch's dpd, where known. */
  readonly dpdUrl: string | undefined;
  readonly repoDepotPort: number;
  readonly role: SledRole;
  readonly baseboard: Baseboard;
  readonly usableHardwareThreads: number;
  readonly usablePhysicalRam: number;
  readonly reservoirSize: number;
  readonly cpuFamily: SledCpuFamily;
}

export interface RegisteredSled {
  readonly description: SledDescription;
  readonly generation: number;
  readonly isDecommissioned: boolean;
}

export interface SwitchDescription {
  readonly id: string;
  readonly rackId: string;
  readonly baseboard: Baseboard;
}

/** Every method rejects with NexusRefusedError when Nexus says no, and otherwise when it gave no answer within some seconds. */
export interface Nexus {
  /** Undefined when the sled never registered. */
  findSled(sledId: string, signal: AbortSignal): Promise<RegisteredSled | undefined>;
  putSled(sledId: string, sled: Omit<RegisteredSled, "isDecommissioned">, signal: AbortSignal): Promise<void>;
  putSwitch(description: SwitchDescription, signal: AbortSignal): Promise<void>;
  putVmmState(propolisId: string, status: VmmStatus, signal: AbortSignal): Promise<void>;
}

/** Nexus answered 4xx: asking the same again would not help. */
export class NexusRefusedError extends Error {
  override readonly name = "NexusRefusedError";
  readonly status: number;
  constructor(status: number, message: string, cause?: unknown) {
    super(message, { cause });
    this.status = status;
  }
}
