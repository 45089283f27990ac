/**
 * One seed for everything random here. `FUZZ_SEED=N` replays a run or tries another one, `FUZZ_RUNS=N` makes N times as many
 * requests. Without them every run is the same, so that a failure is about what changed. What is wrong in the same way
 * whatever the operation is (a version, a token, a text that is no JSON) is dealt out among the operations; with
 * `RACKLET_FUZZ=all` every operation gets every case.
 */
import { seededRandom } from "@racklet/sim";
import fc from "fast-check";

const numberFrom = (name: string, fallback: number): number => {
  const text = process.env[name];
  if (text === undefined || text === "") return fallback;
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new Error(`${name}=${text}: expected an integer of at least 1`);
  return number;
};

export const SEED: number = numberFrom("FUZZ_SEED", 1);
export const RUNS: number = numberFrom("FUZZ_RUNS", 1);

const ALL = process.env["RACKLET_FUZZ"] === "all";

/** Printed with every failure. */
export const REPLAY = `replay with FUZZ_SEED=${SEED} FUZZ_RUNS=${RUNS}${ALL ? " RACKLET_FUZZ=all" : ""}`;

/** Random numbers for one purpose: what else is drawn does not shift them. */
export class Dice {
  readonly #next: () => number;
  readonly #decks = new Map<readonly unknown[], unknown[]>();

  constructor(purpose: string) {
    const random = seededRandom(SEED, purpose);
    this.#next = () => random.next();
  }

  below(n: number): number {
    return Math.floor(this.#next() * n);
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }

  shuffled<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let i = result.length - 1; i > 0; i -= 1) {
      const j = this.below(i + 1);
      // Both are indices of the array.
      [result[i], result[j]] = [result[j] as T, result[i] as T];
    }
    return result;
  }

  /** `count` of the items, which are the same array each time: all have their turn before any has another. */
  deal<T>(items: readonly T[], count: number): readonly T[] {
    if (ALL || count >= items.length) return items;
    // What is kept for these items was made of them.
    let deck = (this.#decks.get(items) ?? []) as readonly T[];
    if (deck.length < count) deck = [...deck, ...this.shuffled(items.filter((item) => !deck.includes(item)))];
    this.#decks.set(items, deck.slice(count));
    return deck.slice(0, count);
  }

  sample<T>(values: fc.Arbitrary<T>): T {
    const [value] = fc.sample(values, { seed: this.below(2 ** 31), numRuns: 1 });
    return value as T;
  }
}
