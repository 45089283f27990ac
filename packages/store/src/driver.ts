/**
 * Wraps kysely's driver of either database so that both promise the same:
 * constraint violations have one type; a statement that fails dooms its transaction (PostgreSQL does so anyway, SQLite
 * would carry on), even when the code swallowed the error; and using the store's plain handle inside an open
 * transaction is an error instead of a dead-lock (SQLite) or a write outside the transaction (PostgreSQL).
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type {
  CompiledQuery,
  DatabaseConnection,
  Dialect,
  DialectAdapter,
  Driver,
  QueryResult,
  TransactionSettings,
} from "kysely";
import { Mutex } from "@racklet/world";
import { mapDriverError } from "./driver-errors.ts";
import { InvalidTextError } from "./errors.ts";

/** One attempt of `Store.transaction`. */
export interface TransactionScope {
  /** False once the attempt is over: work it left behind may use the store again. */
  open: boolean;
  /** True once the attempt has its connection; any other one asked for within it is a mistake. */
  acquired: boolean;
  /** The first error a statement of this attempt met. */
  failure?: unknown;
}

export const transactionScope: AsyncLocalStorage<TransactionScope> = new AsyncLocalStorage();

/** Throws when `scope` is an open transaction. */
export function refuseInside(scope: TransactionScope | undefined): void {
  if (scope?.open) {
    throw new Error("the store's own handle was used inside a transaction: use the transaction's argument");
  }
}

export interface StoreDriverOptions {
  /** How the dialect opens a transaction. */
  readonly begin: (inner: Driver, connection: DatabaseConnection, settings: TransactionSettings) => Promise<void>;
  /** True when there is one connection: it is handed out to one statement or transaction at a time, in order. */
  readonly oneConnection: boolean;
}

/** `adapter` must not ask kysely to queue for a single connection itself: it would wait before this driver can object. */
export function storeDialect(dialect: Dialect, adapter: DialectAdapter, options: StoreDriverOptions): Dialect {
  return {
    createAdapter: () => adapter,
    createDriver: () => new StoreDriver(dialect.createDriver(), options),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
  };
}

class StoreDriver implements Driver {
  readonly #inner: Driver;
  readonly #options: StoreDriverOptions;
  readonly #connections = new WeakMap<DatabaseConnection, StoreConnection>();
  readonly #turns = new Mutex();

  constructor(inner: Driver, options: StoreDriverOptions) {
    this.#inner = inner;
    this.#options = options;
  }

  init(): Promise<void> {
    return this.#inner.init();
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const scope = transactionScope.getStore();
    if (scope?.acquired) refuseInside(scope);
    if (scope) scope.acquired = true;
    const done = this.#options.oneConnection ? await this.#turn() : undefined;
    const inner = await this.#inner.acquireConnection();
    let connection = this.#connections.get(inner);
    if (!connection) this.#connections.set(inner, (connection = new StoreConnection(inner)));
    connection.done = done;
    return connection;
  }

  /** Resolves with what ends the turn. */
  #turn(): Promise<() => void> {
    return new Promise((begin) => {
      void this.#turns.run(() => new Promise<void>((end) => begin(end)));
    });
  }

  async beginTransaction(connection: StoreConnection, settings: TransactionSettings): Promise<void> {
    await this.#options.begin(this.#inner, connection.inner, settings);
    connection.scope = transactionScope.getStore() ?? { open: true, acquired: true };
  }

  async commitTransaction(connection: StoreConnection): Promise<void> {
    if (connection.scope?.failure !== undefined) throw connection.scope.failure;
    try {
      await this.#inner.commitTransaction(connection.inner);
    } catch (error) {
      throw mapDriverError(error);
    }
    connection.scope = undefined;
  }

  async rollbackTransaction(connection: StoreConnection): Promise<void> {
    connection.scope = undefined;
    try {
      await this.#inner.rollbackTransaction(connection.inner);
    } catch (error) {
      // SQLite has already rolled back after some errors (disk full, I/O).
      if (!(error instanceof Error && error.message.includes("no transaction is active"))) throw error;
    }
  }

  async releaseConnection(connection: StoreConnection): Promise<void> {
    const { done } = connection;
    await this.#inner.releaseConnection(connection.inner);
    done?.();
  }

  destroy(): Promise<void> {
    return this.#inner.destroy();
  }
}

class StoreConnection implements DatabaseConnection {
  readonly inner: DatabaseConnection;
  scope: TransactionScope | undefined;
  done: (() => void) | undefined;

  constructor(inner: DatabaseConnection) {
    this.inner = inner;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    try {
      if (query.parameters.some((value) => typeof value === "string" && value.includes("\0"))) {
        throw new InvalidTextError();
      }
      return await this.inner.executeQuery<R>(query);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  async *streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    try {
      yield* this.inner.streamQuery<R>(query, chunkSize);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  #failed(error: unknown): unknown {
    const mapped = mapDriverError(error);
    if (this.scope) this.scope.failure ??= mapped;
    return mapped;
  }
}
