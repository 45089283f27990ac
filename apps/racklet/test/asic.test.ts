import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { realWorld } from "@racklet/world";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Io } from "../src/cli/io.ts";
import { asic } from "../src/commands/asic.ts";
import type { RackStatus } from "../src/control/protocol.ts";
import { serveControl, type ControlServer } from "../src/control/server.ts";
import { styleFor } from "../src/text/style.ts";

const world = realWorld({ name: "test", log: { level: "silent" } });
let dir: string;
let control: ControlServer;
let dpd: Server;
let asked: string[];
let answer: { readonly status: number; readonly body: string };
let lines: string[];

/** A rack whose switch0 is a server that answers as it is told. */
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "racklet-test-"));
  asked = [];
  lines = [];
  answer = { status: 200, body: JSON.stringify({ state: "ready" }) };
  dpd = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>((resolve) => dpd.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(dpd.address() as AddressInfo).port}`;
  // The command reads nothing else of the status.
  const status = { dpd: [{ switch: "switch0", url }] } as unknown as RackStatus;
  control = await serveControl(
    dir,
    async () => status,
    (bug) => {
      throw bug;
    },
  );
});
afterEach(() => {
  control.close();
  dpd.close();
  rmSync(dir, { recursive: true, force: true });
});

const io = (): Io => ({
  world,
  env: {},
  pid: 1,
  out: (line) => void lines.push(line),
  err: () => {},
  style: styleFor({ isTTY: false }, {}),
  errStyle: styleFor({ isTTY: false }, {}),
  isLive: false,
  raw: () => {},
  onInput: () => () => {},
  onSignal: () => () => {},
});
const run = (action: "attach" | "detach", name = "switch0", json = false) =>
  asic({ data: dir, json, action, switch: name }, io());

test("attach and detach ask the switch's dpd and say what has become of it", async () => {
  expect(await run("attach")).toBe(0);
  answer = { status: 200, body: JSON.stringify({ state: "asic_absent" }) };
  expect(await run("detach", "switch0", true)).toBe(0);
  expect(asked).toEqual(["POST /debug/asic/attach", "POST /debug/asic/detach"]);
  expect(lines).toEqual([
    "switch0: has its ASIC, with empty tables",
    JSON.stringify({ switch: "switch0", state: "asic_absent" }),
  ]);
});

test("it fails with a sentence when the state is another one, dpd refuses, or there is no such switch", async () => {
  answer = { status: 200, body: JSON.stringify({ state: "asic_failed" }) };
  await expect(run("attach")).rejects.toThrow("switch0 is asic_failed now");
  answer = { status: 403, body: "this control is for loopback clients only\n" };
  await expect(run("attach")).rejects.toThrow("switch0 does not do it: 403 this control is for loopback clients only");
  answer = { status: 200, body: "[]" };
  await expect(run("attach")).rejects.toThrow("no state in its answer");
  await expect(run("detach", "switch1")).rejects.toThrow("there is no switch1: the rack has switch0");
});
