import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { realWorld } from "@racklet/world";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { processLauncher } from "../src/supervisor/child-process.ts";
import { LogFile } from "../src/supervisor/log-file.ts";
import { Supervisor, type ServiceStatus } from "../src/supervisor/supervisor.ts";
import { fakeMain, spec } from "./fake/specs.ts";

const world = realWorld({ name: "test", log: { level: "silent" } });
const DEADLINE_MS = 10_000;
let dir: string;
let supervisor: Supervisor | undefined;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "racklet-test-"));
});
afterEach(async () => {
  supervisor?.killAll();
  await supervisor?.until((all) => all.every(({ phase }) => phase === "stopped" || phase === "waiting"));
  supervisor = undefined;
  rmSync(dir, { recursive: true, force: true });
});

function supervise(...args: string[]): Supervisor {
  const logs = new LogFile(join(dir, "service.log"));
  supervisor = new Supervisor({
    world,
    launcher: processLauncher({ mainOf: () => fakeMain, logOf: () => logs, env: process.env }),
    services: [spec("dpd/switch0", ...args)],
    startsAtOnce: 1,
  });
  supervisor.start();
  return supervisor;
}

async function become(rack: Supervisor, condition: (service: ServiceStatus) => boolean): Promise<ServiceStatus> {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const first = (all: ServiceStatus[]) => all[0] as ServiceStatus;
  try {
    await rack.until((all) => condition(first(all)), signal);
  } catch (error) {
    throw new Error(`last seen: ${JSON.stringify(first(rack.list()))}`, { cause: error });
  }
  return first(rack.list());
}

const isUp = ({ phase }: ServiceStatus) => phase === "running";

describe("a service's process", () => {
  test("gets its flags as if it had been started by itself, and its output is in the log", async () => {
    const rack = supervise("--a", "b c");
    await become(rack, isUp);
    await rack.stopAll();
    expect(readFileSync(join(dir, "service.log"), "utf8")).toBe("args --a b c\n");
  });

  test("comes back after SIGKILL with a new process number", async () => {
    const rack = supervise();
    const { pid } = await become(rack, isUp);
    rack.act("kill", "dpd/switch0");
    const back = await become(rack, (service) => isUp(service) && service.restarts === 1);
    expect(back.lastExit).toMatchObject({ code: null, signal: "SIGKILL" });
    expect(back.pid).not.toBe(pid);
  });

  test("stays down after stop until it is started", async () => {
    const rack = supervise();
    await become(rack, isUp);
    rack.act("stop", "dpd/switch0");
    const down = await become(rack, ({ phase }) => phase === "stopped");
    expect(down).toMatchObject({ pid: undefined, restarts: 0, lastExit: { code: 0, signal: null } });
    expect(() => rack.act("kill", "dpd/switch0")).toThrow("cannot kill dpd/switch0: it is stopped");
    rack.act("start", "dpd/switch0");
    await become(rack, isUp);
  });

  test("is stopped by the kernel while it is paused, and ends at once when told to stop", async () => {
    const rack = supervise();
    const { pid } = await become(rack, isUp);
    const state = () => readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.[0];
    rack.act("pause", "dpd/switch0");
    if (process.platform === "linux") await expect.poll(state).toBe("T");
    rack.act("resume", "dpd/switch0");
    rack.act("pause", "dpd/switch0");
    rack.act("stop", "dpd/switch0");
    const { lastExit } = await become(rack, ({ phase }) => phase === "stopped");
    expect(lastExit).toMatchObject({ code: 0, signal: null });
  });

  test("that fails is tried again, and its last words are kept", async () => {
    const rack = supervise("fail", "Error: no such disk");
    const dead = await become(rack, ({ restarts, phase }) => restarts === 1 && phase === "waiting");
    expect(dead.lastExit).toEqual({ code: 3, signal: null, lastLine: "Error: no such disk" });
  });

  test("does not mind Ctrl-C, which is for the launcher", async () => {
    const rack = supervise();
    const { pid } = await become(rack, isUp);
    process.kill(pid as number, "SIGINT");
    rack.act("stop", "dpd/switch0");
    const { lastExit } = await become(rack, ({ phase }) => phase === "stopped");
    expect(lastExit?.code).toBe(0);
  });

  test("ends when its launcher is killed", async () => {
    const launcher = spawn(process.execPath, [fileURLToPath(new URL("fake/launcher.ts", import.meta.url))], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const pid = await new Promise<number>((resolve) => {
      launcher.stdout.once("data", (chunk) => resolve(Number(String(chunk))));
    });
    expect(isAlive(pid)).toBe(true);
    launcher.kill("SIGKILL");
    await expect.poll(() => isAlive(pid), { timeout: DEADLINE_MS }).toBe(false);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // Dead, and not yet noticed by whoever inherited it.
  return process.platform !== "linux" || !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
}
