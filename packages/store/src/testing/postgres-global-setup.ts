/**
 * vitest global set-up: one PostgreSQL cluster for the whole run, started when the first test asks for it and stopped
 * at the end. Test workers ask through a socket whose path is in their environment.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ABSENT_NOTICE, POSTGRES_ABSENT_VARIABLE, POSTGRES_BROKER_VARIABLE, POSTGRES_URL_VARIABLE } from "./legs.ts";
import { findPostgres, startCluster, type Cluster } from "./postgres-cluster.ts";

let directory: string | undefined;
let broker: Server | undefined;
let cluster: Promise<Cluster> | undefined;

export async function setup(): Promise<void> {
  if (process.env[POSTGRES_URL_VARIABLE]) return;
  const bin = findPostgres();
  if (bin === undefined) {
    process.stderr.write(ABSENT_NOTICE);
    process.env[POSTGRES_ABSENT_VARIABLE] = "1";
    return;
  }
  broker = createServer((socket) => {
    cluster ??= startCluster(bin);
    cluster.then(
      ({ url }) => socket.end(url),
      (error: unknown) => socket.end(String(error)),
    );
  });
  directory = await mkdtemp(join(tmpdir(), "racklet-broker-"));
  const path = join(directory, "socket");
  await new Promise<void>((resolve) => broker?.listen(path, resolve));
  process.env[POSTGRES_BROKER_VARIABLE] = path;
}

export async function teardown(): Promise<void> {
  broker?.close();
  // A cluster that never came up has been reported by the tests that asked for it.
  await cluster?.then(
    (started) => started.stop(),
    () => undefined,
  );
  if (directory) await rm(directory, { recursive: true, force: true });
}
