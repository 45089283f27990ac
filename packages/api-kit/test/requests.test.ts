import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { encodePageToken, listen, Metrics, serveApi } from "../src/index.ts";
import { call, toy, toyApi } from "./support/toy-api.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe("every answer", () => {
  it("carries a request id, which error bodies repeat", async () => {
    const ok = await call(toy(), "GET", "/things");
    expect(ok.headers.get("x-request-id")).toMatch(UUID);
    const bad = await call(toy(), "GET", "/nowhere");
    expect(bad.body).toEqual({ request_id: bad.headers.get("x-request-id"), message: "Not Found" });
    expect(bad.headers.get("content-type")).toBe("application/json");
  });

  it("hides what an unknown error says, and tells what a translated one says", async () => {
    expect((await call(toy({ failure: new Error("secret") }), "POST", "/fail")).body).toMatchObject({
      error_code: "Internal",
      message: "Internal Server Error",
    });
    expect(await call(toy({ failure: new RangeError("x") }), "POST", "/fail")).toMatchObject({
      status: 409,
      body: { error_code: "Ranges", message: "Conflict" },
    });
  });
});

describe("paths", () => {
  it.each(["/things//1", "//things/1", "/things/1/", "/things/%31"])("%s is /things/1", async (path) => {
    const it = toy();
    expect((await call(it, "PUT", path, "3.0.0", { size: 1, colour: "x" })).status).toBe(200);
    expect([...it.things.keys()]).toEqual([1]);
  });

  it("refuse what does not decode or does not parse, naming the parameter", async () => {
    const put = (path: string) => call(toy(), "PUT", path, "3.0.0", { size: 1, colour: "x" });
    expect(await put("/things/%ff")).toMatchObject({ status: 400, body: { message: "invalid path encoding" } });
    expect(await put("/things/65536")).toMatchObject({
      status: 400,
      body: { message: "bad parameter in URL path: id: `65536` is not an integer in 0..=65535" },
    });
  });
});

describe("queries", () => {
  it("refuse what does not parse and ignore what is unknown", async () => {
    const it = toy();
    const put = (search: string) => call(it, "PUT", `/things/1${search}`, "3.0.0", { size: 1, colour: "x" });
    expect(await put("?loud=maybe")).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(/^unable to parse query string: loud: /) },
    });
    expect(it.things.size).toBe(0);
    expect((await put("?loud=true&other=1")).status).toBe(200);
  });
});

describe("repeated bodies", () => {
  const thing = { size: 1, colour: "x" };

  it("are answered by their digest where one is known, and read and handled where none is", async () => {
    const known = new Set<string>();
    const handled: (string | undefined)[] = [];
    const it = toy({
      repeat: (digest) => (known.has(digest) ? { size: 2, colour: "known" } : undefined),
      onPut: (digest) => handled.push(digest),
    });
    const put = (body: unknown) => call(it, "PUT", "/things/1", "3.0.0", body);
    expect((await put(thing)).body).toMatchObject(thing);
    for (const digest of handled) known.add(String(digest));
    expect((await put(thing)).body).toEqual({ size: 2, colour: "known" });
    expect((await put({ ...thing, size: 3 })).body).toMatchObject({ size: 3 });
    expect(new Set(handled).size).toBe(2);
  });

  it("are refused for their type and length before anything is looked up", async () => {
    const it = toy({ repeat: () => ({ size: 2, colour: "known" }) });
    const put = (body: string, type: string) => call(it, "PUT", "/things/1", "3.0.0", body, { "content-type": type });
    expect((await put("{}", "text/plain")).status).toBe(400);
    expect((await put("x".repeat(65), "application/json")).status).toBe(400);
  });

  it("have no digest in older versions, which read the same bytes otherwise", async () => {
    const handled: (string | undefined)[] = [];
    const it = toy({ repeat: () => ({ size: 2, colour: "known" }), onPut: (digest) => handled.push(digest) });
    expect((await call(it, "PUT", "/things/1", "2.0.0", thing)).body).toEqual(thing);
    expect(handled).toEqual([undefined]);
  });
});

describe("bodies", () => {
  it.each([
    ["bad JSON", "{", /^unable to parse JSON body: /],
    ["nothing", "", /^unable to parse JSON body: EOF while parsing/],
    ["a missing field", "{}", /^unable to parse JSON body: missing field `size`$/],
    [
      "too many bytes",
      JSON.stringify({ size: 1, colour: "x".repeat(64) }),
      /^request body exceeded maximum size of 64 bytes$/,
    ],
  ])("with %s are refused before the handler runs", async (_, body, message) => {
    const it = toy();
    const answer = await call(it, "PUT", "/things/1", "3.0.0", body);
    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringMatching(message) } });
    expect(answer.body).not.toHaveProperty("error_code");
    expect(it.things.size).toBe(0);
  });

  it.each([
    ["text/plain", 400, 'expected content type "application/json", got "text/plain"'],
    ["nonsense", 400, "unsupported content-type: nonsense"],
    ["Application/JSON; charset=utf-8", 200, undefined],
  ])("of type %s", async (type, status, message) => {
    const answer = await call(toy(), "PUT", "/things/1", "3.0.0", { size: 1, colour: "x" }, { "content-type": type });
    expect(answer.status).toBe(status);
    if (message !== undefined) expect(answer.body).toMatchObject({ message });
  });

  it("that end half-way change nothing", async () => {
    const it = toy();
    const listener = await listen(it.app, { host: "127.0.0.1", port: 0 }, it.world);
    // What has arrived is a whole JSON value, so only the missing bytes tell that the body is not complete.
    const text = '{"size":1,"colour":"x"}';
    const socket = connect(listener.port, "127.0.0.1");
    await new Promise<void>((resolve) => socket.once("connect", resolve));
    socket.write(
      `PUT /things/1 HTTP/1.1\r\nhost: toy\r\napi-version: 3.0.0\r\ncontent-length: ${text.length + 9}\r\n\r\n${text}`,
    );
    socket.resume().end();
    await new Promise<void>((resolve) => socket.once("close", () => resolve()));
    expect(it.things.size).toBe(0);
    await listener.close();
  });

  it("too long for the limit are drained over a socket, and the connection lives on", async () => {
    const it = toy();
    const listener = await listen(it.app, { host: "127.0.0.1", port: 0 }, it.world);
    const put = (body: string) =>
      fetch(`${listener.url}/things/1`, {
        method: "PUT",
        headers: { "api-version": "3.0.0", "content-type": "application/json" },
        body,
      });
    expect((await put("x".repeat(1_000_000))).status).toBe(400);
    expect((await put('{"size":1,"colour":"x"}')).status).toBe(200);
    await listener.close();
  });
});

describe("pages", () => {
  const fill = async () => {
    const it = toy();
    for (let id = 0; id < 5; id++)
      await call(it, "PUT", `/things/${id}`, "3.0.0", { size: id, colour: id % 2 ? "odd" : "even" });
    return it;
  };
  const get = async (it: ReturnType<typeof toy>, search: string) => call(it, "GET", `/things${search}`, "2.0.0");

  it("have a token while they have items, so a reader ends on an empty page", async () => {
    const it = await fill();
    const sizes: number[] = [];
    let token = "";
    let pages = 0;
    for (;;) {
      const { body } = await get(it, `?limit=2${token}`);
      const page = body as { items: { size: number }[]; next_page: string | null };
      pages += 1;
      sizes.push(...page.items.map(({ size }) => size));
      if (page.next_page === null) break;
      token = `&page_token=${page.next_page}`;
    }
    expect(sizes).toEqual([0, 1, 2, 3, 4]);
    expect(pages).toBe(4);
  });

  it("ignore the other selectors once there is a token", async () => {
    const it = await fill();
    const { body } = await get(it, `?colour=odd&page_token=${encodePageToken(1)}`);
    expect((body as { items: unknown[] }).items).toHaveLength(3);
  });

  it.each(["?limit=0", "?limit=-1", "?limit=x", "?limit=4294967296"])("refuse %s", async (search) => {
    expect(await get(toy(), search)).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(/^unable to parse query string: limit: /) },
    });
  });

  it.each([
    ["%%%", /corrupted token/],
    [Buffer.from('{"v":"v2","page_start":1}').toString("base64url"), /corrupted token/],
    [Buffer.from("nonsense").toString("base64url"), /corrupted token/],
    [encodePageToken("a string where a number belongs"), /corrupted token/],
    ["A".repeat(513), /too large/],
  ])("refuse the token %s", async (token, reason) => {
    expect(await get(toy(), `?page_token=${encodeURIComponent(token)}`)).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(reason) },
    });
  });

  it("clamp a limit above 10,000 instead of refusing it", async () => {
    expect((await get(await fill(), "?limit=4294967295")).status).toBe(200);
  });
});

describe("a service", () => {
  it("does not start without a validator for each body", () => {
    const { world } = toy();
    expect(() => serveApi(toyApi(), { context: {}, world, bodyValidators: {}, handlers: {} as never })).toThrow(
      /no validator for the body of thing_put/,
    );
  });

  it("says which versions it supports, and shows its metrics and health", async () => {
    const it = toy();
    expect((await call(it, "GET", "/.well-known/api-versions", null)).body).toEqual({
      ident: "toy",
      supported: ["1.0.0", "2.0.0", "3.0.0"],
      latest: "3.0.0",
      on_missing: null,
    });
    const metrics = new Metrics();
    metrics.count("things_total", "Things", { kind: 'a"b' }, 2);
    metrics.histogram("thing_seconds", "Time").observe(0.01);
    expect(metrics.render()).toContain('things_total{kind="a\\"b"} 2');
    expect(metrics.render()).toContain('thing_seconds_bucket{le="0.025"} 1');
  });
});
