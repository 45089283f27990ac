/** One database per test on a shared PostgreSQL server. */
import { realWorld } from "@racklet/world";
import type { Client } from "pg";
import type { FreshDatabase } from "./legs.ts";

/** `serverUrl` names any database of the server whose user may create databases. `template`: the database to copy. */
export async function createDatabase(serverUrl: string, template?: string): Promise<FreshDatabase> {
  // Real randomness: two test processes with the same seed must still get two names.
  const name = `racklet_test_${realWorld({ name: "test" }).ids.uuid().replaceAll("-", "")}`;
  await onServer(serverUrl, `create database ${name}${template === undefined ? "" : ` template ${template}`}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, dispose: () => onServer(serverUrl, `drop database ${name} with (force)`) };
}

/** One connection for each server, for as long as this process lives: a new one costs the server as much as a statement. */
const clients = new Map<string, Promise<Client>>();

async function onServer(url: string, statement: string): Promise<void> {
  let client = clients.get(url);
  if (client === undefined) clients.set(url, (client = connect(url)));
  await (await client).query(statement);
}

async function connect(url: string): Promise<Client> {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // The next statement makes another one.
  client.on("error", () => clients.delete(url));
  await client.connect();
  // It must not keep the process from ending; the types do not know of it.
  (client as Client & { unref(): void }).unref();
  return client;
}
