import { expect, describe, test } from "vitest";
import fc from "fast-check";
import { SerialHistory, type SerialOffset } from "../src/serial/history.ts";
import { created, put, reaches, running } from "./driving.ts";
import { specRequest, type Ask } from "./rig.ts";
import { Console, QUICK, awaitState, serve, type Server } from "./sockets.ts";
import { usualSpec } from "./specs.ts";

async function textOf(ask: Ask, query = "from_start=0"): Promise<string> {
  const { status, body } = await ask(`GET /instance/serial/history?${query}`);
  expect(status).toBe(200);
  return Buffer.from((body as { data: number[] }).data).toString();
}

describe("the guest", () => {
  test("prints what it finds as it boots, and ends at a login prompt", async () => {
    const it = await running();
    expect(await textOf(it.ask)).toBe("");
    await it.sim.clock.advance(150);
    expect(await textOf(it.ask)).toBe("racklet guest 1.0\r\n");
    await it.sim.clock.advance(1_000);
    expect((await textOf(it.ask)).split("\r\n")).toEqual([
      "racklet guest 1.0",
      "cpu: 2 online",
      "memory: 512 MiB",
      "vda: disk-0",
      "eth0: nic-0: link up",
      "hostname: vm",
      "vm login: ",
    ]);
  });

  test("says nothing any more once the VM has stopped", async () => {
    const it = await running();
    await it.sim.clock.advance(250);
    const before = await textOf(it.ask);
    await put(it, "Stop");
    await reaches(it, "Stopped");
    expect(await textOf(it.ask)).toBe(before);
    await it.sim.clock.runUntilIdle();
  });

  test("boots again after a reboot", async () => {
    const it = await running();
    await it.sim.clock.advance(1_000);
    await put(it, "Reboot");
    await reaches(it, "Rebooting");
    await reaches(it, "Running");
    await it.sim.clock.advance(1_000);
    expect((await textOf(it.ask)).split("racklet guest 1.0")).toHaveLength(3);
  });

  test("survives a non-maskable interrupt, and tells of it", async () => {
    const it = await running();
    await it.sim.clock.advance(1_000);
    expect(await it.ask("POST /instance/nmi")).toEqual({ status: 200, body: null });
    expect(await textOf(it.ask)).toMatch(/non-maskable interrupt: carrying on\r\nvm login: $/);
  });
});

describe("the history", () => {
  const limits = { beginning: 10, rolling: 6 };

  test("keeps the first and the last bytes, and says so of those between", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 12 }),
        fc.nat(60),
        fc.boolean(),
        fc.nat(20),
        (pieces, at, fromStart, maxBytes) => {
          const history = new SerialHistory(limits);
          for (const piece of pieces) history.append(piece);
          const all = Buffer.concat(pieces);
          expect(history.total).toBe(all.length);
          const offset: SerialOffset = fromStart ? { fromStart: at } : { mostRecent: at };
          const start = fromStart ? at : Math.max(0, all.length - at);
          const rollingStart = Math.max(limits.beginning, all.length - limits.rolling);
          const isKept =
            start <= all.length && (start < limits.beginning || start >= Math.min(rollingStart, all.length));
          if (!isKept) {
            expect(() => history.read(offset, maxBytes)).toThrow(/no longer kept|beyond/);
            return;
          }
          const hasGap = start < limits.beginning && rollingStart > limits.beginning;
          const end = Math.min(start + maxBytes, hasGap ? limits.beginning : all.length);
          const slice = history.read(offset, maxBytes);
          expect({ ...slice, data: [...slice.data] }).toEqual({ data: [...all.subarray(start, end)], end });
          const copy = new SerialHistory(limits);
          copy.import(history.export());
          expect(copy.read(offset, maxBytes)).toEqual(slice);
        },
      ),
    );
  });

  test.each(["", "?from_start=0&most_recent=1", "?max_bytes=1"])(
    "%j is refused: one offset is needed",
    async (query) => {
      const it = await created();
      expect(await it.ask(`GET /instance/serial/history${query}`)).toMatchObject({
        status: 400,
        body: { message: "Exactly one of 'from_start' or 'most_recent' must be specified." },
      });
    },
  );

  test("is read in pieces", async () => {
    const it = await running();
    await it.sim.clock.advance(1_000);
    const whole = await textOf(it.ask);
    let pieces = "";
    for (let from = 0; from < whole.length;) {
      const { body } = await it.ask(`GET /instance/serial/history?from_start=${from}&max_bytes=7`);
      const { data, last_byte_offset: end } = body as { data: number[]; last_byte_offset: number };
      expect(end).toBe(from + data.length);
      pieces += Buffer.from(data).toString();
      from = end;
    }
    expect(pieces).toBe(whole);
    expect(await textOf(it.ask, "most_recent=10")).toBe("vm login: ");
    expect(await it.ask("GET /instance/serial/history?from_start=9999")).toMatchObject({ status: 400 });
  });
});

test("a plain GET of the console is told to ask for a WebSocket", async () => {
  expect(await (await created()).ask("GET /instance/serial")).toMatchObject({
    status: 400,
    body: { message: "expected connection upgrade" },
  });
});

describe("a connected console", () => {
  async function booted(): Promise<Server> {
    const server = await serve();
    await server.ask("PUT /instance", specRequest(usualSpec()));
    await server.ask("PUT /instance/state", "Run");
    return server;
  }

  test("shows the past, echoes what is typed, runs commands, and ends when the guest switches itself off", async () => {
    await using server = await booted();
    const console = new Console(server.address, "?from_start=0");
    await console.shows("vm login: ");
    console.type("me\r");
    await console.shows("me@vm:~$ ");
    console.type("echo hallo\b\b\bo velt\x7f\x7f\x7f\x7fwelt\r");
    await console.shows("\r\nhao welt\r\nme@vm:~$ ");
    console.type("frobnicate\rhostname\rhistory\r");
    await console.shows("sh: frobnicate: not found\r\n");
    await console.shows("\r\nvm\r\n");
    await console.shows("4 history\r\n");
    console.type("poweroff\r");
    await awaitState(server.ask, "Destroyed");
    expect(await console.closed()).toBe("1001 VM stopped");
  });

  test("sees the guest reboot itself", async () => {
    await using server = await booted();
    const console = new Console(server.address, "?from_start=0");
    await console.shows("vm login: ");
    console.type("me\rreboot\r");
    await awaitState(server.ask, "Rebooting");
    await awaitState(server.ask, "Running");
    console.type("\r");
    await console.shows("restarting\r\nracklet guest 1.0");
  });

  test("without an offset shows only what comes, to every client alike", async () => {
    await using server = await booted();
    const first = new Console(server.address, "?from_start=0");
    await first.shows("vm login: ");
    const [second, third] = [new Console(server.address), new Console(server.address, "?from_start=0&most_recent=0")];
    await Promise.all([second.opened(), third.opened()]);
    first.type("me\r");
    for (const console of [first, second, third]) await console.shows("me\r\nme@vm:~$ ");
    expect(second.text).toBe("me\r\nme@vm:~$ ");
    expect(third.text).toBe("me\r\nme@vm:~$ ");
  });

  test("takes no more than a port can of what is typed at once", async () => {
    await using server = await booted();
    const console = new Console(server.address, "?from_start=0");
    await console.shows("vm login: ");
    console.type(`me\r${" \b".repeat(2_100)}lost\rkept\b\b\b\b`);
    console.type("echo kept\r");
    await console.shows("\r\nkept\r\n");
    expect(console.text).not.toContain("lost");
  });

  test("is refused without a VM, with the statuses of any request", async () => {
    await using server = await serve({ timing: QUICK });
    await expect(new Console(server.address).opened()).rejects.toThrow("424");
    await server.ask("PUT /instance", specRequest(usualSpec()));
    await expect(new Console(server.address, "?from_start=x").opened()).rejects.toThrow("400");
    await new Console(server.address).opened();
  });

  test("is cut when the server is killed", async () => {
    const server = await booted();
    const console = new Console(server.address);
    await console.opened();
    await server.kill();
    expect(await console.closed()).toMatch(/^1006/);
    await expect(server.ask("GET /instance")).rejects.toThrow("ECONNREFUSED");
  });
});
