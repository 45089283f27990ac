/** What is set on a link, and how it is. */
import { declare } from "@racklet/api-kit";
import { MacAddr } from "../latest.ts";
import { FaultCondition, FaultText, Flag, LinkHistory, PortPrbsMode } from "../latest-network.ts";
import { link } from "../params-network.ts";
import { LinkHistory as V1LinkHistory } from "../v1/link.ts";
import { PortPrbsMode as V1PortPrbsMode } from "../v1/port.ts";
import { downLinkHistory } from "../v11/link.ts";
import { downPrbsMode, upPrbsMode } from "../v12/link.ts";
import { V } from "../versions.ts";

export const linkStateOperations = {
  link_enabled_get: declare({
    operationId: "link_enabled_get",
    method: "GET",
    path: "/ports/{port_id}/links/{link_id}/enabled",
    params: link,
    summary: "Get whether a link is enabled",
    revisions: [{ since: V.INITIAL, response: Flag }],
  }),
  link_enabled_set: declare({
    operationId: "link_enabled_set",
    method: "PUT",
    path: "/ports/{port_id}/links/{link_id}/enabled",
    params: link,
    summary: "Set whether a link is enabled",
    revisions: [{ since: V.INITIAL, body: Flag }],
  }),
  link_ipv6_enabled_get: declare({
    operationId: "link_ipv6_enabled_get",
    method: "GET",
    path: "/ports/{port_id}/links/{link_id}/ipv6_enabled",
    params: link,
    summary: "Get whether IPv6 is used on a link",
    revisions: [{ since: V.INITIAL, response: Flag }],
  }),
  link_ipv6_enabled_set: declare({
    operationId: "link_ipv6_enabled_set",
    method: "PUT",
    path: "/ports/{port_id}/links/{link_id}/ipv6_enabled",
    params: link,
    summary: "Set whether IPv6 is used on a link",
    revisions: [{ since: V.INITIAL, body: Flag }],
  }),
  link_nat_only_get: declare({
    operationId: "link_nat_only_get",
    method: "GET",
    path: "/ports/{port_id}/links/{link_id}/nat_only",
    params: link,
    summary: "Get whether a link leads out of the rack",
    revisions: [
      { since: V.UPLINK_PORTS, removed: true },
      { since: V.INITIAL, response: Flag },
    ],
  }),
  link_nat_only_set: declare({
    operationId: "link_nat_only_set",
    method: "PUT",
    path: "/ports/{port_id}/links/{link_id}/nat_only",
    params: link,
    summary: "Set whether a link leads out of the rack",
    revisions: [
      { since: V.UPLINK_PORTS, removed: true },
      { since: V.INITIAL, body: Flag },
    ],
  }),
  link_uplink_get: declare({
    operationId: "link_uplink_get",
    method: "GET",
    path: "/ports/{port_id}/links/{link_id}/uplink",
    params: link,
    summary: "Get whether a link leads out of the rack",
    revisions: [{ since: V.UPLINK_PORTS, response: Flag }],
  }),
  link_uplink_set: declare({
    operationId: "link_uplink_set",
    method: "PUT",
    path: "/ports/{port_id}/links/{link_id}/uplink",
    params: link,
    summary: "Set whether a link leads out of the rack",
    description: "Into an uplink only NAT traffic is let; out of it guests may send.",
    revisions: [{ since: V.UPLINK_PORTS, body: Flag }],
  }),
  link_linkup_get: declare({
    operationId: "link_linkup_get",
    method: "GET",
    path: "/ports/{port_id}/links/{link_id}/linkup",
    params: link,
    summary: "Get whether a link is up",
    revisions: [{ since: V.INITIAL, response: Flag }],
  }),
  link_mac_get: declare({
    operationId: "link_mac_get",
    method: "GET",
    path: "/ports/{port_id}/links/{link_id}/mac",
    params: link,
    summary: "Get the MAC address of a link",
    revisions: [{ since: V.INITIAL, response: MacAddr }],
  }),
  link_mac_set: declare({
    operationId: "link_mac_set",
    method: "PUT",
    path: "/ports/{port_id}/links/{link_id}/mac",
    params: link,
    summary: "Set the MAC address of a link",
    revisions: [{ since: V.INITIAL, body: MacAddr }],
  }),
  link_autoneg_get: declare({
    operationId: "link_autoneg_get",
    method: "GET",
    path: "/ports/{port_id}/links/{link_id}/autoneg",
    params: link,
    summary: "Get whether a link negotiates with its peer",
    revisions: [{ since: V.INITIAL, response: Flag }],
  }),
  link_autoneg_set: declare({
    operationId: "link_autoneg_set",
    method: "PUT",
    path: "/ports/{port_id}/links/{link_id}/autoneg",
    params: link,
    summary: "Set whether a link negotiates with its peer",
    revisions: [{ since: V.INITIAL, body: Flag }],
  }),
  link_kr_get: declare({
    operationId: "link_kr_get",
    method: "GET",
    path: "/ports/{port_id}/links/{link_id}/kr",
    params: link,
    summary: "Get whether a link uses the electrical mode of backplane cables",
    revisions: [{ since: V.INITIAL, response: Flag }],
  }),
  link_kr_set: declare({
    operationId: "link_kr_set",
    method: "PUT",
    path: "/ports/{port_id}/links/{link_id}/kr",
    params: link,
    summary: "Set whether a link uses the electrical mode of backplane cables",
    revisions: [{ since: V.INITIAL, body: Flag }],
  }),
  link_prbs_get: declare({
    operationId: "link_prbs_get",
    method: "GET",
    path: "/ports/{port_id}/links/{link_id}/prbs",
    params: link,
    summary: "Get the bit sequence that a link sends",
    revisions: [
      { since: V.PRBS_ERROR_TRACKING, response: PortPrbsMode },
      { since: V.INITIAL, response: V1PortPrbsMode, down: downPrbsMode },
    ],
  }),
  link_prbs_set: declare({
    operationId: "link_prbs_set",
    method: "PUT",
    path: "/ports/{port_id}/links/{link_id}/prbs",
    params: link,
    summary: "Set the bit sequence that a link sends",
    revisions: [
      { since: V.PRBS_ERROR_TRACKING, body: PortPrbsMode },
      { since: V.INITIAL, body: V1PortPrbsMode, up: upPrbsMode },
    ],
  }),
  link_fault_get: declare({
    operationId: "link_fault_get",
    method: "GET",
    path: "/ports/{port_id}/links/{link_id}/fault",
    params: link,
    summary: "Get the fault of a link",
    revisions: [{ since: V.INITIAL, response: FaultCondition }],
  }),
  link_fault_inject: declare({
    operationId: "link_fault_inject",
    method: "POST",
    path: "/ports/{port_id}/links/{link_id}/fault",
    params: link,
    idempotent: true,
    summary: "Take a link out of service with a fault",
    description: "The body is a text for people.",
    revisions: [{ since: V.INITIAL, body: FaultText }],
  }),
  link_fault_clear: declare({
    operationId: "link_fault_clear",
    method: "DELETE",
    path: "/ports/{port_id}/links/{link_id}/fault",
    params: link,
    summary: "Put a link with a fault back into service",
    revisions: [{ since: V.INITIAL }],
  }),
  link_history_get: declare({
    operationId: "link_history_get",
    method: "GET",
    path: "/ports/{port_id}/links/{link_id}/history",
    params: link,
    summary: "Get the latest events of a link",
    revisions: [
      { since: V.WALLCLOCK_HISTORY, response: LinkHistory },
      { since: V.INITIAL, response: V1LinkHistory, down: downLinkHistory },
    ],
  }),
};
