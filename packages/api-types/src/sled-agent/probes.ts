/** The operation on probes. */
import { declare, type Infer } from "@racklet/api-kit";
import { NetworkInterface as FirstInterface } from "./v1/network-interface.ts";
import { probeSetOf, type ProbeSetOf } from "./v6/probes.ts";
import { NetworkInterface, interfaceUp } from "./v10/network-interface.ts";
import { V } from "./versions.ts";

export const ProbeSet = probeSetOf(NetworkInterface);
export type ProbeSet = Infer<typeof ProbeSet>;

export const probesPut = declare({
  operationId: "probes_put",
  method: "PUT",
  path: "/probes",
  summary: "State the probes of this sled",
  description:
    "Replaces them all: each has a port like a VM's, with external addresses, and no VM. 400 for a probe listed twice, and for what a port cannot have; then nothing changes.",
  revisions: [
    { since: V.ADD_DUAL_STACK_SHARED_NETWORK_INTERFACES, body: ProbeSet },
    {
      since: V.ADD_PROBE_PUT_ENDPOINT,
      body: probeSetOf(FirstInterface),
      up: ({ probes }: ProbeSetOf<FirstInterface>): ProbeSet => ({
        probes: probes.map((probe) => ({ ...probe, interface: interfaceUp(probe.interface) })),
      }),
    },
  ],
});
