/** Migrations between servers of their own, over real connections. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { realWorld } from "@racklet/world";
import { describe, expect, test } from "vitest";
import { dialIn } from "../src/net/websocket.ts";
import { migrationRequest, specRequest, type Ask } from "./rig.ts";
import { Console, QUICK, askOver, awaitState, serve } from "./sockets.ts";
import { usualSpec } from "./specs.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const MIGRATION = "f1000000-0000-4000-8000-000000000001";

async function startProcess() {
  const child = spawn(process.execPath, [MAIN, "--listen", "[::1]:0", "--boot-ms", "1", "--guest-ms", "10"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const { url } = JSON.parse(line) as { url: string };
  const exited = once(child, "exit");
  return { address: url.slice("http://".length), ask: askOver(url), child, exited };
}

async function runOn(ask: Ask): Promise<void> {
  expect((await ask("PUT /instance", specRequest(usualSpec()))).status).toBe(201);
  await ask("PUT /instance/state", "Run");
  await awaitState(ask, "Running");
}

test("a VM moves from one process to another, and its console with it", async () => {
  const [source, target] = await Promise.all([startProcess(), startProcess()]);
  try {
    await runOn(source.ask);
    const console = new Console(source.address, "?from_start=0");
    await console.shows("vm login: ");
    console.type("me\recho one\r");
    await console.shows("\r\none\r\nme@vm:~$ ");
    expect(await target.ask("PUT /instance", migrationRequest(source.address, MIGRATION))).toMatchObject({
      status: 201,
    });
    await Promise.all([awaitState(target.ask, "Running"), awaitState(source.ask, "Destroyed")]);
    expect(await console.closed()).toBe("1001 VM migrated");
    const { Migrating: next } = JSON.parse(console.notices[0] ?? "") as {
      Migrating: { destination: string; from_start: number };
    };
    expect(next).toEqual({ destination: target.address, from_start: console.text.length });
    const moved = new Console(next.destination, `?from_start=${next.from_start}`);
    await moved.opened();
    moved.type("history\r");
    await moved.shows("1 echo one\r\n2 history\r\n");
  } finally {
    for (const { child, exited } of [source, target]) {
      child.kill("SIGKILL");
      await exited;
    }
  }
});

describe("a server that is killed on the way", () => {
  const SLOW = { ...QUICK, phaseMs: 40 };

  async function phase(ask: Ask, which: "migration_in" | "migration_out", wanted: string): Promise<void> {
    for (let gen = 0; ;) {
      const { body } = await ask("GET /instance/state-monitor", { gen });
      const seen = body as { gen: number; migration: Record<typeof which, { state: string } | null> };
      if (seen.migration[which]?.state === wanted) return;
      gen = seen.gen + 1;
    }
  }

  test.each(["RamPush", "Device"])("as the target, in %s, leaves the source running", async (wanted) => {
    await using source = await serve({ timing: SLOW });
    const target = await serve({ timing: SLOW });
    await runOn(source.ask);
    await target.ask("PUT /instance", migrationRequest(source.address, MIGRATION));
    await phase(source.ask, "migration_out", wanted);
    await target.kill();
    await awaitState(source.ask, "Running");
    expect(await source.ask("GET /instance/migration-status")).toMatchObject({
      body: { migration_out: { id: MIGRATION, state: "Error" } },
    });
  });

  // In a later phase the source may have let go already: the virtual clock's tests have that.
  test.each(["RamPush", "Device"])("as the source, in %s, leaves a failed target", async (wanted) => {
    const source = await serve({ timing: SLOW });
    await using target = await serve({ timing: SLOW });
    await runOn(source.ask);
    await target.ask("PUT /instance", migrationRequest(source.address, MIGRATION));
    await phase(target.ask, "migration_in", wanted);
    await source.kill();
    await awaitState(target.ask, "Failed");
    expect(await target.ask("GET /instance/migration-status")).toMatchObject({
      body: { migration_in: { id: MIGRATION, state: "Error" } },
    });
  });
});

test("a peer that speaks another protocol is told so, and the VM goes on running", async () => {
  await using source = await serve();
  await runOn(source.ask);

  const channel = await dialIn(realWorld({ name: "test" }))(source.address, MIGRATION, 1_000);
  const frames: unknown[] = [];
  const closed = new Promise<string>((resolve) =>
    channel.listen({ frame: (frame) => frames.push(frame), closed: resolve }),
  );
  channel.send("propolis-migrate-ron/0");
  await closed;
  expect(frames).toEqual([
    JSON.stringify({
      type: "error",
      reason: "no common protocol: offered propolis-migrate-ron/0, known propolis-migrate-json/0",
    }),
  ]);
  await awaitState(source.ask, "Running");
});
