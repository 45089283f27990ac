/** The flags, and the process around the service. */
import { UsageError } from "@racklet/api-kit";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { DEFAULT_CONFIG, parseConfig } from "../../src/config.ts";

describe("flags", () => {
  test("default to one switch with a model ASIC on the loopback interface", () => {
    expect(parseConfig([], {})).toEqual(DEFAULT_CONFIG);
  });

  test("are read from the command line before the environment", () => {
    const env = { RACKLET_SWITCH: "switch1", RACKLET_PROFILE: "large", RACKLET_NEXUS: "" };
    const argv = ["--listen", "[::1]:0", "--switch", "switch0", "--asic=chaos", "--seed", "7", "--rate", "0.5"];
    expect(parseConfig(argv, env)).toEqual({
      listen: { host: "::1", port: 0 },
      switch: "switch0",
      asic: "chaos",
      profile: "large",
      nexus: undefined,
      chaos: { seed: 7, rate: 0.5 },
    });
  });

  test.each([
    [["--foo"], "--foo"],
    [["extra"], "extra"],
    [["--listen"], "--listen"],
    [["--listen", "12224"], "--listen 12224"],
    [["--listen", "127.0.0.1:65536"], "--listen 127.0.0.1:65536"],
    [["--listen", "0.0.0.0:12224"], "--allow-remote"],
    [["--switch", "switch2"], "--switch switch2: expected switch0 or switch1"],
    [["--asic", "tofino"], "--asic tofino"],
    [["--profile", "small"], "--profile small"],
    [["--nexus", "localhost"], "--nexus localhost"],
    [["--asic", "chaos", "--rate", "2"], "--rate 2"],
    [["--asic", "chaos", "--rate", ""], "--rate"],
    [["--asic", "chaos", "--seed", "1.5"], "--seed 1.5"],
    [["--seed", "1"], "--seed needs --asic chaos"],
  ])("%j is refused by name", (argv, message) => {
    expect(() => parseConfig(argv, {})).toThrow(UsageError);
    expect(() => parseConfig(argv, {})).toThrow(message);
  });

  test("a bad variable is refused like a flag", () => {
    expect(() => parseConfig([], { RACKLET_ASIC: "tofino" })).toThrow("--asic tofino");
  });

  test("listening for others than this machine has to be meant", () => {
    const argv = ["--listen", "0.0.0.0:1", "--allow-remote"];
    expect(parseConfig(argv, {}).listen).toEqual({ host: "0.0.0.0", port: 1 });
  });
});

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

function spawnDpd(...flags: string[]) {
  return spawn(process.execPath, [MAIN, ...flags], { stdio: ["ignore", "pipe", "pipe"] });
}

test.each(["SIGTERM", "SIGINT"] as const)(
  "the process says where it listens and stops cleanly on %s",
  async (signal) => {
    const child = spawnDpd("--listen", "127.0.0.1:0");
    const lines = createInterface({ input: child.stdout });
    const [line] = (await once(lines, "line")) as [string];
    const event = JSON.parse(line) as { event: string; url: string };
    expect(event).toEqual({ event: "listening", url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
    const answer = await fetch(`${event.url}/dpd-version`, { headers: { "api-version": "1.0.0" } });
    expect(answer.status).toBe(200);
    await answer.text();
    child.kill(signal);
    expect(await once(child, "exit")).toEqual([0, null]);
  },
);

test("a bad flag ends the process with 2 and names the flag", async () => {
  const child = spawnDpd("--asic", "tofino");
  let text = "";
  child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
  expect(await once(child, "close")).toEqual([2, null]);
  expect(text).toContain("--asic tofino: expected model or chaos or absent");
});
