import { VirtualClock } from "@racklet/sim";
import { describe, expect, expectTypeOf, it } from "vitest";
import {
  connect,
  ConnectionError,
  createApiClient,
  NoCommonVersionError,
  ProtocolError,
  supportedVersions,
  UnsupportedVersionError,
  type Call,
  type ClientOptions,
  type ClientVersion,
} from "../src/index.ts";
import { broken, failure, json, world } from "./toy.ts";

interface GetOp<Item> {
  parameters: { path?: never; query?: never };
  responses: { 200: { content: { "application/json": Item } } };
}
type ToyClient<Item> = { readonly item_get: Call<GetOp<Item>> };

function version<const V extends string, Item>(number: V): ClientVersion<V, ToyClient<Item>> {
  const operations = { item_get: { method: "GET", path: "/item", success: 200, idempotent: true } } as const;
  return {
    service: "toy",
    version: number,
    create: (options: ClientOptions) =>
      createApiClient<ToyClient<Item>, object>({ service: "toy", version: number, operations }, options),
  };
}
const v1 = version<"1.0.0", { name: string }>("1.0.0");
const v9 = version<"9.0.0", { name: string }>("9.0.0");
const v10 = version<"10.0.0", { name: string; size: number }>("10.0.0");

const ALL = ["1.0.0", "9.0.0", "10.0.0"];

/** A server that can be replaced while it is in use, on virtual time. `lists` is what ours do and upstream's do not. */
function server(newest: string, { lists = true } = {}) {
  const clock = new VirtualClock({ seed: 1 });
  const state = { newest, lists, down: false, asked: [] as string[], requests: [] as string[] };
  const fetch = async (request: Request): Promise<Response> => {
    if (state.down) throw broken("ECONNREFUSED");
    const wanted = request.headers.get("api-version") ?? "";
    const { pathname } = new URL(request.url);
    if (pathname === "/.well-known/api-versions") {
      state.asked.push(wanted);
      const supported = ALL.slice(0, ALL.indexOf(state.newest) + 1);
      if (state.lists) return json({ ident: "toy", supported, latest: state.newest, on_missing: null });
    } else state.requests.push(wanted);
    if (ALL.indexOf(wanted) > ALL.indexOf(state.newest)) {
      return failure(400, `server does not support this API version: ${wanted}`);
    }
    return pathname === "/item" ? json({ name: "a", size: 1 }) : failure(404, "Not Found");
  };
  return {
    state,
    clock,
    options: { baseUrl: "http://toy.test", world: world(clock, fetch), retries: { attempts: 0 } },
  };
}

const caught = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "nothing",
    (error: unknown) => error,
  );

describe("connecting", () => {
  it.each([
    ["1.0.0", "1.0.0"],
    ["9.0.0", "9.0.0"],
    ["10.0.0", "10.0.0"],
  ])("to a server of %s that lists its versions takes one question", async (newest, best) => {
    const { options, state } = server(newest);
    expect((await connect({ ...options, versions: [v9, v1, v10] })).version).toBe(best);
    expect(state.asked.length).toBe(1);
    expect(state.requests).toEqual([]);
  });

  it.each([
    ["10.0.0", ["10.0.0"]],
    ["9.0.0", ["10.0.0", "9.0.0"]],
    ["1.0.0", ["10.0.0", "9.0.0", "1.0.0"]],
  ])("to a server of %s that lists none tries downwards", async (newest, asked) => {
    const { options, state } = server(newest, { lists: false });
    expect((await connect({ ...options, versions: [v1, v9, v10] })).version).toBe(newest);
    expect(state.asked).toEqual(asked);
    expect(state.requests).toEqual([]);
  });

  it("takes a version that is listed, not one that is only older than the newest", async () => {
    const { options } = server("10.0.0");
    const retired = version<"9.5.0", { name: string }>("9.5.0");
    expect((await connect({ ...options, versions: [retired, v1] })).version).toBe("1.0.0");
  });

  it("tells the client's type by the version", async () => {
    const { options } = server("9.0.0");
    const toy = await connect({ ...options, versions: [v9, v10] });
    expectTypeOf(toy.version).toEqualTypeOf<"9.0.0" | "10.0.0">();
    if (toy.version === "10.0.0") {
      expectTypeOf(toy.client.item_get).returns.resolves.toEqualTypeOf<{ name: string; size: number }>();
    } else expectTypeOf(toy.client.item_get).returns.resolves.toEqualTypeOf<{ name: string }>();
    expect((await toy.client.item_get()).name).toBe("a");
  });

  it("fails with both sides' versions when they have none in common", async () => {
    const listing = caught(connect({ ...server("1.0.0").options, versions: [v9, v10] }));
    expect(await listing).toBeInstanceOf(NoCommonVersionError);
    expect(String(await listing)).toContain(
      "toy at http://toy.test has no version in common with this client, which speaks 10.0.0, 9.0.0: the server speaks 1.0.0",
    );
    const silent = caught(connect({ ...server("1.0.0", { lists: false }).options, versions: [v10] }));
    expect(await silent).toMatchObject({ wanted: ["10.0.0"], supported: null, retryable: false });
  });

  it.each([
    ["another service", json({ ident: "dpd", supported: ["1.0.0"] }), "this is dpd, not toy"],
    ["a page", new Response("<html>", { status: 200 }), "not JSON"],
    ["something else in JSON", json({ versions: [] }), "no list of versions"],
  ])("is refused by %s", async (_, answer, message) => {
    const clock = new VirtualClock({ seed: 1 });
    const options = { baseUrl: "http://toy.test", world: world(clock, async () => answer.clone()) };
    const error = await caught(connect({ ...options, versions: [v1] }));
    expect(error).toBeInstanceOf(ProtocolError);
    expect(String(error)).toContain(message);
  });

  it("does not take any web server's 404 for a service", async () => {
    const clock = new VirtualClock({ seed: 1 });
    const fetch = async (): Promise<Response> => new Response("nothing here", { status: 404 });
    const error = await caught(connect({ baseUrl: "http://toy.test", world: world(clock, fetch), versions: [v1] }));
    expect(error).toMatchObject({ name: "ApiError", status: 404 });
  });

  it("passes on that nobody answers", async () => {
    const { options, state } = server("1.0.0");
    state.down = true;
    expect(await caught(connect({ ...options, versions: [v1] }))).toBeInstanceOf(ConnectionError);
  });

  it("needs versions of one service", async () => {
    const { options } = server("1.0.0");
    await expect(connect({ ...options, versions: [] })).rejects.toThrow("of none");
    await expect(connect({ ...options, versions: [v1, { ...v9, service: "dpd" }] })).rejects.toThrow("of toy and dpd");
  });
});

describe("asking what a server speaks", () => {
  it("answers with what is common and, where it is listed, with all", async () => {
    const versions = [v1, v10];
    expect(await supportedVersions({ ...server("9.0.0").options, versions })).toEqual({
      common: ["1.0.0"],
      listed: ["1.0.0", "9.0.0"],
    });
    expect(await supportedVersions({ ...server("10.0.0", { lists: false }).options, versions })).toEqual({
      common: ["10.0.0", "1.0.0"],
      listed: null,
    });
  });
});

describe("a server that changes", () => {
  const watched = async (newest: string) => {
    const { options, state, clock } = server(newest);
    const seen: string[] = [];
    const toy = await connect({
      ...options,
      versions: [v1, v9, v10],
      recheckMs: 1_000,
      onServerChange: (next) => seen.push(next.version),
    });
    return { toy, state, clock, seen };
  };

  it("to an older version is noticed before the refused call fails", async () => {
    const { toy, state, seen } = await watched("10.0.0");
    state.newest = "9.0.0";
    expect(await caught(toy.client.item_get())).toBeInstanceOf(UnsupportedVersionError);
    expect(seen).toEqual(["9.0.0"]);
    expect((await (await toy.check()).client.item_get()).name).toBe("a");
    expect(state.requests).toEqual(["10.0.0", "9.0.0"]);
  });

  it("to a newer version is noticed at the first answer after the connection failed", async () => {
    const { toy, state, clock, seen } = await watched("9.0.0");
    state.down = true;
    expect(await caught(toy.client.item_get())).toBeInstanceOf(ConnectionError);
    Object.assign(state, { down: false, newest: "10.0.0" });
    await toy.client.item_get();
    await clock.runUntilIdle();
    expect(seen).toEqual(["10.0.0"]);
  });

  it("unseen is noticed when it is in use and the time to ask again has come", async () => {
    const { toy, state, clock, seen } = await watched("9.0.0");
    state.newest = "10.0.0";
    await clock.advance(999);
    await toy.client.item_get();
    expect(state.asked.length).toBe(1);
    await clock.advance(1);
    await Promise.all([toy.client.item_get(), toy.client.item_get(), toy.client.item_get()]);
    await clock.runUntilIdle();
    expect(seen).toEqual(["10.0.0"]);
    expect(state.asked.length).toBe(2);
  });

  it("is the same connection as long as the best version is the same", async () => {
    const { toy, seen } = await watched("9.0.0");
    expect(await toy.check()).toBe(toy);
    expect(seen).toEqual([]);
  });

  it("and speaks nothing common any more fails the question, not the calls beside it", async () => {
    const { options, state, clock } = server("10.0.0");
    const toy = await connect({ ...options, versions: [v9, v10], recheckMs: 1_000 });
    state.newest = "1.0.0";
    expect(await caught(toy.client.item_get())).toBeInstanceOf(UnsupportedVersionError);
    expect(await caught(toy.check())).toBeInstanceOf(NoCommonVersionError);
    state.newest = "10.0.0";
    await clock.advance(1_000);
    expect((await toy.client.item_get()).name).toBe("a");
  });
});
