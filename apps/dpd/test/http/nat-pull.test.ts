/** The generation and the trigger of the workflow that fetches NAT entries from Nexus, by version. */
import { realWorld } from "@racklet/world";
import { expect, test, vi } from "vitest";
import type { ChangesetItem } from "../../src/nat/changeset.ts";
import { target } from "./support/entries.ts";
import { startHarness } from "./support/harness.ts";

function item(generation: number): ChangesetItem {
  const { internal_ip: internalIp, vni } = target(generation);
  const external = `198.51.100.${generation}`;
  return { external, low: 0, high: 65_535, internalIp, mac: "A8:40:25:F0:00:01", vni, generation, deleted: false };
}

const paths = [
  ["1.0.0", "/rpw/nat/ipv4/gen", "/rpw/nat/ipv4/trigger"],
  ["2.0.0", "/rpw/nat/gen", "/rpw/nat/trigger"],
  ["13.1.0", "/rpw/nat/gen", "/rpw/nat/trigger"],
] as const;

test.each(paths)(
  "where dpd does not fetch, %s has generation 0 and a trigger that does nothing",
  async (version, gen, trigger) => {
    const { call } = startHarness();
    expect(await call(`POST ${trigger}`, { version })).toMatchObject({ status: 200, body: null });
    expect(await call(`GET ${gen}`, { version })).toMatchObject({ status: 200, body: 0 });
  },
);

test("version 2 took the family out of the paths", async () => {
  const { call } = startHarness();
  expect(await call("GET /rpw/nat/ipv4/gen", { version: "2.0.0" })).toMatchObject({ status: 404 });
  expect(await call("POST /rpw/nat/ipv4/trigger", { version: "13.1.0" })).toMatchObject({ status: 404 });
  expect(await call("GET /rpw/nat/gen", { version: "1.0.0" })).toMatchObject({ status: 404 });
  expect(await call("POST /rpw/nat/trigger", { version: "1.0.0" })).toMatchObject({ status: 404 });
});

test.each(paths)("a trigger at %s makes dpd fetch now, and the generation follows", async (version, gen, trigger) => {
  const items = [item(1)];
  const changesets = {
    fetchChangeset: async (from: number) => items.filter(({ generation }) => generation > from),
  };
  const { ctx, call } = startHarness({ changesets });
  const stop = new AbortController();
  const running = ctx.puller?.run(stop.signal);
  const generation = async () => (await call(`GET ${gen}`, { version })).body;
  await vi.waitFor(async () => expect(await generation()).toBe(1));
  items.push(item(2));
  expect(await call(`POST ${trigger}`, { version })).toMatchObject({ status: 200, body: null });
  await vi.waitFor(async () => expect(await generation()).toBe(2));
  expect(await call("GET /nat/ipv4")).toMatchObject({ body: { items: ["198.51.100.1", "198.51.100.2"] } });
  expect(await call("GET /health")).toMatchObject({
    body: { rpw: { enabled: true, generation: 2, last_error: null, last_success: expect.any(String) } },
  });
  stop.abort();
  await running;
});

test("a Nexus that does not answer shows in the health", async () => {
  const changesets = { fetchChangeset: () => Promise.reject(new Error("connection refused")) };
  const { ctx, call } = startHarness({ changesets });
  await ctx.puller?.pullOnce(new AbortController().signal);
  expect(await call("GET /health")).toMatchObject({
    status: 200,
    body: {
      state: "ready",
      rpw: { enabled: true, generation: 0, last_success: null, last_error: "connection refused" },
    },
  });
});

test("with --nexus changesets are fetched from the internal API of Nexus until there are no more", async () => {
  const asked: string[] = [];
  const view = {
    external_address: "198.51.100.7",
    first_port: 0,
    last_port: 16_383,
    sled_address: "fd00:1122:3344:101::1",
    vni: 200,
    mac: "A8:40:25:F0:00:07",
    gen: 5,
    deleted: false,
  };
  const nexus = async (request: Request) => {
    const { pathname, search } = new URL(request.url);
    asked.push(
      `${request.headers.get("api-version")} ${request.url.startsWith("http://nexus:1/")} ${pathname}${search}`,
    );
    return Response.json(pathname.endsWith("/0") ? [view] : []);
  };
  const world = { ...realWorld({ name: "dpd/test" }), fetch: nexus };
  const { ctx, call } = startHarness({ world, config: { nexus: "http://nexus:1" } });
  await ctx.puller?.pullOnce(new AbortController().signal);
  expect(asked).toEqual(["1.0.0 true /nat/ipv4/changeset/0?limit=100", "1.0.0 true /nat/ipv4/changeset/5?limit=100"]);
  expect(await call("GET /rpw/nat/gen")).toMatchObject({ body: 5 });
  expect(await call("GET /nat/ipv4/198.51.100.7/80")).toMatchObject({
    body: { internal_ip: view.sled_address, inner_mac: { a: [168, 64, 37, 240, 0, 7] }, vni: 200 },
  });
});
