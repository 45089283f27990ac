/** dpd's API: ports, addresses, routes, NAT, multicast and tables of one switch. One group of operations per file. */
import { defineApi } from "@racklet/api-kit";
import { BODY_LIMIT } from "./limits.ts";
import { infoOperations } from "./operations/info.ts";
import { multicastOperations } from "./operations/multicast.ts";
import { natGroupOperations } from "./operations/nat-group.ts";
import { natIpv4Operations } from "./operations/nat-ipv4.ts";
import { natIpv6Operations } from "./operations/nat-ipv6.ts";
import { natPullOperations } from "./operations/nat-pull.ts";
import { attachedSubnetOperations } from "./operations/attached-subnet.ts";
import { counterOperations } from "./operations/counter.ts";
import { hardwareOperations } from "./operations/hardware.ts";
import { linkAddressOperations } from "./operations/link-address.ts";
import { linkStateOperations } from "./operations/link-state.ts";
import { linkOperations } from "./operations/link.ts";
import { loopbackOperations } from "./operations/loopback.ts";
import { moduleOperations } from "./operations/module.ts";
import { neighborOperations } from "./operations/neighbor.ts";
import { portSettingsOperations } from "./operations/port-settings.ts";
import { portOperations } from "./operations/port.ts";
import { routeIpv4Operations } from "./operations/route-ipv4.ts";
import { routeIpv6Operations } from "./operations/route-ipv6.ts";
import { provenanceOperations } from "./operations/provenance.ts";
import { settingsOperations } from "./operations/settings.ts";
import { tableOperations } from "./operations/table.ts";
import { dpdVersions } from "./versions.ts";

export const dpdApi = defineApi({
  ident: "dpd",
  title: "Oxide Switch Dataplane Controller",
  description: "Programs the dataplane of one of the rack's switches",
  versions: dpdVersions,
  onMissing: "refuse",
  bodyLimit: BODY_LIMIT,
  operations: {
    ...infoOperations,
    ...natIpv4Operations,
    ...natIpv6Operations,
    ...natPullOperations,
    ...natGroupOperations,
    ...multicastOperations,
    ...settingsOperations,
    ...tableOperations,
    ...portOperations,
    ...portSettingsOperations,
    ...linkOperations,
    ...linkStateOperations,
    ...linkAddressOperations,
    ...loopbackOperations,
    ...neighborOperations,
    ...routeIpv4Operations,
    ...routeIpv6Operations,
    ...attachedSubnetOperations,
    ...counterOperations,
    ...moduleOperations,
    ...hardwareOperations,
    ...provenanceOperations,
  },
});
