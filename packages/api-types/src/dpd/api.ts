/** dpd's API: NAT, tables and identity of one switch. One group of operations per file of `operations/`. */
import { defineApi } from "@racklet/api-kit";
import { BODY_LIMIT } from "./limits.ts";
import { infoOperations } from "./operations/info.ts";
import { multicastOperations } from "./operations/multicast.ts";
import { natGroupOperations } from "./operations/nat-group.ts";
import { natIpv4Operations } from "./operations/nat-ipv4.ts";
import { natIpv6Operations } from "./operations/nat-ipv6.ts";
import { natPullOperations } from "./operations/nat-pull.ts";
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
  },
});
