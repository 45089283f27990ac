import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { backoffMs, deadlineSignal, Mutex, realWorld } from "../src/index.ts";

const world = realWorld({ name: "test", log: { level: "silent" } });

describe("the real world", () => {
  it("ends a sleep with the reason it was aborted for", async () => {
    const controller = new AbortController();
    const sleep = world.timers.sleep(60_000, controller.signal);
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(sleep).rejects.toBe(reason);
  });

  it("gives out different version 4 UUIDs", () => {
    const [a, b] = [world.ids.uuid(), world.ids.uuid()];
    expect(a).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(a).not.toBe(b);
  });
});

describe("a GET with a body", () => {
  const getWithBody = (url: string, body: string, signal?: AbortSignal): Request =>
    Object.defineProperty(
      new Request(url, { method: "POST", headers: { "api-version": "6.0.0" }, body, signal: signal ?? null }),
      "method",
      { value: "GET" },
    );

  it("arrives as one, and what is not answered is cut when the caller gives up", async () => {
    const server = createServer((request, response) => {
      if (request.url === "/never") return void request.resume();
      void text(request).then((body) => {
        response.writeHead(201, { "x-seen": `${request.method} ${request.headers["api-version"]}` }).end(body);
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const response = await world.fetch(getWithBody(url, '{"gen":7}'));
    expect([response.status, response.headers.get("x-seen"), await response.json()]).toEqual([
      201,
      "GET 6.0.0",
      { gen: 7 },
    ]);
    const controller = new AbortController();
    const waiting = world.fetch(getWithBody(`${url}/never`, "{}", controller.signal));
    await once(server, "request");
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    server.close();
    server.closeAllConnections();
  });

  it("that nobody takes fails with the code of the connection", async () => {
    await expect(world.fetch(getWithBody("http://127.0.0.1:1", "{}"))).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});

describe("a deadline", () => {
  it("aborts when its time is over, and when the outer signal does", async () => {
    const { signal } = deadlineSignal(world.timers, 1);
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    expect(signal.reason).toMatchObject({ name: "TimeoutError", message: "no answer within 1 ms" });

    const outer = new AbortController();
    const inner = deadlineSignal(world.timers, 60_000, outer.signal);
    outer.abort("gone");
    expect(inner.signal.reason).toBe("gone");
    expect(deadlineSignal(world.timers, 60_000, outer.signal).signal.aborted).toBe(true);
  });

  it("never comes once it is cancelled", () => {
    const outer = new AbortController();
    const inner = deadlineSignal(world.timers, 60_000, outer.signal);
    inner.cancel();
    outer.abort();
    expect(inner.signal.aborted).toBe(false);
  });
});

describe("back-off", () => {
  it("doubles its bound up to the maximum, with full jitter", () => {
    const most = { next: () => 1 - Number.EPSILON, bytes: () => new Uint8Array() };
    const bounds = [0, 1, 2, 3, 4, 1_000].map((attempt) =>
      Math.round(backoffMs(most, attempt, { baseMs: 100, maxMs: 1_000 })),
    );
    expect(bounds).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    expect(backoffMs({ ...most, next: () => 0 }, 5, { baseMs: 100, maxMs: 1_000 })).toBe(0);
  });
});

describe("a mutex", () => {
  it("runs one section at a time, in order, and survives one that throws", async () => {
    const mutex = new Mutex();
    const seen: string[] = [];
    const section = (name: string) => async () => {
      seen.push(`${name} in`);
      await world.timers.yield();
      seen.push(`${name} out`);
      if (name === "b") throw new Error(name);
    };
    const results = await Promise.allSettled(["a", "b", "c"].map((name) => mutex.run(section(name))));
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(seen).toEqual(["a in", "a out", "b in", "b out", "c in", "c out"]);
  });
});
