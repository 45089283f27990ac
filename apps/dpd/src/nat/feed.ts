/**
 * Applies changesets of Nexus and keeps the generation that dpd reports. Nexus forgets deletions at or below what every
 * switch reports, so the generation only rises over items without a gap: it holds before the first one that was blocked,
 * failed or made no sense, and the items after it are applied all the same and found unchanged when they come again.
 */
import { DpdError } from "../errors.ts";
import { planChangeset } from "./changeset.ts";
import type { ChangesetItem, ItemPlan } from "./changeset.ts";
import type { NatMetrics } from "./metrics.ts";
import type { NatState } from "./state.ts";
import type { NatContext, NatWriter, Writing } from "./writer.ts";

export interface FeedPosition {
  /** What is reported: the last generation before the first gap; 0 at the start and after every reset. */
  readonly generation: number;
  /** Changes when the generation starts over; changesets fetched under another epoch are refused. */
  readonly epoch: number;
}

export interface FeedResult {
  readonly applied: number;
  readonly unchanged: number;
  /** Why items are held back, at most ten. */
  readonly held: readonly string[];
  readonly heldCount: number;
  /** The state started over since the changeset was asked for; nothing was applied. */
  readonly restarted: boolean;
}

const LISTED_HELD = 10;

export class NatFeed {
  readonly #context: NatContext;
  readonly #state: NatState;
  readonly #writer: NatWriter;
  readonly #metrics: NatMetrics;
  #blocked: readonly string[] = [];

  constructor(context: NatContext, state: NatState, writer: NatWriter, metrics: NatMetrics) {
    this.#context = context;
    this.#state = state;
    this.#writer = writer;
    this.#metrics = metrics;
  }

  position(): FeedPosition {
    return { generation: this.#state.feedGeneration, epoch: this.#state.feedEpoch };
  }

  /** Why items of the last pass that held any back were held back. */
  held(): readonly string[] {
    return this.#blocked;
  }

  /**
   * Applies items in order. `contiguous` says that none was held back between the reported generation and these.
   * Throws only when nothing can be applied at all (`unavailable`); a failure of one item is part of the result.
   */
  apply(epoch: number, items: readonly ChangesetItem[], contiguous: boolean): Promise<FeedResult> {
    return this.#writer.run(async (writing) => {
      if (epoch !== this.#state.feedEpoch) return { applied: 0, unchanged: 0, held: [], heldCount: 0, restarted: true };
      return this.#applyAll(writing, items, contiguous);
    });
  }

  /** Called once per pass with everything that it held back. */
  noteHeld(held: readonly string[]): void {
    this.#blocked = held.slice(0, LISTED_HELD);
  }

  async #applyAll(writing: Writing, items: readonly ChangesetItem[], contiguous: boolean): Promise<FeedResult> {
    const held: string[] = [];
    let applied = 0;
    let unchanged = 0;
    let plans = planChangeset(this.#state, items);
    for (let at = 0; at < items.length; at++) {
      const step = plans[at];
      if (step === undefined) break;
      const reason = await this.#applyOne(writing, step);
      if (reason === undefined) {
        if (step.verdict === "apply") applied++;
        else unchanged++;
        if (contiguous && held.length === 0) this.#state.feedGeneration = step.item.generation;
        continue;
      }
      const { external, low, high, generation } = step.item;
      held.push(`generation ${generation} ${external}/${low}-${high}: ${reason}`);
      this.#context.world.log.warn({ generation, external, low, high, reason }, "NAT changeset item held back");
      // The plans of the rest counted on this one.
      if (step.verdict === "apply")
        plans = [...plans.slice(0, at + 1), ...planChangeset(this.#state, items.slice(at + 1))];
    }
    return { applied, unchanged, held: held.slice(0, LISTED_HELD), heldCount: held.length, restarted: false };
  }

  /** Why the item is held back, or undefined when what it asks for is so. */
  async #applyOne(writing: Writing, step: ItemPlan): Promise<string | undefined> {
    if (step.verdict === "unchanged") return undefined;
    if (step.verdict === "blocked") {
      this.#metrics.feedBlocked++;
      return `blocked by group: ${step.reason}`;
    }
    if (step.verdict === "invalid") {
      this.#metrics.feedInvalid++;
      return `invalid ${step.reason}`;
    }
    try {
      await this.#writer.apply(writing, "feed", step.plan);
      return undefined;
    } catch (error) {
      if (!(error instanceof DpdError) || error.kind === "unavailable") throw error;
      this.#metrics.feedFailed++;
      return error.message;
    }
  }
}
