/** Reads the rows for many who want them at once: each gets some that were read after it asked, and few reads are done. */
import type { Intent } from "./intent.ts";
import type { MulticastRows } from "./rows.ts";

export interface Snapshot {
  readonly rows: MulticastRows;
  readonly intent: Intent;
  /** Ids of the groups that were being deleted, and of the memberships that had ended. */
  readonly deleting: ReadonlySet<string>;
  readonly ended: ReadonlySet<string>;
}

export const snapshotOf = (rows: MulticastRows, intent: Intent): Snapshot => ({
  rows,
  intent,
  deleting: new Set(rows.groups.filter(({ state }) => state === "deleting").map(({ id }) => id)),
  ended: new Set(rows.members.filter(({ deleted }) => deleted).map(({ id }) => id)),
});

export class Snapshots {
  readonly #load: () => Promise<Snapshot>;
  #running: Promise<unknown> = Promise.resolve();
  #next: Promise<Snapshot> | undefined;

  constructor(load: () => Promise<Snapshot>) {
    this.#load = load;
  }

  /** Begins after the call, or joins one that has not begun. */
  fresh(): Promise<Snapshot> {
    if (this.#next !== undefined) return this.#next;
    const load = () => {
      this.#next = undefined;
      return this.#load();
    };
    this.#next = this.#running.then(load, load);
    this.#running = this.#next;
    return this.#next;
  }
}
