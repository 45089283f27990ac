/** One database per test on a shared PostgreSQL server. */
import { realWorld } from "@racklet/world";
import type { FreshDatabase } from "./legs.ts";

/** `serverUrl` names any database of the server whose user may create databases. */
export async function createDatabase(serverUrl: string): Promise<FreshDatabase> {
  // Real randomness: two test processes with the same seed must still get two names.
  const name = `racklet_test_${realWorld({ name: "test" }).ids.uuid().replaceAll("-", "")}`;
  await onServer(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, dispose: () => onServer(serverUrl, `drop database ${name} with (force)`) };
}

async function onServer(url: string, statement: string): Promise<void> {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
