/** The rack's network configuration, as the sleds share it. */
import { declare } from "@racklet/api-kit";
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
