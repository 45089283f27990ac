/** Chooses addresses and MACs for interfaces. The first five addresses of a subnet are the system's, and the last of an IPv4 one is its broadcast. */
import type { Transaction } from "kysely";
import {
  canonicalIp,
  formatMac,
  GUEST_MAC_FIRST,
  GUEST_MAC_LAST,
  inPrefix,
  ipFromBigint,
  ipNetRange,
  ipToBigint,
  ipVersion,
  parseIpNet,
} from "@racklet/net";
import type { Random } from "@racklet/world";
import type { NexusTables } from "../db/schema.ts";
import { invalidRequest, NexusError } from "../errors.ts";
import type { AddressChoice } from "./plan.ts";

type Tx = Transaction<NexusTables>;

const RESERVED = 5n;
const MAC_TRIES = 64;

/** The address asked for, or the lowest free one. Throws invalid-request when it cannot be had. */
export async function takePrivateAddress(
  tx: Tx,
  subnet: { readonly id: string; readonly name: string; readonly block: string },
  choice: AddressChoice,
): Promise<string> {
  const net = parseIpNet(subnet.block);
  if (net === null) throw new NexusError("internal", `subnet ${subnet.id} has the block ${subnet.block}`);
  const version = ipVersion(net.address);
  const range = ipNetRange(net);
  const first = ipToBigint(range.first) + RESERVED;
  const last = ipToBigint(range.last) - (version === 4 ? 1n : 0n);
  const used = await usedAddresses(tx, subnet.id, version === 4 ? "ipv4" : "ipv6");
  if (choice.type === "explicit") {
    const ip = canonicalIp(choice.value) ?? choice.value;
    if (ipVersion(ip) !== version || !inPrefix(ip, net)) {
      throw invalidRequest(`Requested IP address '${ip}' is not in the VPC subnet's block ${subnet.block}`);
    }
    const address = ipToBigint(ip);
    if (address < first || address > last)
      throw invalidRequest(`Requested IP address '${ip}' is reserved by the system`);
    if (used.has(address)) throw invalidRequest(`The IP address '${ip}' is not available`);
    return ip;
  }
  for (let address = first; address <= last; address++) {
    if (!used.has(address)) return ipFromBigint(version, address);
  }
  throw invalidRequest(
    `No available IPv${version} addresses for interface in subnet '${subnet.name}' with ID '${subnet.id}'`,
  );
}

async function usedAddresses(tx: Tx, subnetId: string, column: "ipv4" | "ipv6"): Promise<Set<bigint>> {
  const rows = await tx
    .selectFrom("network_interface")
    .select(`${column} as ip`)
    .where("subnet_id", "=", subnetId)
    .where("time_deleted", "is", null)
    .where(column, "is not", null)
    .execute();
  return new Set(rows.flatMap(({ ip }) => (ip === null ? [] : [ipToBigint(ip)])));
}

/** A MAC of the guests' range that no interface of the VPC has. */
export async function takeMac(tx: Tx, random: Random, vpcId: string): Promise<string> {
  for (let i = 0; i < MAC_TRIES; i++) {
    const mac = formatMac(GUEST_MAC_FIRST + Math.floor(random.next() * (GUEST_MAC_LAST - GUEST_MAC_FIRST + 1)));
    const user = await tx
      .selectFrom("network_interface")
      .select("id")
      .where("vpc_id", "=", vpcId)
      .where("mac", "=", mac)
      .where("time_deleted", "is", null)
      .executeTakeFirst();
    if (user === undefined) return mac;
  }
  throw new NexusError("unavailable", "no free MAC address was found; try again");
}
