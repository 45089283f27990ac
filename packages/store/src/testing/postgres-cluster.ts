/** A private PostgreSQL cluster in a temporary directory, from the machine's own binaries; nothing of it is durable. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { fastDirectory } from "./fast-directory.ts";

export interface Cluster {
  readonly url: string;
  stop(): Promise<void>;
}

const SETTINGS = {
  listen_addresses: "",
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  shared_buffers: "32MB",
  max_connections: "200",
};

/** The newest directory that holds `initdb` and `postgres`, if any. */
export function findPostgres(): string | undefined {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const candidates = [
    ...versions.map((version) => join(root, version, "bin")),
    ...(process.env["PATH"] ?? "").split(delimiter),
  ];
  return candidates.find((bin) => bin && existsSync(join(bin, "initdb")) && existsSync(join(bin, "postgres")));
}

export async function startCluster(bin: string): Promise<Cluster> {
  const user = unprivileged();
  // A socket's path may not exceed about 100 bytes, which some temporary directories do.
  const parent = fastDirectory();
  const directory = mkdtempSync(join(parent.length > 60 ? "/tmp" : parent, "racklet-pg-"));
  if (user) chownSync(directory, user.uid, user.gid);
  const data = join(directory, "data");
  const initdb = [
    "-D",
    data,
    "-U",
    "postgres",
    "-A",
    "trust",
    "-E",
    "UTF8",
    "--locale=C",
    "--no-sync",
    "--no-instructions",
  ];
  await promisify(execFile)(join(bin, "initdb"), initdb, { cwd: directory, ...user });

  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const server = spawn(
    "/bin/sh",
    ["-c", SUPERVISE, directory, join(bin, "postgres"), "-D", data, "-k", directory, ...settings],
    {
      cwd: directory,
      stdio: ["pipe", "ignore", "pipe"],
      ...user,
    },
  );
  await ready(server);
  return {
    url: `postgres://postgres@localhost/postgres?host=${encodeURIComponent(directory)}`,
    async stop() {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.stdin.end();
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/**
 * The server ends and its directory goes when our end of its input closes, so neither outlives the test run, however that
 * ends. Arguments: the directory, then the server's command line.
 */
const SUPERVISE = 'directory=$0; "$@" & server=$!; read -r _; kill -INT $server; wait $server; rm -rf "$directory"';

/** PostgreSQL refuses to run as root: then it runs as `nobody`. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const [, uid, gid] = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync("/etc/passwd", "utf8")) ?? [];
  return { uid: Number(uid ?? 65534), gid: Number(gid ?? 65534) };
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    server.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      said = (said + chunk).slice(-10_000);
      if (said.includes("ready to accept connections")) resolve();
      // The supervising shell would wait for us; the server itself says it gave up.
      if (said.includes("FATAL:")) reject(new Error(said));
    });
    server.once("error", reject);
    server.once("exit", () => reject(new Error(said)));
  });
}
