import { mkdirSync, mkdtempSync, rmSync, existsSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { realWorld } from "@racklet/world";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { askRack } from "../src/control/client.ts";
import { serveControl, type ControlServer } from "../src/control/server.ts";
import { Failure } from "../src/failure.ts";

const world = realWorld({ name: "test", log: { level: "silent" } });
let dir: string;
let server: ControlServer | undefined;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "racklet-test-"));
});
afterEach(() => {
  server?.close();
  server = undefined;
  rmSync(dir, { recursive: true, force: true });
});

async function rack(at = dir): Promise<unknown[]> {
  const bugs: unknown[] = [];
  server = await serveControl(
    at,
    async (request) => {
      if (request.op === "token") return { token: "oxide-token-x" };
      if (request.op === "service") throw new Failure(`cannot ${request.action} ${request.name}`);
      throw new TypeError("a bug");
    },
    (error) => bugs.push(error),
  );
  return bugs;
}

describe("a running rack", () => {
  test("answers what it is asked", async () => {
    await rack();
    expect(await askRack(dir, { op: "token" }, world)).toEqual({ token: "oxide-token-x" });
  });

  test("refuses with its own sentence", async () => {
    const bugs = await rack();
    const kill = askRack(dir, { op: "service", action: "kill", name: "dpd/switch7" }, world);
    await expect(kill).rejects.toThrow(new Failure("cannot kill dpd/switch7"));
    expect(bugs).toEqual([]);
  });

  test("answers and reports what should not happen", async () => {
    const bugs = await rack();
    await expect(askRack(dir, { op: "status" }, world)).rejects.toThrow("a bug");
    expect(bugs).toEqual([new TypeError("a bug")]);
  });

  test("survives what is no request, what is too long, and who hangs up", async () => {
    await rack();
    const path = server?.path ?? "";
    expect(await say(path, "hello\n")).toMatch(/not a request that this racklet knows/);
    expect(await say(path, '{"op":"service","action":"explode","name":"nexus"}\n')).toMatch(/not a request/);
    expect(await say(path, `${"x".repeat(20_000)}\n`)).toBe("");
    connect(path).destroy();
    expect(await askRack(dir, { op: "token" }, world)).toEqual({ token: "oxide-token-x" });
  });

  test("is found in a directory whose path is too long for a socket", async () => {
    const long = join(dir, "d".repeat(120));
    mkdirSync(long);
    await rack(long);
    expect(await askRack(long, { op: "token" }, world)).toEqual({ token: "oxide-token-x" });
    const path = server?.path ?? "";
    expect(existsSync(path)).toBe(true);
    server?.close();
    expect(existsSync(path)).toBe(false);
  });
});

describe("without a running rack", () => {
  test("commands say how to start one", async () => {
    const asked = askRack(dir, { op: "token" }, world);
    await expect(asked).rejects.toThrow(/no rack is running in .*: start one with npm start/);
  });
});

function say(path: string, text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(path, () => socket.write(text));
    socket.on("data", (chunk) => (answer += String(chunk)));
    socket.on("error", () => {});
    socket.on("close", () => resolve(answer));
  });
}
