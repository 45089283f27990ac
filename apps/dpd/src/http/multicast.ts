/** Multicast groups. */
import { HttpError, resultsPage, selectorOf, type PageRequest } from "@racklet/api-kit";
import type { multicastOperations } from "@racklet/api-types/dpd/operations/multicast";
import { V } from "@racklet/api-types/dpd/versions";
import { isIp } from "@racklet/net";
import type { Group } from "../mcast/group.ts";
import type { DpdHandlers } from "./handlers.ts";
import {
  addressFromWire,
  checkUnderlay,
  externalFromWire,
  externalToWire,
  groupToWire,
  memberFromWire,
  underlayFromWire,
  underlayToWire,
} from "./multicast-wire.ts";

export const multicastHandlers: DpdHandlers<typeof multicastOperations> = {
  multicast_group_create_external: async ({ mcast }, { body }) => {
    const { group_ip, tag } = body;
    return externalToWire(
      await mcast.createExternal({ ip: addressFromWire(group_ip), tag: tag ?? null, ...externalFromWire(body) }),
    );
  },
  multicast_group_update_external: async ({ mcast }, { params, query, body }) =>
    externalToWire(await mcast.updateExternal(params.group_ip, query.tag, externalFromWire(body))),
  multicast_group_create_underlay: async ({ mcast }, { body: { group_ip, tag, members } }) =>
    underlayToWire(
      await mcast.createUnderlay({
        ip: underlayFromWire(group_ip),
        tag: tag ?? null,
        members: members.map(memberFromWire),
      }),
    ),
  multicast_group_get_underlay: ({ mcast }, { params }) =>
    underlayToWire(mcast.getUnderlay(checkUnderlay(params.group_ip))),
  multicast_group_update_underlay: async ({ mcast }, { params, query, body }) =>
    underlayToWire(
      await mcast.updateUnderlay(checkUnderlay(params.group_ip), query.tag, body.members.map(memberFromWire)),
    ),
  multicast_groups_list: ({ mcast }, { page }) => pageOf(mcast.list(page.limit, after(page))),
  multicast_reset: ({ mcast }) => mcast.resetAll(),
  multicast_group_get: ({ mcast }, { params }) => groupToWire(mcast.get(params.group_ip)),
  multicast_group_delete: ({ mcast }, { params, query }) => mcast.delete(params.group_ip, query.tag),
  multicast_groups_list_by_tag: ({ mcast }, { params, page }) =>
    pageOf(mcast.list(page.limit, after(page), params.tag)),
  multicast_reset_by_tag: ({ mcast }, { params }) => mcast.resetByTag(params.tag),
  multicast_reset_untagged: (_, { request }) => {
    if (request.version.ordinal < V.MCAST_STRICT_UNDERLAY) return;
    throw new HttpError(410, "every multicast group has a tag, so there are none without");
  },
};

function pageOf(groups: readonly Group[]) {
  return resultsPage(groups.map(groupToWire), ({ group_ip }) => ({ group_ip }));
}

function after(page: PageRequest): string | undefined {
  const selector = selectorOf(page, isSelector);
  return selector === undefined ? undefined : addressFromWire(selector.group_ip);
}

function isSelector(value: unknown): value is { group_ip: string } {
  if (typeof value !== "object" || value === null || !("group_ip" in value)) return false;
  return typeof value.group_ip === "string" && isIp(value.group_ip);
}
