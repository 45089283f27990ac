/** Opens a store: the data lock, the dialect, the migrations, and transactions that are run again when they lose. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { Kysely, type Dialect, type Transaction } from "kysely";
import { backoffMs, type World } from "@racklet/world";
import { lockData } from "./data-lock.ts";
import { isRetryable } from "./driver-errors.ts";
import { refuseInside, transactionScope, type TransactionScope } from "./driver.ts";
import { ContentionError } from "./errors.ts";
import { migrate, type Migration } from "./migrate.ts";
import { postgresDialect } from "./postgres.ts";
import { sqliteDialect } from "./sqlite.ts";

export interface Store<DB> {
  readonly dialect: "sqlite" | "postgres";
  /** For reads and single statements. Inside `transaction` use its argument: this handle then throws. */
  readonly db: Kysely<DB>;
  /**
   * Runs `work` in a serializable transaction: committed when it resolves, rolled back when it throws. Loses against
   * another transaction → rolled back and run again after a random pause, so `work` must touch nothing but `tx`.
   * A failed statement dooms the transaction even when `work` catches the error; use `on conflict` to expect one.
   * Throws ContentionError after `MAX_ATTEMPTS` losses.
   */
  transaction<T>(work: (tx: Transaction<DB>) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface StoreOptions {
  /** `sqlite:PATH`, `sqlite::memory:` or `postgres://…`. */
  readonly url: string;
  readonly migrations: readonly Migration[];
  readonly world: World;
  /** Default true: a second opener of the same SQLite file gets DataInUseError. Memory and PostgreSQL are not locked. */
  readonly lock?: boolean;
}

export const MAX_ATTEMPTS = 16;
const RETRY = { baseMs: 4, maxMs: 500 } as const;

/**
 * One schema serves both databases, within this subset: text for UUIDs and for times (ISO 8601, UTC), integers for
 * numbers, generations and booleans (0 or 1: neither driver binds `true` to an integer), JSON as text; no arrays, inet,
 * `skip locked`, or writes inside `with`. bigint, count() and sum() come back as numbers on both.
 * Throws NewerDatabaseError, DataInUseError, or the driver's error; then nothing stays open.
 */
export async function openStore<DB>({ url, migrations, world, lock = true }: StoreOptions): Promise<Store<DB>> {
  const target = await parseUrl(url, world);
  if (target.file) mkdirSync(dirname(target.file), { recursive: true });
  const held = target.file && lock ? lockData(target.file) : undefined;
  const db = new Kysely<DB>({ dialect: target.dialect });
  const close = async () => {
    await db.destroy();
    held?.release();
  };
  try {
    // Migrations see no table types: the tables they make are only becoming those of DB.
    await migrate(db as unknown as Kysely<unknown>, { dialect: target.kind, migrations, world });
  } catch (error) {
    await close();
    throw error;
  }
  return { dialect: target.kind, db, transaction: (work) => transact(db, world, work), close };
}

async function parseUrl(
  url: string,
  world: World,
): Promise<{ kind: "sqlite" | "postgres"; dialect: Dialect; file?: string }> {
  if (/^postgres(ql)?:\/\//.test(url)) return { kind: "postgres", dialect: await postgresDialect(url, world) };
  const path = /^sqlite:(.+)$/.exec(url)?.[1];
  if (path === undefined) throw new Error("the database must be given as sqlite:PATH, sqlite::memory: or postgres://…");
  return { kind: "sqlite", dialect: sqliteDialect(path), ...(path === ":memory:" ? {} : { file: path }) };
}

async function transact<DB, T>(db: Kysely<DB>, world: World, work: (tx: Transaction<DB>) => Promise<T>): Promise<T> {
  refuseInside(transactionScope.getStore());
  for (let attempt = 0; ; attempt++) {
    const scope: TransactionScope = { open: true, acquired: false };
    try {
      return await transactionScope.run(scope, () => db.transaction().execute(work));
    } catch (error) {
      // `work` may have wrapped the statement's error in one of its own; what the statement met decides.
      const loss = [scope.failure, error].find(isRetryable);
      if (loss === undefined) throw error;
      if (attempt + 1 >= MAX_ATTEMPTS) throw new ContentionError(MAX_ATTEMPTS, loss);
      world.log.debug({ attempt, err: loss }, "transaction lost against another, running it again");
    } finally {
      scope.open = false;
    }
    await world.timers.sleep(backoffMs(world.random, attempt, RETRY));
  }
}
