/** Every table dpd programs, in the order it lists them: along the way of a packet. */
import { DpdError } from "../errors.ts";
import { MCAST_TABLES } from "./mcast.ts";
import { NAT_TABLES } from "./nat.ts";
import { NEIGHBOR_TABLES } from "./neighbor.ts";
import {
  ASIC_ID_TO_PORT,
  EGRESS_FILTER,
  EGRESS_MAC,
  INGRESS_MAC,
  SWITCH_ADDRESS_TABLES,
  UPLINK_PORTS,
} from "./port.ts";
import { ROUTE_LOOKUP, ROUTE_SLOTS } from "./route.ts";
import { ATTACHED_SUBNETS } from "./subnet.ts";
import type { AnyTable } from "./types.ts";

export const TABLES: readonly AnyTable[] = [
  UPLINK_PORTS,
  SWITCH_ADDRESS_TABLES.ipv4,
  SWITCH_ADDRESS_TABLES.ipv6,
  ATTACHED_SUBNETS.ipv4,
  ATTACHED_SUBNETS.ipv6,
  NAT_TABLES.ipv4,
  NAT_TABLES.ipv6,
  MCAST_TABLES.nat.ipv4,
  MCAST_TABLES.nat.ipv6,
  MCAST_TABLES.sourceFilter.ipv4,
  MCAST_TABLES.sourceFilter.ipv6,
  MCAST_TABLES.replication,
  ROUTE_LOOKUP.ipv4,
  ROUTE_SLOTS.ipv4,
  ROUTE_LOOKUP.ipv6,
  ROUTE_SLOTS.ipv6,
  MCAST_TABLES.route.ipv4,
  MCAST_TABLES.route.ipv6,
  NEIGHBOR_TABLES.ipv4,
  NEIGHBOR_TABLES.ipv6,
  EGRESS_FILTER,
  INGRESS_MAC,
  EGRESS_MAC,
  MCAST_TABLES.decapPorts,
  ASIC_ID_TO_PORT,
];

const byName = new Map(TABLES.map((table) => [table.name.toLowerCase(), table]));

export function listTableNames(): string[] {
  return TABLES.map((table) => table.name);
}

/** The table of that name in any case; throws `missing`. */
export function getTable(name: string): AnyTable {
  const table = byName.get(name.toLowerCase());
  if (table === undefined) throw new DpdError("missing", `no such table: ${name}`);
  return table;
}
