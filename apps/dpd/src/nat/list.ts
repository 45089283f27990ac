/** Pages of NAT state. A page resumes strictly after a key, whether or not that key still exists. */
import type { Family } from "../table/nat.ts";
import { partitionPoint } from "../table/search.ts";
import { familyOf } from "./entry.ts";
import type { NatEntry } from "./entry.ts";
import type { NatGroup } from "./group.ts";
import type { NatState } from "./state.ts";

/** Upstream caps a page of NAT addresses or entries at this, whatever the client asks for. */
export const NAT_PAGE_MAX = 64;

/** The last entry of the page before. */
export interface EntryCursor {
  readonly external: string;
  readonly low: number;
}

/** External addresses that have entries, in numeric order. */
export function listAddresses(state: NatState, family: Family, limit: number, after?: string): string[] {
  const order = state.order(family);
  const from = order.positionAfter(after);
  return order.sorted().slice(from, from + Math.min(limit, NAT_PAGE_MAX));
}

/** Entries of one address by low port; empty for an address without entries. */
export function listEntries(
  state: NatState,
  family: Family,
  external: string,
  limit: number,
  afterLow?: number,
): NatEntry[] {
  const entries = state.at(family, external);
  const from = afterLow === undefined ? 0 : partitionPoint(entries, (entry) => entry.low <= afterLow);
  return entries.slice(from, from + Math.min(limit, NAT_PAGE_MAX));
}

/** Walks the addresses in order and passes over those of others: one order per family serves all groups. */
export function listGroupEntries(state: NatState, group: NatGroup, limit: number, after?: EntryCursor): NatEntry[] {
  const page: NatEntry[] = [];
  const afterFamily = after === undefined ? undefined : familyOf(after.external);
  for (const family of ["ipv4", "ipv6"] as const) {
    if (family === "ipv4" && afterFamily === "ipv6") continue;
    const addresses = state.order(family).sorted();
    const resume = family === afterFamily ? after : undefined;
    if (resume !== undefined) {
      for (const entry of state.at(family, resume.external)) {
        if (entry.owner === group && entry.low > resume.low) page.push(entry);
      }
    }
    for (let at = state.order(family).positionAfter(resume?.external); at < addresses.length; at++) {
      if (page.length >= limit) return page.slice(0, limit);
      for (const entry of state.at(family, addresses[at] ?? "")) if (entry.owner === group) page.push(entry);
    }
  }
  return page.slice(0, limit);
}
