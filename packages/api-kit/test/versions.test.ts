import { nullLog, realWorld } from "@racklet/world";
import { describe, expect, it } from "vitest";
import {
  apiVersions,
  compareSemVer,
  cutVersions,
  declare,
  defineApi,
  parseSemVer,
  param,
  query,
  s,
  serveApi,
  type SemVer,
} from "../src/index.ts";
import { call, toy, versions } from "./support/toy-api.ts";

const semver = (text: string): SemVer => {
  const parsed = parseSemVer(text);
  if (parsed === null) throw new Error(`${text} is not a semantic version`);
  return parsed;
};

describe("semantic versions", () => {
  it("sort as Rust's semver crate sorts them, build metadata included", () => {
    const ascending = [
      "0.0.1",
      "1.0.0-alpha",
      "1.0.0-alpha.1",
      "1.0.0-alpha.beta",
      "1.0.0-beta.2",
      "1.0.0-beta.11",
      "1.0.0-rc.1",
      "1.0.0",
      "1.0.0+1",
      "1.0.0+2",
      "1.0.0+10",
      "1.0.0+a",
      "2.0.0",
      "10.0.0",
      "13.0.0",
      "13.1.0",
      "14.0.0",
      "2026082001.0.0",
    ];
    const shuffled = ascending.toReversed().map(semver).sort(compareSemVer);
    expect(shuffled.map(({ text }) => text)).toEqual(ascending);
  });

  it.each(["13", "1.0", "v1.0.0", "1.0.0-", "1.0.0+", "01.0.0", "1.0.0-01", "", " 1.0.0", "1.0.0.0"])(
    "refuse %j",
    (text) => {
      expect(parseSemVer(text)).toBeNull();
    },
  );
});

describe("the version list", () => {
  it("refuses to start empty, unsorted, or with a label or number twice", () => {
    expect(() => apiVersions([])).toThrow("at least one");
    expect(() =>
      apiVersions([
        [1, "A"],
        [2, "B"],
      ]),
    ).toThrow("strictly descending");
    expect(() =>
      apiVersions([
        [2, "A"],
        [2, "B"],
      ]),
    ).toThrow("strictly descending");
    expect(() =>
      apiVersions([
        [2, "A"],
        [1, "A"],
      ]),
    ).toThrow("share a label");
    expect(() => apiVersions([["two", "A"]])).toThrow("not a semantic version");
  });

  it("can be cut to what an older server had", () => {
    const cut = cutVersions(versions, "COLOURS");
    expect(cut.latest.label).toBe("COLOURS");
    expect(cut.all.map(({ label }) => label)).toEqual(["INITIAL", "COLOURS"]);
    expect(() => cutVersions(versions, "NOPE")).toThrow("no version labelled NOPE");
  });
});

describe("the version header", () => {
  it.each([
    ["1.0.0", 200],
    ["2.5.0", 200],
    ["0.0.1", 200],
    ["3.0.0-rc1", 200],
    ["3.0.0", 200],
  ])("accepts %s, listed or not, up to the newest", async (version, status) => {
    expect((await call(toy(), "GET", "/things", version)).status).toBe(status);
  });

  it.each(["3.0.1", "4.0.0", "3.0.0+build"])("refuses %s as newer than the newest", async (version) => {
    const { status, body } = await call(toy(), "GET", "/things", version);
    expect(status).toBe(400);
    expect(body).toMatchObject({ message: `server does not support this API version: ${version}` });
    expect(body).not.toHaveProperty("error_code");
  });

  it.each(["13", "v1", "1.0", "latest"])("refuses %s as no version, and repeats it", async (version) => {
    const { status, body } = await call(toy(), "GET", "/things", version);
    expect(status).toBe(400);
    expect(body).toMatchObject({
      message: expect.stringMatching(new RegExp(`^bad value for header "api-version": .*: ${version}$`)),
    });
  });

  it("may be missing only where the API has a default", async () => {
    const refused = await call(toy(), "GET", "/things", null);
    expect(refused).toMatchObject({ status: 400, body: { message: 'missing expected header "api-version"' } });
    expect(
      (await call(toy({ onMissing: "latest" }), "PUT", "/things/1", null, { size: 1, colour: "red" })).body,
    ).toEqual({
      size: 1,
      colour: "red",
    });
  });

  it("is ignored by a lockstep API, whatever it says", async () => {
    expect((await call(toy({ onMissing: "unversioned" }), "GET", "/things", "99.0.0")).status).toBe(200);
  });

  it("is checked before the path: a bad version on an unknown path is 400", async () => {
    expect((await call(toy(), "GET", "/nowhere", "4.0.0")).status).toBe(400);
    expect((await call(toy(), "GET", "/nowhere", null)).status).toBe(400);
    expect((await call(toy(), "GET", "/nowhere")).status).toBe(404);
  });

  it("is echoed as the version that was served", async () => {
    expect((await call(toy(), "GET", "/things", "2.7.0")).headers.get("api-version")).toBe("2.0.0");
  });
});

describe("routes by version", () => {
  it("answer 404 where no method of the path serves the version", async () => {
    expect((await call(toy(), "GET", "/legacy", "1.5.0")).body).toBe("old");
    expect(await call(toy(), "GET", "/legacy", "2.0.0")).toMatchObject({ status: 404, body: { message: "Not Found" } });
  });

  it("answer 405 with every method of any version where another method serves it", async () => {
    expect((await call(toy(), "DELETE", "/things/1", "2.0.0")).status).toBe(204);
    const { status, body, headers } = await call(toy(), "DELETE", "/things/1", "3.0.0");
    expect(status).toBe(405);
    expect(body).toMatchObject({ message: "Method Not Allowed" });
    expect(headers.get("allow")).toBe("DELETE, PUT");
    expect((await call(toy(), "HEAD", "/things")).status).toBe(405);
  });

  it("convert requests up and answers down, one hop at a time", async () => {
    const it = toy();
    expect(await call(it, "PUT", "/things/1", "1.0.0", { size: 7 })).toMatchObject({ status: 201, body: { size: 7 } });
    expect(it.things.get(1)).toEqual({ size: 7, colour: "grey", label: null });
    expect(await call(it, "PUT", "/things/2", "2.0.0", { size: 8, colour: "red" })).toMatchObject({
      status: 200,
      body: { size: 8, colour: "red" },
    });
    expect((await call(it, "GET", "/things", "1.0.0")).body).toMatchObject({ items: [{ size: 7 }, { size: 8 }] });
  });

  it("answer 400 when an old body cannot be said in the new types, and nothing happens", async () => {
    const it = toy();
    expect(await call(it, "PUT", "/things/1", "2.0.0", { size: 8, colour: "none" })).toMatchObject({
      status: 400,
      body: { message: "colour: `none` went away" },
    });
    expect(it.things.size).toBe(0);
  });

  it("convert a query from the body of the same version, at every hop", async () => {
    const seen: unknown[] = [];
    const guard = declare({
      operationId: "guard",
      method: "PUT",
      path: "/guard",
      summary: "What was in the body moves into the query",
      revisions: [
        { since: versions.V.LABELS, query: { key: query.required(param.string()) }, body: s.object({ n: s.u8() }) },
        {
          since: versions.V.COLOURS,
          body: s.object({ n: s.u8(), key: s.string() }),
          up: ({ n }: { n: number }) => ({ n }),
          upQuery: (_: unknown, { key }: { key: string }) => ({ key }),
        },
        {
          since: versions.V.INITIAL,
          body: s.object({ n: s.u8(), lock: s.string() }),
          up: ({ n, lock }: { n: number; lock: string }) => ({ n, key: lock }),
        },
      ],
    });
    const options = { ident: "toy", title: "Toy", description: "", versions, bodyLimit: 64 } as const;
    const accepts = () => null;
    const app = serveApi(defineApi({ ...options, onMissing: "refuse", operations: { guard } }), {
      context: {},
      world: { ...realWorld({ name: "toy" }), log: nullLog },
      bodyValidators: { "guard@1.0.0": accepts, "guard@2.0.0": accepts, "guard@3.0.0": accepts },
      handlers: { guard: (_, { query: { key }, body }) => void seen.push({ key, body }) },
    });
    const put = (version: string, path: string, body: unknown) =>
      app.fetch(
        new Request(`http://toy${path}`, {
          method: "PUT",
          headers: { "api-version": version, "content-type": "application/json" },
          body: JSON.stringify(body),
        }),
      );
    await put("3.0.0", "/guard?key=new", { n: 1 });
    await put("2.0.0", "/guard", { n: 1, key: "new" });
    await put("1.0.0", "/guard", { n: 1, lock: "new" });
    expect(seen).toEqual(Array.from({ length: 3 }, () => ({ key: "new", body: { n: 1 } })));
  });

  it("let an override take one old revision over, in its own types", async () => {
    const it = toy({
      overrides: { "thing_put@INITIAL": (_, { body }) => ({ size: (body as { size: number }).size + 1 }) },
    });
    expect((await call(it, "PUT", "/things/1", "1.0.0", { size: 7 })).body).toEqual({ size: 8 });
    expect(it.things.size).toBe(0);
    expect(() => toy({ overrides: { "nothing@INITIAL": () => null } })).toThrow("names no operation");
  });
});

describe("declarations", () => {
  const get = { method: "GET", summary: "x" } as const;
  const T = s.object({ a: s.u8() });
  const U = s.object({ b: s.u8() });

  it("refuse a change of shape without its conversion", () => {
    expect(() =>
      declare({
        ...get,
        operationId: "x",
        path: "/x",
        revisions: [
          { since: 1, response: T },
          { since: 0, response: U },
        ],
      }),
    ).toThrow("without a down conversion");
    expect(() =>
      declare({
        ...get,
        operationId: "x",
        path: "/x",
        revisions: [
          { since: 1, body: T },
          { since: 0, body: U },
        ],
      }),
    ).toThrow("without an up conversion");
  });

  it("refuse revisions out of order, late removals and parameters that are not in the path", () => {
    expect(() => declare({ ...get, operationId: "x", path: "/x", revisions: [{ since: 0 }, { since: 1 }] })).toThrow(
      "newest first",
    );
    expect(() =>
      declare({ ...get, operationId: "x", path: "/x", revisions: [{ since: 1 }, { since: 0, removed: true }] }),
    ).toThrow("removal");
    expect(() => declare({ ...get, operationId: "x", path: "/x/{y}", revisions: [{ since: 0 }] })).toThrow("disagree");
    expect(() =>
      declare({ ...get, operationId: "x", path: "/{y}/{y}", params: { y: param.u8() }, revisions: [{ since: 0 }] }),
    ).toThrow("twice");
  });

  it("refuse routes that would need priorities, overlap, or go by another name", () => {
    const api = { ident: "t", title: "t", description: "", versions, onMissing: "refuse", bodyLimit: 1 } as const;
    const a = declare({
      ...get,
      operationId: "a",
      path: "/x/{y}",
      params: { y: param.u8() },
      revisions: [{ since: 0 }],
    });
    const literal = declare({ ...get, operationId: "b", path: "/x/default", revisions: [{ since: 0 }] });
    const renamed = declare({
      ...get,
      operationId: "b",
      path: "/x/{z}/w",
      params: { z: param.u8() },
      revisions: [{ since: 0 }],
    });
    const same = declare({
      ...get,
      operationId: "b",
      path: "/x/{y}",
      params: { y: param.u8() },
      revisions: [{ since: 1 }],
    });
    expect(() => defineApi({ ...api, operations: { a, b: literal } })).toThrow("mixes");
    expect(() => defineApi({ ...api, operations: { a, b: renamed } })).toThrow("mixes");
    expect(() => defineApi({ ...api, operations: { a, b: same } })).toThrow("overlap");
    expect(() => defineApi({ ...api, operations: { c: a } })).toThrow("declared as a");
  });
});
