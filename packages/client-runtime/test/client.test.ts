import { describe, expect, expectTypeOf, it } from "vitest";
import { ambientWorld } from "../src/ambient.ts";
import {
  ApiError,
  ConnectionError,
  ProtocolError,
  UnsupportedVersionError,
  type CallOptions,
  type ClientWorld,
} from "../src/index.ts";
import { createApiClient } from "../src/client.ts";
import { broken, closedPort, failure, json, toy } from "./toy.ts";

const item = { name: "a" };
const never = (): Promise<Response> => new Promise(() => {});
const caught = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    (value) => {
      throw new Error(`succeeded with ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );

describe("a request", () => {
  it("carries path, query and JSON body", async () => {
    const { client, requests } = toy((request) =>
      request.method === "GET" ? json(item) : new Response(null, { status: 204 }),
    );
    expect(await client.item_get({ path: { id: "a/b c" }, query: { tag: ["x", "y"], verbose: null } })).toEqual(item);
    expect(requests[0]?.url).toBe("http://toy.test/items/a%2Fb%20c?tag=x&tag=y");
    expect(requests[0]?.headers.get("content-type")).toBeNull();
    expect(await client.item_put({ path: { id: "a" }, body: item })).toBeUndefined();
    expect(requests[1]?.headers.get("content-type")).toBe("application/json");
    expect(await requests[1]?.json()).toEqual(item);
  });

  it("carries forms, and hands over free-form responses", async () => {
    const { client, requests } = toy(() => new Response("hello", { status: 202 }));
    const response = await client.login({ body: { user: "a b", ttl: 3 } });
    expect(await response.text()).toBe("hello");
    expect(requests[0]?.headers.get("content-type")).toBe("application/x-www-form-urlencoded");
    expect(await requests[0]?.text()).toBe("user=a+b&ttl=3");
  });

  it("always says the client's version, whatever headers are asked for", async () => {
    const { client, requests } = toy(() => json(item), {
      headers: { "api-version": "1.0.0", authorization: "Bearer t" },
    });
    await client.item_get({ path: { id: "a" } }, { headers: { "API-Version": "2.0.0", "x-trace": "7" } });
    const headers = requests[0]?.headers;
    expect(headers?.get("api-version")).toBe("3.0.0");
    expect(headers?.get("authorization")).toBe("Bearer t");
    expect(headers?.get("x-trace")).toBe("7");
  });

  it("says it on every operation", async () => {
    const { client, requests } = toy(() => json({ request_id: "r", message: "no" }, 404));
    const calls = [
      client.item_get({ path: { id: "a" } }),
      client.item_put({ path: { id: "a" }, body: item }),
      client.item_create({ body: item }),
      client.item_list(),
      client.login({ body: { user: "u" } }),
    ];
    for (const call of calls) expect(await caught(call)).toBeInstanceOf(ApiError);
    expect(requests.map((request) => request.headers.get("api-version"))).toEqual(calls.map(() => "3.0.0"));
  });

  it("says no version to a lockstep service", async () => {
    const requests: Request[] = [];
    const world: ClientWorld = { ...ambientWorld, fetch: async (request) => (requests.push(request), json(item)) };
    const operations = { ping: { method: "GET", path: "/ping", success: 200 } } as const;
    const client = createApiClient<{ ping: () => Promise<unknown> }, object>(
      { service: "toy", version: null, operations },
      { baseUrl: "http://toy.test", world },
    );
    await client.ping();
    expect(requests[0]?.headers.has("api-version")).toBe(false);
  });

  it("asks for headers that may change each time", async () => {
    let token = 0;
    const { client, requests } = toy(() => json(item), { headers: () => ({ authorization: `Bearer ${++token}` }) });
    await client.item_get({ path: { id: "a" } });
    await client.item_get({ path: { id: "a" } });
    expect(requests.map((request) => request.headers.get("authorization"))).toEqual(["Bearer 1", "Bearer 2"]);
  });

  it("has the types of its operation", () => {
    const { client } = toy(() => json(item));
    expectTypeOf(client.item_get).returns.resolves.toEqualTypeOf<{ name: string }>();
    expectTypeOf(client.item_put).returns.resolves.toEqualTypeOf<void>();
    expectTypeOf(client.login).returns.resolves.toEqualTypeOf<Response>();
    // @ts-expect-error -- the path is required
    const missing = (): unknown => client.item_get({});
    // @ts-expect-error -- the body has a shape
    const wrong = (): unknown => client.item_create({ body: { nam: "a" } });
    expect([missing, wrong]).toHaveLength(2);
  });

  it("takes its options second: as the first argument they are refused, and nothing is sent", async () => {
    const { client, requests } = toy(() => new Response(null, { status: 204 }));
    const options: CallOptions = { deadlineMs: 5 };
    const misplaced = [
      // @ts-expect-error -- an operation without parameters
      () => client.item_reset({ deadlineMs: 5 }),
      // @ts-expect-error -- the same options by name
      () => client.item_reset(options),
      // @ts-expect-error -- an operation whose parameters may all be left out
      () => client.item_list(options),
    ];
    for (const call of misplaced) {
      const error = await caught(call());
      expect(error).toBeInstanceOf(TypeError);
      expect(String(error)).toMatch(
        /toy item_\w+: deadlineMs is none of path, query and body; options are the second argument/,
      );
    }
    // @ts-expect-error -- nor do the calls that answer with errors answer with this one
    expect(await caught(client.safe.item_reset(options))).toBeInstanceOf(TypeError);
    // @ts-expect-error -- nor the pages
    expect(await caught(client.pages.item_list(options)[Symbol.asyncIterator]().next())).toBeInstanceOf(TypeError);
    expect(requests).toEqual([]);
    await client.item_reset();
    await client.item_reset({}, options);
    expect(requests).toHaveLength(2);
  });
});

describe("errors", () => {
  it("of the service carry its status, code, message and request id", async () => {
    const { client } = toy(() => failure(404, "no such item", "ObjectNotFound"));
    const error = (await caught(client.item_get({ path: { id: "a" } }))) as ApiError;
    expect(error).toBeInstanceOf(ApiError);
    expect({ ...error }).toMatchObject({
      status: 404,
      code: "ObjectNotFound",
      requestId: "r-1",
      operationId: "item_get",
      retryable: false,
    });
    expect(error.message).toBe("no such item");
  });

  it("show what a proxy said when it is not the documented body", async () => {
    const { client } = toy(
      () => new Response("<h1>Bad Gateway</h1>", { status: 502, headers: { "x-request-id": "r-2" } }),
    );
    const error = (await caught(client.item_get({ path: { id: "a" } }))) as ApiError;
    expect(error).toMatchObject({ status: 502, code: undefined, message: "<h1>Bad Gateway</h1>", requestId: "r-2" });
  });

  it("name both versions when the server is too old", async () => {
    const { client, requests } = toy(() => {
      const response = failure(400, "server does not support this API version: 3.0.0");
      response.headers.set("api-version", "2.0.0");
      return response;
    });
    const error = (await caught(client.item_put({ path: { id: "a" }, body: item }))) as UnsupportedVersionError;
    expect(error).toBeInstanceOf(UnsupportedVersionError);
    expect(error).toMatchObject({ wanted: "3.0.0", server: "2.0.0", status: 400, retryable: false });
    expect(error.message).toContain("toy at http://toy.test does not support version 3.0.0 (it answers with 2.0.0)");
    expect(requests).toHaveLength(1);
  });

  it.each<[string, () => Response, string]>([
    [
      "a body that is not JSON",
      () => new Response("<html>", { status: 200, headers: { "content-type": "text/html" } }),
      "a body (text/html) that is not JSON",
    ],
    ["an empty body", () => new Response("", { status: 200 }), "that is not JSON"],
    ["an undocumented success", () => json(item, 202), "answered 202, documented is 200"],
    [
      "a redirect",
      () => new Response(null, { status: 302, headers: { location: "/x" } }),
      "answered 302, documented is 200",
    ],
    [
      "an announced body that is too long",
      () => json(item, 200, { "content-length": "101" }),
      "a body of 101 bytes, the limit is 100",
    ],
    ["a body that turns out too long", () => json({ name: "x".repeat(200) }), "more than 100 bytes, the limit is 100"],
  ])("of the protocol: %s", async (_what, answer, message) => {
    const { client, requests } = toy(answer, { maxResponseBytes: 100 });
    const error = (await caught(client.item_get({ path: { id: "a" } }))) as ProtocolError;
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error.message).toContain(message);
    expect(error.retryable).toBe(false);
    expect(requests).toHaveLength(1);
  });

  it.each<[string, string, boolean]>([
    ["ECONNREFUSED", "refused", false],
    ["ENOTFOUND", "refused", false],
    ["ECONNRESET", "reset", true],
    ["UND_ERR_SOCKET", "reset", true],
    ["UND_ERR_HEADERS_TIMEOUT", "timeout", true],
    ["UND_ERR_CONNECT_TIMEOUT", "timeout", false],
    ["EWHATEVER", "failed", true],
  ])("of the connection: %s is %s, maybe applied: %s", async (code, kind, maybeApplied) => {
    const { client } = toy(() => Promise.reject(broken(code)));
    const error = (await caught(client.item_create({ body: item }))) as ConnectionError;
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({
      kind,
      maybeApplied,
      retryable: true,
      peer: "http://toy.test",
      operationId: "item_create",
    });
    expect(error.message).toContain(`toy item_create at http://toy.test: `);
  });

  it("of the connection never say that a read was applied", async () => {
    const { client } = toy(() => Promise.reject(broken("ECONNRESET")), { retries: { attempts: 0 } });
    expect(await caught(client.item_get({ path: { id: "a" } }))).toMatchObject({ maybeApplied: false });
  });

  it("come back as values from the safe variants", async () => {
    const { client } = toy((_request, n) => (n === 1 ? json(item) : failure(409, "taken")));
    expect(await client.safe.item_get({ path: { id: "a" } })).toEqual({ ok: true, data: item });
    const outcome = await client.safe.item_get({ path: { id: "a" } });
    expect(outcome.ok ? null : outcome.error.message).toBe("taken");
  });
});

describe("deadlines", () => {
  it("end a call that gets no answer, and say so", async () => {
    const { client, clock } = toy(never);
    const error = (await clock.run(caught(client.item_create({ body: item })))) as ConnectionError;
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ kind: "timeout", maybeApplied: true });
    expect(clock.monotonicMs()).toBe(15_000);
  });

  it("cover the body too", async () => {
    const { client, clock } = toy(() => new Response(new ReadableStream(), { status: 200 }), { deadlineMs: 900 });
    expect(await clock.run(caught(client.item_get({ path: { id: "a" } })))).toMatchObject({ kind: "timeout" });
    expect(clock.monotonicMs()).toBe(900);
  });

  it("may differ per call, and leave no timer behind", async () => {
    const { client, clock } = toy((_request, n) => (n === 1 ? never() : json(item)));
    await clock.run(caught(client.item_create({ body: item }, { deadlineMs: 20 })));
    expect(clock.monotonicMs()).toBe(20);
    await client.item_get({ path: { id: "a" } });
    await clock.runUntilIdle({ limitMs: 0 });
  });

  it("are not mixed up with the caller giving up", async () => {
    const { client } = toy(never);
    const controller = new AbortController();
    const call = caught(client.item_get({ path: { id: "a" } }, { signal: controller.signal }));
    const reason = new Error("shutting down");
    controller.abort(reason);
    expect(await call).toBe(reason);
    expect(await caught(client.safe.item_get({ path: { id: "a" } }, { signal: controller.signal }))).toBe(reason);
  });

  it("count for the client's own signal as well", async () => {
    const { client, requests } = toy(never, { signal: AbortSignal.abort(new Error("closed")) });
    expect(await caught(client.item_get({ path: { id: "a" } }))).toMatchObject({ message: "closed" });
    expect(requests.length).toBeLessThanOrEqual(1);
  });
});

describe("retries", () => {
  it.each<[string, () => Response | Promise<Response>]>([
    ["503", () => failure(503, "Service Unavailable")],
    ["429", () => failure(429, "Too Many")],
    ["a broken connection", () => Promise.reject(broken("ECONNRESET"))],
  ])("repeat an idempotent operation after %s, with growing jittered delays", async (_what, answer) => {
    const { client, clock, requests, delays } = toy((_request, n) => (n < 3 ? answer() : json(item)));
    expect(await clock.run(client.item_get({ path: { id: "a" } }))).toEqual(item);
    expect(requests).toHaveLength(3);
    expect(delays).toEqual([50, 100]);
  });

  it("send the body again", async () => {
    const { client, clock, requests } = toy((_request, n) =>
      n === 1 ? failure(503, "x") : new Response(null, { status: 204 }),
    );
    await clock.run(client.item_put({ path: { id: "a" }, body: item }));
    expect(await requests[1]?.json()).toEqual(item);
  });

  it("are bounded, and end with the last failure", async () => {
    const { client, clock, requests } = toy(() => failure(503, "busy"));
    expect(await clock.run(caught(client.item_get({ path: { id: "a" } })))).toMatchObject({
      status: 503,
      message: "busy",
    });
    expect(requests).toHaveLength(3);
  });

  it.each<[string, () => Response]>([
    ["500", () => failure(500, "Internal Server Error")],
    ["409", () => failure(409, "conflict")],
    ["nonsense", () => new Response("x", { status: 200 })],
  ])("are not made after %s", async (_what, answer) => {
    const { client, requests } = toy(answer);
    await caught(client.item_get({ path: { id: "a" } }));
    expect(requests).toHaveLength(1);
  });

  it("are never made of what is not idempotent, however it is asked for", async () => {
    const { client, requests } = toy(() => failure(503, "busy"), { retries: { attempts: 5 } });
    await caught(client.item_create({ body: item }, { retries: { attempts: 5 } }));
    expect(requests).toHaveLength(1);
  });

  it("can be switched off per call", async () => {
    const { client, requests } = toy(() => failure(503, "busy"));
    await caught(client.item_get({ path: { id: "a" } }, { retries: { attempts: 0 } }));
    expect(requests).toHaveLength(1);
  });

  it("keep within the call's deadline", async () => {
    const { client, clock } = toy(() => failure(503, "busy"), {
      retries: { attempts: 100, baseMs: 1_000 },
      deadlineMs: 2_200,
    });
    expect(await clock.run(caught(client.item_get({ path: { id: "a" } })))).toMatchObject({ status: 503 });
    expect(clock.monotonicMs()).toBe(2_200);
  });
});

describe("pages", () => {
  const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
    const all: T[] = [];
    for await (const each of items) all.push(each);
    return all;
  };

  it("are read to the empty last one, sending only limit and token after the first", async () => {
    const pages = [
      { items: [{ name: "a" }, { name: "b" }], next_page: "t1" },
      { items: [{ name: "c" }], next_page: "t2" },
      { items: [], next_page: null },
    ];
    const { client, requests } = toy((_request, n) => json(pages[n - 1]));
    expect(await collect(client.pages.item_list({ query: { limit: 2, tag: "x" } }))).toEqual([
      { name: "a" },
      { name: "b" },
      { name: "c" },
    ]);
    expect(requests.map((request) => new URL(request.url).search)).toEqual([
      "?limit=2&tag=x",
      "?limit=2&page_token=t1",
      "?limit=2&page_token=t2",
    ]);
  });

  it("may end without a token, and are fetched only as they are needed", async () => {
    const { client, requests } = toy((_request, n) =>
      json(n === 1 ? { items: [item], next_page: "t" } : { items: [item] }),
    );
    for await (const first of client.pages.item_list()) {
      expect(first).toEqual(item);
      break;
    }
    expect(requests).toHaveLength(1);
  });

  it("that repeat their token would never end, and are refused", async () => {
    const { client, requests } = toy(() => json({ items: [item], next_page: "same" }));
    expect(await caught(collect(client.pages.item_list()))).toBeInstanceOf(ProtocolError);
    expect(requests).toHaveLength(2);
  });

  it("that are no pages are refused", async () => {
    const { client } = toy(() => json([item]));
    expect(await caught(collect(client.pages.item_list()))).toBeInstanceOf(ProtocolError);
  });
});

it("works on the platform's own fetch when no world is given", async () => {
  const port = await closedPort();
  const operations = { ping: { method: "GET", path: "/", success: 204 } } as const;
  const client = createApiClient<{ ping: () => Promise<void> }, object>(
    { service: "toy", version: "1.0.0", operations },
    { baseUrl: `http://127.0.0.1:${port}` },
  );
  expect(await caught(client.ping())).toMatchObject({ name: "ConnectionError", kind: "refused", maybeApplied: false });
});
