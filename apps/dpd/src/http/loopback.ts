/** Addresses of the switch itself. */
import type { loopbackOperations } from "@racklet/api-types/dpd/operations/loopback";
import type { AddressEntry } from "../port/types.ts";
import type { DpdHandlers } from "./handlers.ts";
import { readIp } from "./read.ts";

// Entries know more of themselves than the wire says.
const toWire = ({ tag, addr }: AddressEntry) => ({ tag, addr });

export const loopbackHandlers: DpdHandlers<typeof loopbackOperations> = {
  loopback_ipv4_list: ({ loopbacks }) => loopbacks.list("ipv4").map(toWire),
  loopback_ipv4_create: ({ loopbacks }, { body }) => loopbacks.create(body),
  loopback_ipv4_delete: ({ loopbacks }, { params }) => loopbacks.delete(params.ipv4),
  loopback_ipv6_list: ({ loopbacks }) => loopbacks.list("ipv6").map(toWire),
  loopback_ipv6_create: ({ loopbacks }, { body: { addr, tag } }) => loopbacks.create({ addr: readIp(addr), tag }),
  loopback_ipv6_delete: ({ loopbacks }, { params }) => loopbacks.delete(params.ipv6),
};
