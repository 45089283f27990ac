/**
 * Tells Nexus the state of one VMM. Only the newest state counts: while one report is under way, later ones replace each
 * other. A report is repeated until Nexus has it or refuses it for good.
 */
import { backoffMs, type World } from "@racklet/world";
import { reasonOf } from "../errors.ts";
import { NexusRefusedError, type Nexus } from "../nexus/nexus.ts";
import type { VmmStatus } from "./types.ts";

export type PublisherWorld = Pick<World, "timers" | "random" | "log">;

const BACKOFF = { baseMs: 50, maxMs: 5_000 };

export class Publisher {
  readonly #propolisId: string;
  readonly #nexus: Pick<Nexus, "putVmmState">;
  readonly #world: PublisherWorld;
  readonly #signal: AbortSignal;
  #pending: VmmStatus | undefined;
  #isRunning = false;
  #done: Promise<void> = Promise.resolve();

  /** `signal` ends it: what is not reported by then never will be. */
  constructor(propolisId: string, nexus: Pick<Nexus, "putVmmState">, world: PublisherWorld, signal: AbortSignal) {
    this.#propolisId = propolisId;
    this.#nexus = nexus;
    this.#world = world;
    this.#signal = signal;
  }

  publish(status: VmmStatus): void {
    this.#pending = status;
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#done = this.#run();
  }

  /** Resolves when nothing is left to report: all was taken or refused, or the signal came. Never rejects. */
  async drained(): Promise<void> {
    while (this.#isRunning) await this.#done;
  }

  async #run(): Promise<void> {
    let attempt = 0;
    while (!this.#signal.aborted && this.#pending !== undefined) {
      const status = this.#pending;
      if (await this.#report(status)) {
        if (this.#pending === status) this.#pending = undefined;
        attempt = 0;
        continue;
      }
      await this.#pause(attempt);
      attempt += 1;
    }
    // Nothing is awaited between the last look at what is pending and this.
    this.#isRunning = false;
  }

  /** True when this state needs no further report. */
  async #report(status: VmmStatus): Promise<boolean> {
    const about = { propolis_id: this.#propolisId, state: status.state, gen: status.gen };
    try {
      await this.#nexus.putVmmState(this.#propolisId, status, this.#signal);
      this.#world.log.debug(about, "Nexus knows the VMM's state");
      return true;
    } catch (error) {
      if (error instanceof NexusRefusedError) {
        this.#world.log.error({ ...about, err: error }, "Nexus refuses the VMM's state: not repeated");
        return true;
      }
      if (!this.#signal.aborted) {
        this.#world.log.warn({ ...about, reason: reasonOf(error) }, "Nexus cannot be told the VMM's state yet");
      }
      return false;
    }
  }

  async #pause(attempt: number): Promise<void> {
    try {
      await this.#world.timers.sleep(backoffMs(this.#world.random, attempt, BACKOFF), this.#signal);
    } catch {
      // Aborted: the loop sees it.
    }
  }
}
