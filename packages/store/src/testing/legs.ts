/**
 * The databases a test of the store's users runs on: SQLite in memory, SQLite in a file, and PostgreSQL where there is
 * one. A test file says `describe.each(storeLegs())("… on $name", (leg) => …)`.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { openStore, type Store, type StoreOptions } from "../store.ts";
import { fastDirectory } from "./fast-directory.ts";
import { createDatabase } from "./postgres-database.ts";
import { migratedDatabase } from "./postgres-template.ts";

export interface FreshDatabase {
  /** An empty database, for `openStore`; it may be opened again after a close, and on PostgreSQL several times at once. */
  readonly url: string;
  dispose(): Promise<void>;
}

export interface StoreLeg {
  readonly name: "sqlite memory" | "sqlite file" | "postgres";
  /** True when the data survive closing the store. */
  readonly durable: boolean;
  /** True when several processes may have it open at once. */
  readonly shared: boolean;
  fresh(): Promise<FreshDatabase>;
  /** A store on a fresh database that disappears when the store is closed. */
  open<DB>(options: Omit<StoreOptions, "url">): Promise<Store<DB>>;
}

export const POSTGRES_URL_VARIABLE = "RACKLET_TEST_POSTGRES";
/** Set by the global set-up: where a worker asks for the shared cluster, which is started by the first question. */
export const POSTGRES_BROKER_VARIABLE = "RACKLET_TEST_POSTGRES_BROKER";
/** Set by the global set-up when it has already told the user that PostgreSQL is missing. */
export const POSTGRES_ABSENT_VARIABLE = "RACKLET_TEST_POSTGRES_ABSENT";
export const ABSENT_NOTICE = `no PostgreSQL for the tests: its legs are skipped (install it, or set ${POSTGRES_URL_VARIABLE}=postgres://…)\n`;

export function storeLegs(): StoreLeg[] {
  const legs = [memoryLeg(), fileLeg()];
  if (process.env[POSTGRES_URL_VARIABLE] || process.env[POSTGRES_BROKER_VARIABLE]) return [...legs, postgresLeg()];
  if (!process.env[POSTGRES_ABSENT_VARIABLE]) process.stderr.write(ABSENT_NOTICE);
  return legs;
}

function memoryLeg(): StoreLeg {
  return leg("sqlite memory", { durable: false, shared: false }, async () => ({
    url: "sqlite::memory:",
    dispose: async () => {},
  }));
}

function fileLeg(): StoreLeg {
  return leg("sqlite file", { durable: true, shared: false }, async () => {
    const directory = await mkdtemp(join(fastDirectory(), "racklet-store-"));
    return {
      url: `sqlite:${join(directory, "test.db")}`,
      dispose: () => rm(directory, { recursive: true, force: true }),
    };
  });
}

function postgresLeg(): StoreLeg {
  const fresh = async (): Promise<FreshDatabase> => createDatabase(await serverUrl());
  // What a template leaves behind goes with our own cluster; a server that was given to us stays clean.
  const isOurs = !process.env[POSTGRES_URL_VARIABLE];
  return leg("postgres", { durable: true, shared: true }, fresh, async (options) =>
    isOurs ? migratedDatabase(await serverUrl(), options) : fresh(),
  );
}

/** `prepared`: a database to open with these options, which may be on their schema already. */
function leg(
  name: StoreLeg["name"],
  { durable, shared }: { durable: boolean; shared: boolean },
  fresh: () => Promise<FreshDatabase>,
  prepared: (options: Omit<StoreOptions, "url">) => Promise<FreshDatabase> = fresh,
): StoreLeg {
  return {
    name,
    durable,
    shared,
    fresh,
    async open<DB>(options: Omit<StoreOptions, "url">): Promise<Store<DB>> {
      const { url, dispose } = await prepared(options);
      const store = await openStore<DB>({ ...options, url });
      const close = async () => {
        await store.close();
        await dispose();
      };
      return { ...store, close };
    },
  };
}

async function serverUrl(): Promise<string> {
  const given = process.env[POSTGRES_URL_VARIABLE];
  if (given) return given;
  const answer = await text(connect(process.env[POSTGRES_BROKER_VARIABLE] ?? ""));
  if (!answer.startsWith("postgres://")) throw new Error(`the PostgreSQL for the tests did not start: ${answer}`);
  return answer;
}
