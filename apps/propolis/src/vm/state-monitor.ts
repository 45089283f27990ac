/** The published state of a VM: numbered by generation, and awaited by it. */
import type { InstanceState, MigrationState } from "@racklet/api-types/propolis/latest";
import { PropolisError } from "../errors.ts";

export interface MigrationStatus {
  readonly id: string;
  readonly state: MigrationState;
}

export interface PublishedState {
  /** 1 for the first, one more with every publication. */
  readonly gen: number;
  readonly state: InstanceState;
  readonly migrationIn: MigrationStatus | undefined;
  readonly migrationOut: MigrationStatus | undefined;
}

interface Watcher {
  readonly gen: number;
  readonly resolve: (published: PublishedState) => void;
  readonly reject: (reason: unknown) => void;
}

/** Clients that went away still count until the state changes, so the oldest makes room. */
export const MAX_WATCHERS = 64;

export class StateMonitor {
  #current: PublishedState;
  #watchers: Watcher[] = [];
  #end: ((gen: number) => PropolisError) | undefined;

  constructor(state: InstanceState, migrationIn?: MigrationStatus) {
    this.#current = { gen: 1, state, migrationIn, migrationOut: undefined };
  }

  get current(): PublishedState {
    return this.#current;
  }

  publish(change: Partial<Omit<PublishedState, "gen">>): void {
    this.#current = { ...this.#current, ...change, gen: this.#current.gen + 1 };
    const { gen } = this.#current;
    const due = this.#watchers.filter((watcher) => watcher.gen <= gen);
    this.#watchers = this.#watchers.filter((watcher) => watcher.gen > gen);
    for (const { resolve } of due) resolve(this.#current);
  }

  /** The newest state, once its generation is at least `gen`. Rejects with `neverReached` when the VM is gone before. */
  wait(gen: number): Promise<PublishedState> {
    if (gen <= this.#current.gen) return Promise.resolve(this.#current);
    if (this.#end !== undefined) return Promise.reject(this.#end(gen));
    if (this.#watchers.length >= MAX_WATCHERS) {
      this.#watchers.shift()?.reject(new PropolisError("tooMany", `more than ${MAX_WATCHERS} wait for a state`));
    }
    return new Promise((resolve, reject) => this.#watchers.push({ gen, resolve, reject }));
  }

  /** Nothing more will be published: whoever waits is told so. */
  end(reason: (gen: number) => PropolisError = neverReached): void {
    this.#end ??= reason;
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const { gen, reject } of watchers) reject(this.#end(gen));
  }
}

function neverReached(gen: number): PropolisError {
  return new PropolisError("neverReached", `No instance present; will never reach generation ${gen}`);
}
