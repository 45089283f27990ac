/** Addresses of the switch itself. */
import type { loopbackOperations } from "@racklet/api-types/dpd/operations/loopback";
import type { DpdHandlers } from "./handlers.ts";
import { readIp } from "./read.ts";

export const loopbackHandlers: DpdHandlers<typeof loopbackOperations> = {
  loopback_ipv4_list: ({ loopbacks }) => loopbacks.list("ipv4"),
  loopback_ipv4_create: ({ loopbacks }, { body }) => loopbacks.create(body),
  loopback_ipv4_delete: ({ loopbacks }, { params }) => loopbacks.delete(params.ipv4),
  loopback_ipv6_list: ({ loopbacks }) => loopbacks.list("ipv6"),
  loopback_ipv6_create: ({ loopbacks }, { body: { addr, tag } }) => loopbacks.create({ addr: readIp(addr), tag }),
  loopback_ipv6_delete: ({ loopbacks }, { params }) => loopbacks.delete(params.ipv6),
};
