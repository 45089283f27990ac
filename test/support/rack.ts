/** A rack of real processes for user stories: started by the launcher, on free ports, in a directory of its own. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { execFile } from "node:child_process";
import { dpdClient, type DpdClient } from "@racklet/dpd-client";
import { fastDirectory } from "@racklet/store/testing";

const RACKLET = fileURLToPath(new URL("../../apps/racklet/src/main.ts", import.meta.url));
const run = promisify(execFile);

/** Where everything of a rack is. */
export interface RackAddresses {
  readonly nexus: { readonly external: string; readonly internal: string; readonly lockstep: string };
  readonly dpd: readonly { readonly switch: string; readonly url: string }[];
  readonly sled_agents: readonly { readonly id: string; readonly url: string; readonly scrimlet: boolean }[];
  /** By name: switch0, switch1. */
  dpdClient(name: string): DpdClient;
}

/** The one line that `racklet up --json` prints. */
export interface Ready extends Omit<RackAddresses, "dpdClient"> {
  readonly event: "ready";
  readonly startup_ms: number;
  readonly token: string;
}

export interface Rack extends Ready, RackAddresses {
  readonly dataDir: string;
  readonly pid: number;
  /** Runs an operator's command on this rack and answers what it printed. */
  racklet(...args: string[]): Promise<string>;
  stop(): Promise<void>;
}

export async function startRack(...args: string[]): Promise<Rack> {
  const dataDir = await mkdtemp(join(fastDirectory(), "racklet-test-"));
  const child = spawn(process.execPath, [RACKLET, "up", "--json", "--ports", "auto", "--data", dataDir, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, RACKLET_LOG: "warn" },
  });
  const ready = await readReady(child);
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    ...ready,
    dataDir,
    pid: child.pid ?? -1,
    dpdClient: (name) => {
      const dpd = ready.dpd.find((candidate) => candidate.switch === name);
      if (dpd === undefined) throw new Error(`the rack has no ${name}`);
      return dpdClient({ baseUrl: dpd.url });
    },
    racklet: async (...command) =>
      (
        await run(process.execPath, [RACKLET, ...command, "--data", dataDir], {
          env: { ...process.env, NO_COLOR: "1" },
        })
      ).stdout,
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function readReady(child: ChildProcess): Promise<Ready> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error("the launcher has no pipes");
  let said = "";
  stderr.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-10_000)));
  for await (const line of createInterface({ input: stdout })) {
    const event = JSON.parse(line) as Ready;
    if (event.event === "ready") return event;
  }
  throw new Error(`the launcher ended before the rack was ready; it said:\n${said}`);
}
