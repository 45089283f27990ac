/**
 * Pulls changesets from Nexus: every 30 seconds, or at once when triggered, reads from the reported generation until the
 * answer is empty. A pass goes on past items that are held back; the next pass starts again from the reported generation.
 */
import { deadlineSignal } from "@racklet/world";
import type { World } from "@racklet/world";
import type { ChangesetItem } from "./changeset.ts";
import type { NatFeed } from "./feed.ts";

export interface ChangesetSource {
  /** Items with a generation above `from`, ascending, at most `limit`. */
  fetchChangeset(from: number, limit: number, signal: AbortSignal): Promise<readonly ChangesetItem[]>;
}

export interface PullerStatus {
  /** Milliseconds since the epoch; null before the first. */
  readonly lastSuccess: number | null;
  readonly lastError: string | null;
}

const PERIOD_MS = 30_000;
const FETCH_DEADLINE_MS = 10_000;
/** Upstream's batch. */
const BATCH = 100;

export class ChangesetPuller {
  readonly #world: Pick<World, "clock" | "timers" | "log">;
  readonly #feed: NatFeed;
  readonly #source: ChangesetSource;
  #wake: AbortController | undefined;
  #triggered = false;
  #status: PullerStatus = { lastSuccess: null, lastError: null };

  constructor(world: Pick<World, "clock" | "timers" | "log">, feed: NatFeed, source: ChangesetSource) {
    this.#world = world;
    this.#feed = feed;
    this.#source = source;
  }

  /** Pulls until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#triggered = false;
      await this.pullOnce(signal);
      await this.#rest(signal);
    }
  }

  /** Asks for a pass now; never waits for it. One asked for during a pass starts another after it. */
  trigger(): void {
    this.#triggered = true;
    this.#wake?.abort();
  }

  status(): PullerStatus {
    return this.#status;
  }

  /** One pass. Errors end it and are kept in the status: the next pass tries again. */
  async pullOnce(signal: AbortSignal): Promise<void> {
    try {
      await this.#pass(signal);
      this.#status = { lastSuccess: this.#world.clock.now(), lastError: null };
    } catch (error) {
      if (signal.aborted) return;
      this.#status = { ...this.#status, lastError: error instanceof Error ? error.message : String(error) };
      this.#world.log.warn({ error: this.#status.lastError }, "NAT changesets cannot be pulled");
    }
  }

  async #pass(signal: AbortSignal): Promise<void> {
    const { epoch, generation } = this.#feed.position();
    const held: string[] = [];
    let contiguous = true;
    for (let cursor = generation; ;) {
      const items = await this.#fetch(cursor, signal);
      const last = items.at(-1);
      if (last === undefined) break;
      if (!ascendsFrom(cursor, items))
        throw new Error(`the changeset from generation ${cursor} is not in ascending order`);
      const result = await this.#feed.apply(epoch, items, contiguous);
      if (result.restarted) {
        this.#triggered = true;
        break;
      }
      contiguous &&= result.heldCount === 0;
      held.push(...result.held);
      cursor = last.generation;
    }
    this.#feed.noteHeld(held);
  }

  async #fetch(from: number, signal: AbortSignal): Promise<readonly ChangesetItem[]> {
    const deadline = deadlineSignal(this.#world.timers, FETCH_DEADLINE_MS, signal);
    try {
      return await this.#source.fetchChangeset(from, BATCH, deadline.signal);
    } finally {
      deadline.cancel();
    }
  }

  async #rest(signal: AbortSignal): Promise<void> {
    if (this.#triggered || signal.aborted) return;
    const wake = new AbortController();
    this.#wake = wake;
    try {
      await this.#world.timers.sleep(PERIOD_MS, AbortSignal.any([signal, wake.signal]));
    } catch (error) {
      if (!signal.aborted && !wake.signal.aborted) throw error;
    } finally {
      this.#wake = undefined;
    }
  }
}

/** A source that repeats itself would keep a pass going for ever. */
function ascendsFrom(cursor: number, items: readonly ChangesetItem[]): boolean {
  let previous = cursor;
  for (const { generation } of items) {
    if (generation <= previous) return false;
    previous = generation;
  }
  return true;
}
