/** When to try again what failed: later and later, so that what cannot succeed costs little. */
import { backoffMs, type World } from "@racklet/world";

const BACKOFF = { baseMs: 1_000, maxMs: 20_000 } as const;
/** What is not tried again, as a group that was deleted, is forgotten at last. */
const MAX_ENTRIES = 10_000;

export class Retries {
  readonly #world: Pick<World, "clock" | "random">;
  readonly #entries = new Map<string, { failures: number; notBefore: number }>();

  constructor(world: Pick<World, "clock" | "random">) {
    this.#world = world;
  }

  isDue(id: string): boolean {
    return this.#world.clock.monotonicMs() >= (this.#entries.get(id)?.notBefore ?? 0);
  }

  failed(id: string): void {
    const failures = (this.#entries.get(id)?.failures ?? 0) + 1;
    const notBefore = this.#world.clock.monotonicMs() + backoffMs(this.#world.random, failures - 1, BACKOFF);
    this.#entries.delete(id);
    this.#entries.set(id, { failures, notBefore });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > MAX_ENTRIES && oldest !== undefined) this.#entries.delete(oldest);
  }

  forget(id: string): void {
    this.#entries.delete(id);
  }
}
