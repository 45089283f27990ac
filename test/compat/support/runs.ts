/**
 * How much of what could be tried is tried: by default a slice that costs a few seconds, with `RACKLET_COMPAT=all` all of it.
 * `RACKLET_COMPAT_SEED=N` draws another slice, and other values; every failure says what it was.
 */
import { seededRandom } from "@racklet/sim";

export const ALL: boolean = process.env["RACKLET_COMPAT"] === "all";

export const SEED: number = seedFrom(process.env["RACKLET_COMPAT_SEED"]);

/** Printed with failures. */
export const REPLAY = `replay with RACKLET_COMPAT=${ALL ? "all" : "slice"} RACKLET_COMPAT_SEED=${SEED}`;

function seedFrom(text: string | undefined): number {
  if (text === undefined || text === "") return 1;
  const seed = Number(text);
  if (Number.isSafeInteger(seed) && seed >= 1) return seed;
  throw new Error(`RACKLET_COMPAT_SEED=${text}: expected an integer of at least 1`);
}

export const sized = (slice: number, all: number): number => (ALL ? all : slice);

/** `count` of the items, in their order, drawn by the seed; all of them when everything is tried. */
export function slice<T>(items: readonly T[], count: number, purpose: string): T[] {
  if (ALL || items.length <= count) return [...items];
  const random = seededRandom(SEED, `compat ${purpose}`);
  const keys = items.map((_, at) => ({ at, key: random.next() }));
  const chosen = new Set(
    keys
      .toSorted((a, b) => a.key - b.key)
      .slice(0, count)
      .map(({ at }) => at),
  );
  return items.filter((_, at) => chosen.has(at));
}

/** Says how much ran: one line, whatever the reporter shows. */
export function report(what: string, ran: number, possible: number): void {
  const share = possible === 0 ? "" : ` of ${possible}`;
  process.stdout.write(
    `compat: ${what}: ${ran}${share} cells ran${ALL ? "" : " (RACKLET_COMPAT=all runs all)"}, seed ${SEED}\n`,
  );
}
