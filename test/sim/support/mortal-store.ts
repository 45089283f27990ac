/**
 * One database through the lives of the processes that use it: a process that is killed leaves the database as its last
 * statement left it, without the transaction it was in.
 */
import type { Store } from "@racklet/store";

type Plugin<DB> = Parameters<Store<DB>["db"]["withPlugin"]>[0];

export class KilledError extends Error {
  override readonly name = "KilledError";
}

export interface MortalStore<DB> {
  readonly store: Store<DB>;
  /** Every further statement fails, so whatever is under way is rolled back. */
  kill(): void;
  /** Kills by itself at the given statement from now on, and says so. */
  killAt(statement: number, onKilled: () => void): void;
}

export function mortalStore<DB>(shared: Store<DB>): MortalStore<DB> {
  let alive = true;
  let left = Infinity;
  let report = (): void => {};
  const guard: Plugin<DB> = {
    transformQuery: ({ node }) => {
      if (alive && --left < 0) {
        alive = false;
        report();
      }
      if (!alive) throw new KilledError("the process was killed");
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  return {
    store: {
      dialect: shared.dialect,
      db: shared.db.withPlugin(guard),
      transaction: (work) => shared.transaction((tx) => work(tx.withPlugin(guard) as typeof tx)),
      // The database outlives the process.
      close: async () => {},
    },
    kill: () => {
      alive = false;
    },
    killAt: (statement, onKilled) => {
      left = statement;
      report = onKilled;
    },
  };
}
