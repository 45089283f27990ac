/** Reads every NAT entry of a switch, with the group that owns it. */
import type { DpdClient } from "@racklet/dpd-client";
import type { NatEntry, OwnedEntry } from "./nat-view.ts";

const PAGE = 1_000;
const CONCURRENT = 16;

/** Entries of groups, and those that no group owns. Throws what the client throws. */
export async function readNat(dpd: DpdClient): Promise<OwnedEntry[]> {
  const owned: OwnedEntry[] = [];
  for await (const { group } of dpd.pages.nat_group_list()) {
    for await (const entry of dpd.pages.nat_group_entries_list({ path: { group }, query: { limit: PAGE } })) {
      owned.push({ entry, group });
    }
  }
  const seen = new Set(owned.map(({ entry }) => keyOf(entry)));
  // Only single entries can be listed whatever owns them, one address at a time; usually there are none without an owner.
  if ((await countEntries(dpd)) === owned.length) return owned;
  const others = await listSingly(dpd);
  return [...owned, ...others.filter((entry) => !seen.has(keyOf(entry))).map((entry) => ({ entry, group: null }))];
}

async function countEntries(dpd: DpdClient): Promise<number> {
  const { tables } = await dpd.dpd_health();
  return tables.reduce(
    (sum, { name, occupancy }) => sum + (/nat_ingress\.ingress_ipv[46]$/.test(name) ? occupancy : 0),
    0,
  );
}

async function listSingly(dpd: DpdClient): Promise<NatEntry[]> {
  const entries: NatEntry[] = [];
  await eachOf(dpd.pages.nat_ipv4_addresses_list(), async (ipv4) => {
    for await (const entry of dpd.pages.nat_ipv4_list({ path: { ipv4 } })) entries.push(entry);
  });
  await eachOf(dpd.pages.nat_ipv6_addresses_list(), async (ipv6) => {
    for await (const entry of dpd.pages.nat_ipv6_list({ path: { ipv6 } })) entries.push(entry);
  });
  return entries;
}

/** A bounded number at once. */
async function eachOf<T>(items: AsyncIterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const iterator = items[Symbol.asyncIterator]();
  const worker = async (): Promise<void> => {
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: CONCURRENT }, worker));
}

function keyOf({ external, low, high }: NatEntry): string {
  return `${external} ${low}-${high}`;
}
