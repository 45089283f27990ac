/**
 * What happened to each link, and how often it came up. Bounded: the oldest events go first. Nothing is forgotten with a
 * link, only with the ASIC, so the history of a link that was made again begins with the end of its predecessor.
 */
import type { Clock } from "@racklet/world";

/** How a link is, as far as its history is concerned. */
export interface LinkView {
  readonly enabled: boolean;
  readonly up: boolean;
}

export interface LinkEvent {
  /** Milliseconds since dpd started. */
  readonly timestamp: number;
  readonly class: string;
  readonly subclass: string;
  readonly details: string | null;
}

export interface TransitionCount {
  /** Since the link was last enabled. */
  readonly current: number;
  /** Since the link was created. */
  readonly total: number;
}

/** Upstream's states of a link without a real transceiver. */
export type FsmState = "Idle" | "LinkUp";

interface Record {
  view: LinkView | undefined;
  events: LinkEvent[];
  counts: Map<FsmState, { current: number; total: number }>;
}

/** Upstream's limit, for each link. */
export const EVENT_LIMIT = 1024;

const ADMIN = "LinkAdmin";
const FSM = "Port FSM";
const NEVER: TransitionCount = { current: 0, total: 0 };

export class LinkHistory {
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #links = new Map<string, Record>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.monotonicMs();
  }

  /** Milliseconds since the start. */
  now(): number {
    return Math.floor(this.#clock.monotonicMs() - this.#startedAt);
  }

  /** Records what has changed since the last call for this link. Undefined: there is no such link. */
  observe(portId: string, linkId: number, view: LinkView | undefined, speed = ""): void {
    const record = this.#record(portId, linkId);
    const before = record.view;
    record.view = view;
    if (view === undefined) {
      if (before !== undefined) this.#add(record, ADMIN, "Delete");
      return;
    }
    if (before === undefined) {
      record.counts.clear();
      this.#add(record, ADMIN, "Create", speed);
    }
    if ((before?.enabled ?? false) !== view.enabled) {
      for (const count of record.counts.values()) if (view.enabled) count.current = 0;
      this.#add(record, ADMIN, view.enabled ? "Enable" : "Disable");
    }
    if ((before?.up ?? false) !== view.up) this.#enter(record, view.up ? "LinkUp" : "Idle");
  }

  /** Oldest first. */
  events(portId: string, linkId: number): readonly LinkEvent[] {
    return this.#links.get(key(portId, linkId))?.events ?? [];
  }

  linkUps(portId: string, linkId: number): TransitionCount {
    return this.#links.get(key(portId, linkId))?.counts.get("LinkUp") ?? NEVER;
  }

  /** The states that the link has entered. */
  states(portId: string, linkId: number): readonly (readonly [FsmState, TransitionCount])[] {
    return [...(this.#links.get(key(portId, linkId))?.counts ?? [])];
  }

  /** The links went with the ASIC. */
  forget(): void {
    this.#links.clear();
  }

  #record(portId: string, linkId: number): Record {
    let record = this.#links.get(key(portId, linkId));
    if (record === undefined) {
      record = { view: undefined, events: [], counts: new Map() };
      this.#links.set(key(portId, linkId), record);
    }
    return record;
  }

  #enter(record: Record, state: FsmState): void {
    const count = record.counts.get(state) ?? { current: 0, total: 0 };
    count.current++;
    count.total++;
    record.counts.set(state, count);
    this.#add(record, FSM, state);
  }

  #add(record: Record, eventClass: string, subclass: string, details: string | null = null): void {
    if (record.events.length >= EVENT_LIMIT) record.events.shift();
    record.events.push({ timestamp: this.now(), class: eventClass, subclass, details });
  }
}

const key = (portId: string, linkId: number): string => `${portId}/${linkId}`;
