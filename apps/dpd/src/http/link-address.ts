/** The addresses of links. */
import { resultsPage } from "@racklet/api-kit";
import type { linkAddressOperations } from "@racklet/api-types/dpd/operations/link-address";
import type { AddressEntry } from "../port/types.ts";
import type { DpdHandlers } from "./handlers.ts";
import { readIp } from "./read.ts";
import { addressAfter } from "./selectors.ts";

// Entries may know more of themselves than the wire says.
const toWire = ({ tag, addr }: AddressEntry) => ({ tag, addr });
const ipOf = ({ addr }: AddressEntry) => ({ ip: addr });

export const linkAddressHandlers: DpdHandlers<typeof linkAddressOperations> = {
  link_ipv4_list: ({ ports }, { params: { port_id, link_id }, page }) =>
    resultsPage(
      ports.listAddresses(port_id, link_id, "ipv4", page.limit, addressAfter(page, "ipv4")).map(toWire),
      ipOf,
    ),
  link_ipv4_create: ({ ports }, { params, body }) => ports.createAddress(params.port_id, params.link_id, body),
  link_ipv4_reset: ({ ports }, { params }) => ports.resetAddresses(params.port_id, params.link_id, "ipv4"),
  link_ipv4_delete: ({ ports }, { params }) => ports.deleteAddress(params.port_id, params.link_id, params.address),
  link_ipv6_list: ({ ports }, { params: { port_id, link_id }, page }) =>
    resultsPage(
      ports.listAddresses(port_id, link_id, "ipv6", page.limit, addressAfter(page, "ipv6")).map(toWire),
      ipOf,
    ),
  link_ipv6_create: ({ ports }, { params, body: { addr, tag } }) =>
    ports.createAddress(params.port_id, params.link_id, { addr: readIp(addr), tag }),
  link_ipv6_reset: ({ ports }, { params }) => ports.resetAddresses(params.port_id, params.link_id, "ipv6"),
  link_ipv6_delete: ({ ports }, { params }) => ports.deleteAddress(params.port_id, params.link_id, params.address),
};
