/** dpd and its switch: who they are and how they are. */
import { declare, s } from "@racklet/api-kit";
import { BuildInfo, DpdHealth, SwitchIdentifiers } from "../latest.ts";
import { SwitchIdentifiers as V1SwitchIdentifiers } from "../v1/switch.ts";
import { downSwitchIdentifiers } from "../v10/switch.ts";
import { V } from "../versions.ts";

export const infoOperations = {
  dpd_version: declare({
    operationId: "dpd_version",
    method: "GET",
    path: "/dpd-version",
    summary: "Get the version of dpd",
    revisions: [{ since: V.INITIAL, response: s.string() }],
  }),
  build_info: declare({
    operationId: "build_info",
    method: "GET",
    path: "/build-info",
    summary: "Get how dpd was built",
    revisions: [{ since: V.INITIAL, response: BuildInfo }],
  }),
  dpd_uptime: declare({
    operationId: "dpd_uptime",
    method: "GET",
    path: "/dpd-uptime",
    summary: "Get the seconds since dpd started",
    description: "A smaller number than last time means that dpd restarted and that its tables were empty.",
    revisions: [{ since: V.INITIAL, response: s.i64() }],
  }),
  switch_identifiers: declare({
    operationId: "switch_identifiers",
    method: "GET",
    path: "/switch/identifiers",
    summary: "Get the identifiers of the switch",
    description: "Answers 503 as long as they are not known.",
    revisions: [
      { since: V.ASIC_DETAILS, response: SwitchIdentifiers },
      { since: V.INITIAL, response: V1SwitchIdentifiers, down: downSwitchIdentifiers },
    ],
  }),
  dpd_health: declare({
    operationId: "dpd_health",
    method: "GET",
    path: "/health",
    summary: "Get the health of dpd",
    description: "Answers whatever the state of the ASIC is. An extension of racklet.",
    revisions: [{ since: V.NAT_GROUPS, response: DpdHealth }],
  }),
};
