import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { UsageError, AddressInUseError } from "@racklet/api-kit";
import { DataInUseError, openStore } from "@racklet/store";
import { realWorld, type World } from "@racklet/world";
import { contextOn } from "../src/context.ts";
import { migrations } from "../src/db/migrations.ts";
import type { NexusTables } from "../src/db/schema.ts";
import { DEFAULT_CONFIG, ExposedError, parseConfig, serveNexus, startNexus, type RunningNexus } from "../src/index.ts";
import { cheapPasswords } from "../src/testing.ts";

const world = realWorld({ name: "nexus" });
const free = { host: "127.0.0.1", port: 0 };
const config = { ...DEFAULT_CONFIG, external: free, internal: free, lockstep: free, database: "sqlite::memory:" };

const running: RunningNexus[] = [];
const start = async (changes: object): Promise<RunningNexus> => {
  const nexus = await startNexus({ ...config, ...changes }, world);
  running.push(nexus);
  return nexus;
};
afterEach(async () => {
  for (const nexus of running.splice(0)) await nexus.close();
});

/** A store that stays open when one of the processes on it ends. */
const sharedStore = async () => {
  const store = await openStore<NexusTables>({ url: "sqlite::memory:", migrations, world });
  return { store: { ...store, close: async () => {} }, closeStore: () => store.close() };
};

const get = (url: string): Promise<Response> => world.fetch(new Request(url));

describe("starting", () => {
  test("opens the three listeners, each with its health", async () => {
    const { urls } = await start({});
    for (const url of Object.values(urls)) expect((await get(`${url}/debug/health`)).status).toBe(200);
    expect(await (await get(`${urls.external}/v1/ping`)).json()).toEqual({ status: "ok" });
    expect((await get(`${urls.lockstep}/bgtasks`)).status).toBe(200);
  });

  test("keeps what is in its file, and lets one process at a time have it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "racklet-nexus-"));
    const database = `sqlite:${join(folder, "nexus.db")}`;
    const first = await start({ database, initialPassword: "first" });
    await expect(start({ database })).rejects.toThrow(DataInUseError);
    await first.close();
    running.length = 0;
    const { urls } = await start({ database, initialPassword: "second" });
    const login = async (password: string) => {
      const body = JSON.stringify({ username: "test-privileged", password });
      const headers = { "content-type": "application/json" };
      const request = new Request(`${urls.external}/v1/login/test-suite-silo/local`, { method: "POST", headers, body });
      return (await world.fetch(request)).status;
    };
    expect([await login("first"), await login("second")]).toEqual([204, 401]);
    await running.pop()?.close();
    rmSync(folder, { recursive: true });
  });

  test("on a taken address fails with the address, and leaves nothing behind", async () => {
    const { urls } = await start({});
    const taken = { host: "127.0.0.1", port: Number(new URL(urls.external).port) };
    await expect(start({ lockstep: taken })).rejects.toThrow(AddressInUseError);
  });

  test("on a taken address leaves the work of the process alone that has it", async () => {
    const { store, closeStore } = await sharedStore();
    const first = contextOn(store, config, world, cheapPasswords(world));
    const { urls } = await serveNexus(first);
    const time = new Date(world.clock.now()).toISOString();
    const saga = { name: "x", params: "{}", nodes: "[]", state: "running", error: null, generation: 1 } as const;
    await store.db
      .insertInto("saga")
      .values({ ...saga, id: world.ids.uuid(), owner: first.processId, created_at: time, updated_at: time })
      .execute();
    const internal = { host: "127.0.0.1", port: Number(new URL(urls.internal).port) };
    const second = contextOn(store, { ...config, internal }, world, cheapPasswords(world));
    await expect(serveNexus(second)).rejects.toThrow(AddressInUseError);
    expect(await store.db.selectFrom("nexus_process").select("id").execute()).toEqual([{ id: first.processId }]);
    expect(await store.db.selectFrom("saga").select("owner").execute()).toEqual([{ owner: first.processId }]);
    await closeStore();
  });

  test("answers nothing before the sagas of a dead process are taken up, and then what has waited", async () => {
    const { store, closeStore } = await sharedStore();
    const order: string[] = [];
    const answers: Promise<unknown>[] = [];
    const impatient: World = {
      ...world,
      listen: ({ port }, handler) => {
        const ask = async (signal: AbortSignal): Promise<void> => {
          const { status } = await handler(new Request("http://nexus/debug/health", { signal }));
          order.push(`answered ${status}`);
        };
        answers.push(ask(new AbortController().signal), ask(AbortSignal.abort()));
        return { port, close: () => {} };
      },
    };
    const nexus = contextOn(store, config, impatient, cheapPasswords(impatient));
    vi.spyOn(nexus.sagas, "recover").mockImplementation(async () => {
      order.push("recovered");
      return [];
    });
    const { close } = await serveNexus(nexus);
    await Promise.all(answers);
    expect(order[0]).toBe("recovered");
    // Of the two that asked at each address one had given up.
    const [served, dropped] = [Array(3).fill("answered 200"), Array(3).fill("answered 503")];
    expect(order.slice(1).sort()).toEqual([...served, ...dropped]);
    await close();
    await closeStore();
  });

  test("refuses to leave loopback with the documented password, or with spoofing", async () => {
    const everywhere = { host: "0.0.0.0", port: 0 };
    await expect(start({ external: everywhere })).rejects.toThrow(ExposedError);
    await expect(start({ internal: everywhere })).rejects.toThrow("--initial-password");
    await expect(start({ external: everywhere, initialPassword: "other", allowSpoof: true })).rejects.toThrow(
      "--spoof",
    );
    await start({ external: everywhere, initialPassword: "other" });
  });
});

describe("configuration", () => {
  test("comes from flags, then the environment, then defaults", () => {
    const env = { RACKLET_EXTERNAL: "127.0.0.1:1", RACKLET_DPD: "http://a:1,http://b:2", RACKLET_DATABASE: "" };
    const read = parseConfig(["--internal", "[::1]:0", "--external", "127.0.0.1:2", "--spoof"], env);
    expect(read).toEqual({
      ...DEFAULT_CONFIG,
      external: { host: "127.0.0.1", port: 2 },
      internal: { host: "::1", port: 0 },
      dpdUrls: ["http://a:1", "http://b:2"],
      allowSpoof: true,
    });
    expect(parseConfig(["--dpd", "http://c:3", "--dpd", "http://d:4"], env).dpdUrls).toEqual([
      "http://c:3",
      "http://d:4",
    ]);
    expect(parseConfig([], {})).toEqual({ ...DEFAULT_CONFIG, processName: expect.any(String) });
  });

  test("is named for its machine and its address, which no two processes share; not when any port will do", () => {
    const named = (internal: string): string | undefined => parseConfig(["--internal", internal], {}).processName;
    expect(named("127.0.0.1:12221")).toMatch(/ 127\.0\.0\.1:12221$/);
    expect(named("[::1]:12221")).not.toBe(named("127.0.0.1:12221"));
    expect(named("127.0.0.1:0")).toBeUndefined();
  });

  test.each([
    [["--nonsense"], "nonsense"],
    [["--external", "nowhere"], "--external"],
    [["--database", "mysql://x"], "--database"],
    [["--dpd", "localhost"], "--dpd"],
    [["--rack-id", "1"], "--rack-id"],
  ])("%j is refused by name", (argv, reason) => {
    expect(() => parseConfig(argv, {})).toThrow(UsageError);
    expect(() => parseConfig(argv, {})).toThrow(reason);
  });
});
