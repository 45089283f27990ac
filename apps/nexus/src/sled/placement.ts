/** Which sled a VMM goes to: a pure choice among what is known of the sleds. */
import type { Random } from "@racklet/world";

export interface SledRoom {
  readonly id: string;
  readonly cpuFamily: string;
  readonly threads: number;
  readonly usedThreads: number;
  /** The memory set aside for VMMs, bytes. */
  readonly memory: number;
  readonly usedMemory: number;
}

export interface VmmNeed {
  readonly threads: number;
  readonly memory: number;
  /** The least CPU the instance needs; null: any. */
  readonly cpuPlatform: string | null;
  /** The CPU family that a guest without a platform of its own runs on, and may count on. */
  readonly runsOn?: string;
}

export type Placement = { readonly sledId: string } | { readonly reason: string };

/** CPU families a platform runs on. */
const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  amd_milan: ["amd_milan", "amd_turin", "amd_turin_dense"],
  amd_turin: ["amd_turin", "amd_turin_dense"],
  amd_turin_v2: ["amd_turin", "amd_turin_dense"],
};

/** Where a guest that has seen a family's CPU goes on: it must not miss anything. */
const SUCCESSORS: Readonly<Record<string, readonly string[]>> = {
  amd_milan: ["amd_milan", "amd_turin", "amd_turin_dense"],
  amd_turin: ["amd_turin", "amd_turin_dense"],
  amd_turin_dense: ["amd_turin", "amd_turin_dense"],
};

/**
 * The sled that is left least full, so that VMMs spread; `random` decides between equals. `sleds`: those in service that
 * take new VMMs. Never overcommits.
 */
export function placeVmm(sleds: readonly SledRoom[], need: VmmNeed, random: Random): Placement {
  if (sleds.length === 0) return { reason: "no sled is in service and takes new instances" };
  const families = familiesFor(need);
  const suitable = sleds.filter((sled) => families === null || families.includes(sled.cpuFamily));
  if (suitable.length === 0) {
    return { reason: `no sled has a CPU fit for ${need.cpuPlatform ?? need.runsOn ?? "it"}` };
  }
  const fitting = suitable.filter((sled) => fits(sled, need));
  if (fitting.length === 0) return { reason: whatIsShort(suitable, need) };
  const least = Math.min(...fitting.map((sled) => fullness(sled, need)));
  const best = fitting.filter((sled) => fullness(sled, need) === least).sort((a, b) => (a.id < b.id ? -1 : 1));
  const chosen = best[Math.floor(random.next() * best.length)] ?? best[0];
  return chosen === undefined ? { reason: "no sled fits" } : { sledId: chosen.id };
}

/** Null: any. */
function familiesFor({ cpuPlatform, runsOn }: VmmNeed): readonly string[] | null {
  if (cpuPlatform !== null) return FAMILIES[cpuPlatform] ?? [];
  return runsOn === undefined ? null : (SUCCESSORS[runsOn] ?? [runsOn]);
}

const fits = (sled: SledRoom, need: VmmNeed): boolean =>
  sled.usedThreads + need.threads <= sled.threads && sled.usedMemory + need.memory <= sled.memory;

/** The fuller of the two resources, with the VMM on the sled. */
const fullness = (sled: SledRoom, need: VmmNeed): number =>
  Math.max((sled.usedThreads + need.threads) / sled.threads, (sled.usedMemory + need.memory) / sled.memory);

function whatIsShort(sleds: readonly SledRoom[], need: VmmNeed): string {
  const threads = Math.max(...sleds.map((sled) => sled.threads - sled.usedThreads));
  const memory = Math.max(...sleds.map((sled) => sled.memory - sled.usedMemory));
  return (
    `it needs ${need.threads} CPUs and ${need.memory} bytes of memory on one sled; ` +
    `the most free on any one of ${sleds.length} are ${threads} CPUs and ${memory} bytes`
  );
}
