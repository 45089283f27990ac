/** The rack's network configuration, as the sleds share it, and the uplinks that were once a request of their own. */
import { declare, s } from "@racklet/api-kit";
import * as v33 from "./v33/network-config.ts";
import { WriteNetworkConfigRequest } from "./v39/network-config.ts";
import { V } from "./versions.ts";

// Never used: a server keeps each form as it came, since sleds that are not updated yet must be able to read it.
const keptAsReceived = ({ generation, body }: v33.WriteNetworkConfigRequest): WriteNetworkConfigRequest => ({
  generation,
  body: { rack_network_config: body.rack_network_config },
});

export const writeNetworkBootstoreConfig = declare({
  operationId: "write_network_bootstore_config",
  method: "PUT",
  path: "/network-bootstore-config",
  summary: "Write the rack's network configuration",
  description:
    "Kept as it comes, whatever its version. 409 when the sled has one of a higher generation, or another one of the same.",
  revisions: [
    { since: V.BOOTSTORE_SERVICE_NAT_GENERATION, body: WriteNetworkConfigRequest },
    { since: V.BOOTSTORE_SERVICE_NAT, body: v33.WriteNetworkConfigRequest, up: keptAsReceived },
  ],
});

const SwitchPorts = s.named(
  "SwitchPorts",
  s.object({ uplinks: s.array(s.any()) }),
  "The ports that lead out of the rack, which are not looked at.",
);

export const uplinkEnsure = declare({
  operationId: "uplink_ensure",
  method: "POST",
  path: "/switch-ports",
  summary: "State the uplinks of the switch",
  description: "Does nothing, as upstream: they come with the network configuration.",
  idempotent: true,
  revisions: [
    { since: V.REMOVE_UPLINK_ENSURE, removed: true },
    { since: V.INITIAL, body: SwitchPorts },
  ],
});
