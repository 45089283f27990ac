/**
 * Virtual time. It stands still while code runs and moves only while a test drives it: from one scheduled event to the
 * next, letting everything that an event set off (promise chains included) finish before the next one fires. So the
 * order of things depends on the schedule alone, never on how fast the machine is.
 *
 * Work that leaves the event loop (thread pool, sockets, child processes) is outside this order: waited for, briefly, only
 * when nothing else is left to do.
 */
import { inspect } from "node:util";
import type { Clock, Timers } from "@racklet/world";
import { EventQueue } from "./event-queue.ts";

const realSetImmediate = setImmediate;
const realSetTimeout = setTimeout;

export interface ClockOptions {
  /** Wall time at the start, milliseconds since the epoch. Default 2026-01-01T00:00:00Z. */
  readonly startAt?: number;
  /** Said in every error message, so that the run can be repeated. */
  readonly seed?: number | string;
}

export interface UntilOptions {
  /** How much virtual time may pass. Default 60,000. */
  readonly deadlineMs?: number;
  /** What is waited for, for the message of the failure. */
  readonly what?: string;
  /** The state to show when the deadline passes; default the predicate's last answer. */
  readonly seen?: () => unknown;
}

/** Firing this many events in one drive means a loop that makes no progress in virtual time. */
const maxEvents = 1_000_000;
/** Real time that work outside the event loop gets once nothing virtual is left. */
const outsideWorkMs = 1_000;

export class VirtualClock implements Clock {
  readonly #queue = new EventQueue();
  readonly #startAt: number;
  readonly #seed: number | string | undefined;
  #elapsedMs = 0;
  #driving = false;

  constructor(options: ClockOptions = {}) {
    this.#startAt = options.startAt ?? Date.UTC(2026, 0, 1);
    this.#seed = options.seed;
  }

  now(): number {
    return this.#startAt + Math.floor(this.#elapsedMs);
  }

  /** Milliseconds since the start of the simulation. */
  monotonicMs(): number {
    return this.#elapsedMs;
  }

  /** Calls `fire` after `ms` of virtual time; the answer cancels it. */
  schedule(ms: number, label: string, fire: () => void): () => void {
    // The comparison also turns NaN into 0, as setTimeout does.
    return this.#queue.add(this.#elapsedMs + (ms > 0 ? ms : 0), label, fire);
  }

  /** The timers of the service `name`. */
  timers(name: string): Timers {
    return {
      sleep: (ms, signal) => this.#sleep(`${name}: sleep ${ms} ms`, ms, signal),
      after: (ms, fn) => this.schedule(ms, `${name}: timer ${ms} ms`, fn),
      yield: () => this.#sleep(`${name}: yield`, 0),
    };
  }

  /** Lets `ms` of virtual time pass, firing all that is due. */
  advance(ms: number): Promise<void> {
    return this.#drive(async () => {
      const end = this.#elapsedMs + ms;
      await this.#fireUntil(end, () => false);
      this.#elapsedMs = end;
    });
  }

  /**
   * Fires events until none is left. Fails when some still are after `limitMs` of virtual time (default one hour): a
   * periodic task never ends.
   */
  runUntilIdle({ limitMs = 3_600_000 }: { readonly limitMs?: number } = {}): Promise<void> {
    return this.#drive(async () => {
      await this.#fireUntil(this.#elapsedMs + limitMs, () => false);
      if (this.#queue.size > 0) throw new Error(`not idle after ${limitMs} ms. ${this.#situation()}`);
    });
  }

  /**
   * Lets virtual time pass until `predicate` answers true; it is asked after every event and may itself make calls.
   * Fails after `deadlineMs`, or when nothing is left that could change the answer, and says what was last seen.
   */
  runUntil(predicate: () => boolean | Promise<boolean>, options: UntilOptions = {}): Promise<void> {
    const { deadlineMs = 60_000, what = predicate.toString() } = options;
    return this.#drive(async () => {
      const end = this.#elapsedMs + deadlineMs;
      const ask = async (): Promise<boolean> => this.#finish(Promise.resolve(predicate()), end);
      await this.#settle();
      let answer = await ask();
      for (let fired = 0; !answer && fired < maxEvents && (await this.#fireNext(end)); fired += 1) answer = await ask();
      if (answer) return;
      await this.#waitOutside(() => false);
      this.#elapsedMs = Math.max(this.#elapsedMs, end);
      if (await ask()) return;
      const seen = inspect(options.seen === undefined ? answer : options.seen(), { depth: 6 });
      throw new Error(`not reached within ${deadlineMs} ms: ${what}\nlast seen: ${seen}\n${this.#situation()}`);
    });
  }

  /** Lets virtual time pass until `work` is settled, and answers or fails as it does. Default deadline: one virtual hour. */
  run<T>(
    work: Promise<T> | (() => Promise<T>),
    { deadlineMs = 3_600_000 }: { readonly deadlineMs?: number } = {},
  ): Promise<T> {
    return this.#drive(() => this.#finish(typeof work === "function" ? work() : work, this.#elapsedMs + deadlineMs));
  }

  async #finish<T>(work: Promise<T>, end: number): Promise<T> {
    let settled = false;
    const mark = (): void => {
      settled = true;
    };
    work.then(mark, mark);
    for (;;) {
      await this.#fireUntil(end, () => settled);
      if (settled) return work;
      // Work outside the event loop may still finish it, or schedule something that does.
      if (this.#queue.size === 0) await this.#waitOutside(() => settled);
      if (settled) return work;
      const next = this.#queue.peek();
      if (next === undefined || next.atMs > end) {
        throw new Error(`the work is not done and nothing due by its deadline can finish it. ${this.#situation()}`);
      }
    }
  }

  async #fireUntil(end: number, isDone: () => boolean): Promise<void> {
    await this.#settle();
    for (let fired = 0; !isDone(); fired += 1) {
      if (fired >= maxEvents) throw new Error(`${maxEvents} events fired without an end. ${this.#situation()}`);
      if (!(await this.#fireNext(end))) return;
    }
  }

  /** Fires the next event that is due by `end` and lets what it set off finish; false when there is none. */
  async #fireNext(end: number): Promise<boolean> {
    const next = this.#queue.peek();
    if (next === undefined || next.atMs > end) return false;
    this.#queue.take();
    this.#elapsedMs = Math.max(this.#elapsedMs, next.atMs);
    next.fire();
    await this.#settle();
    return true;
  }

  /** One turn of the real event loop runs every promise reaction; a second one covers streams that defer to the next turn. */
  async #settle(): Promise<void> {
    for (let turn = 0; turn < 2; turn += 1) await new Promise<void>((resolve) => realSetImmediate(resolve));
  }

  async #waitOutside(isDone: () => boolean): Promise<void> {
    for (let waited = 0; waited < outsideWorkMs && !isDone() && this.#queue.size === 0; waited += 1) {
      await new Promise<void>((resolve) => realSetTimeout(resolve, 1));
    }
  }

  async #drive<T>(body: () => Promise<T>): Promise<T> {
    if (this.#driving) throw new Error("the virtual clock is already being driven: await one drive before the next");
    this.#driving = true;
    try {
      return await body();
    } finally {
      this.#driving = false;
    }
  }

  #sleep(label: string, ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error); // whatever the caller aborted with, as the World interface says
        return;
      }
      const onAbort = (): void => {
        cancel();
        reject(signal?.reason as Error); // as above
      };
      const cancel = this.schedule(ms, label, () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      });
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  #situation(): string {
    const upcoming = this.#queue.upcoming(5).map((event) => `  at ${event.atMs} ms: ${event.label}`);
    const seed = this.#seed === undefined ? "" : `; seed ${this.#seed}`;
    const next =
      upcoming.length === 0 ? "nothing is scheduled" : `next of ${this.#queue.size}:\n${upcoming.join("\n")}`;
    return `Virtual time ${this.#elapsedMs} ms${seed}; ${next}`;
  }
}
