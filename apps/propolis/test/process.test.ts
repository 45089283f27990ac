/** The flags, and the process around the service. */
import { UsageError } from "@racklet/api-kit";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { DEFAULT_CONFIG, parseConfig } from "../src/config.ts";
import { specRequest } from "./rig.ts";
import { askOver, awaitState } from "./sockets.ts";

describe("flags", () => {
  test("default to a standard server on the loopback interface", () => {
    expect(parseConfig([], {})).toEqual(DEFAULT_CONFIG);
  });

  test("are read from the command line before the environment", () => {
    const env = { RACKLET_MODE: "mock", RACKLET_BOOT_MS: "1-2", RACKLET_LISTEN: "" };
    const argv = [
      "--listen",
      "[::1]:0",
      "--mode=standard",
      "--features",
      "falcon,failure-injection",
      "--guest-ms",
      "5",
    ];
    expect(parseConfig(argv, env)).toEqual({
      listen: { host: "::1", port: 0 },
      mode: "standard",
      features: ["falcon", "failure-injection"],
      timing: { ...DEFAULT_CONFIG.timing, bootMs: [1, 2], guestMs: 5 },
    });
  });

  test.each([
    [["--foo"], "--foo"],
    [["--listen", "12400"], "--listen 12400"],
    [["--listen", "0.0.0.0:1"], "--listen 0.0.0.0:1: only loopback"],
    [["--mode", "fake"], "--mode fake: expected standard or mock"],
    [["--features", "falcon,more"], "--features falcon,more"],
    [["--boot-ms", "3-2"], "--boot-ms 3-2"],
    [["--guest-ms", "1-2"], "--guest-ms 1-2"],
  ])("%j is refused by name", (argv, message) => {
    expect(() => parseConfig(argv, {})).toThrow(UsageError);
    expect(() => parseConfig(argv, {})).toThrow(message);
  });
});

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

test.each(["SIGTERM", "SIGINT"] as const)(
  "a process says where it listens, runs a VM that is watched by GETs with a body, and ends cleanly on %s",
  async (signal) => {
    const child = spawn(process.execPath, [MAIN, "--listen", "127.0.0.1:0", "--boot-ms", "1"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    const event = JSON.parse(line) as { event: string; url: string };
    expect(event).toEqual({ event: "listening", url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
    const ask = askOver(event.url);
    expect(await ask("PUT /instance", specRequest())).toEqual({ status: 201, body: { migrate: null } });
    expect((await ask("PUT /instance/state", "Run")).status).toBe(204);
    await awaitState(ask, "Running");
    // It must not wait for this one when it ends.
    const waiting = ask("GET /instance/state-monitor", { gen: 99 });
    await ask("GET /instance");
    child.kill(signal);
    expect(await once(child, "exit")).toEqual([0, null]);
    expect((await waiting).status).toBe(424);
  },
);

test("a bad flag ends the process with 2 and names the flag", async () => {
  const child = spawn(process.execPath, [MAIN, "--mode", "fake"], { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
  expect(await once(child, "close")).toEqual([2, null]);
  expect(text).toContain("--mode fake: expected standard or mock");
});
