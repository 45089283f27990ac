/** Clearing what clients have set. */
import { declare } from "@racklet/api-kit";
import { settingsTag } from "../params.ts";
import { V } from "../versions.ts";

export const settingsOperations = {
  reset_all: declare({
    operationId: "reset_all",
    method: "DELETE",
    path: "/all-settings",
    summary: "Clear all settings",
    description:
      "Everything clients have set except loopback addresses, NAT groups included. Goes on past a failure and answers the last one.",
    revisions: [{ since: V.INITIAL }],
  }),
  reset_all_tagged: declare({
    operationId: "reset_all_tagged",
    method: "DELETE",
    path: "/all-settings/{tag}",
    params: settingsTag,
    summary: "Clear the settings with a tag",
    description:
      "ARP and NDP entries, routes and link addresses. Never NAT entries, multicast groups or attached subnets, which carry no such tag.",
    revisions: [{ since: V.INITIAL }],
  }),
};
