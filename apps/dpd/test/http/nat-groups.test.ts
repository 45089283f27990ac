/** NAT groups over HTTP: the guard's table, each status, and what each answer says. */
import { describe, expect, test } from "vitest";
import { chaosAsic, faultsAt, modelAsic, type FaultSource } from "../../src/asic/index.ts";
import { bringUp } from "../../src/context.ts";
import { entry, manyEntries, target } from "./support/entries.ts";
import { pagesOf, startHarness } from "./support/harness.ts";

const A = entry("10.0.0.1", 0, 99, 1);
const B = entry("10.0.0.1", 100, 199, 2);
const C = entry("fd00::1", 0, 65_535, 3);

const key = ({ external, low, high }: typeof A) => ({ external, low, high });

async function withGroup(entries: unknown[] = [A, C], generation = 10) {
  const harness = startHarness();
  const { status } = await harness.call("PUT /nat/groups/a", { body: { generation, entries } });
  expect(status).toBe(200);
  return harness;
}

describe("ensure", () => {
  test("creates a group of both families and tells what it did, in order", async () => {
    const { call } = startHarness();
    expect(await call("PUT /nat/groups/a", { body: { generation: 1, entries: [C, B, A] } })).toMatchObject({
      status: 200,
      body: {
        group: "a",
        generation: 1,
        outcome: "applied",
        counts: { added: 3, retargeted: 0, removed: 0, adopted: 0, unchanged: 0 },
        added: [A, B, C],
        removed: [],
      },
    });
    expect(await call("GET /nat/groups/a/entries")).toMatchObject({ status: 200, body: { items: [A, B, C] } });
    expect(await call("GET /nat/groups/a")).toMatchObject({
      status: 200,
      body: { generation: 1, ipv4_entries: 2, ipv6_entries: 1, drifted: false, missing: 0 },
    });
  });

  test.each([
    ["a higher generation with other entries", 11, [B], 200, undefined],
    ["a higher generation with the same entries", 11, [A, C], 200, undefined],
    ["the same generation with the same entries in another order", 10, [C, A], 200, undefined],
    ["the same generation with other entries", 10, [A], 409, "NatGenerationMismatch"],
    ["a lower generation, even with the same entries", 9, [A, C], 409, "NatGenerationStale"],
  ])("guards: %s", async (_, generation, entries, status, code) => {
    const { call, digest } = await withGroup();
    const before = await digest();
    const answer = await call("PUT /nat/groups/a", { body: { generation, entries } });
    expect(answer.status).toBe(status);
    if (status === 200) return;
    expect(answer.body).toMatchObject({ error_code: code, message: expect.stringMatching(/group a.*generation/) });
    expect(await digest()).toBe(before);
  });

  test("replaces, retargets, removes and keeps in one step", async () => {
    const { call } = await withGroup([A, B, C]);
    const retargeted = { ...A, target: target(9) };
    const added = entry("10.0.0.2");
    expect(
      await call("PUT /nat/groups/a", { body: { generation: 11, entries: [retargeted, C, added] } }),
    ).toMatchObject({
      body: {
        counts: { added: 1, retargeted: 1, removed: 1, adopted: 0, unchanged: 1 },
        added: [added],
        retargeted: [retargeted],
        removed: [B],
      },
    });
  });

  test("a dry run answers the same and changes nothing", async () => {
    const { call, digest } = await withGroup();
    const before = await digest();
    const body = { generation: 11, entries: [B] };
    const dry = await call("PUT /nat/groups/a?dry_run=true", { body });
    expect(await digest()).toBe(before);
    const real = await call("PUT /nat/groups/a?dry_run=false", { body });
    expect(dry.body).toEqual(real.body);
    expect(await digest()).not.toBe(before);
  });

  test("adopts what is exactly right and refuses what is in the way", async () => {
    const { call, digest } = startHarness();
    await call("PUT /nat/ipv4/10.0.0.1/0/99", { body: A.target });
    expect(await call("PUT /nat/groups/a", { body: { generation: 1, entries: [A] } })).toMatchObject({
      status: 200,
      body: { counts: { adopted: 1, added: 0 }, adopted: [A] },
    });
    await call("PUT /nat/ipv4/10.0.0.1/150/160", { body: A.target });
    const before = await digest();
    const conflict = await call("PUT /nat/groups/a", { body: { generation: 2, entries: [A, B] } });
    expect(conflict).toMatchObject({
      status: 409,
      body: { error_code: "NatEntryConflict", message: expect.stringContaining("10.0.0.1/150-160 ungrouped") },
    });
    expect(await call("PUT /nat/groups/b", { body: { generation: 2, entries: [A] } })).toMatchObject({
      status: 409,
      body: { error_code: "NatEntryConflict", message: expect.stringContaining("owned by group a") },
    });
    expect(await digest()).toBe(before);
  });

  test("more than fits beside others is 507, more than the table is 400, and neither changes anything", async () => {
    const { call, digest } = await withGroup([entry("192.0.2.1")]);
    const before = await digest();
    expect(await call("PUT /nat/groups/b", { body: { generation: 1, entries: manyEntries(1024) } })).toMatchObject({
      status: 507,
      body: { message: expect.stringContaining("Ingress.nat_ingress.ingress_ipv4") },
    });
    expect(await call("PUT /nat/groups/b", { body: { generation: 1, entries: manyEntries(1025) } })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("1025") },
    });
    expect(await digest()).toBe(before);
  });

  test.each([
    ["synthetic", 418],
    ["internal", 500],
  ] as const)("a %s fault at any write answers %d and leaves everything as it was", async (kind, status) => {
    const initial = { generation: 1, entries: [A, B, C] };
    const wanted = { generation: 2, entries: [{ ...A, target: target(9) }, entry("10.0.0.2"), entry("fd00::2")] };
    for (let k = 1; k <= 5; k++) {
      const faults = faultsAt((write) => write === 3 + k, { kind, when: k % 2 === 0 ? "before" : "after" });
      const { call, digest } = startHarness({ asic: chaosAsic(modelAsic("sidecar"), faults) });
      await call("PUT /nat/groups/a", { body: initial });
      const before = await digest();
      expect(await call("PUT /nat/groups/a", { body: wanted })).toMatchObject({ status });
      expect(await digest()).toBe(before);
      expect(await call("PUT /nat/groups/a", { body: wanted })).toMatchObject({ status: 200 });
    }
  });

  test("an undo that fails is a 500 of its own, the group is drifted, and the next ensure heals it", async () => {
    let broken = false;
    let inserts = 0;
    const faults: FaultSource = {
      next: (operation) => {
        // From the second insert on, until it is mended.
        if (operation === "insert" && ++inserts === 2) broken = true;
        return broken ? { kind: "internal", when: "before" } : undefined;
      },
    };
    const { call } = startHarness({ asic: chaosAsic(modelAsic("sidecar"), faults) });
    const body = { generation: 1, entries: [A, B] };
    expect(await call("PUT /nat/groups/a", { body })).toMatchObject({
      status: 500,
      body: { error_code: "rollback failure", message: "inconsistent internal state" },
    });
    broken = false;
    expect(await call("GET /nat/groups/a")).toMatchObject({ status: 200, body: { drifted: true } });
    expect(await call("PUT /nat/groups/a", { body })).toMatchObject({ status: 200, body: { outcome: "applied" } });
    expect(await call("GET /nat/groups/a")).toMatchObject({ body: { drifted: false, generation: 1, ipv4_entries: 2 } });
    expect(await call("GET /nat/groups/a/entries")).toMatchObject({ body: { items: [A, B] } });
  });

  test("an ASIC that is away is 503", async () => {
    const { call } = startHarness({ config: { asic: "absent" } });
    expect(await call("PUT /nat/groups/a", { body: { generation: 1, entries: [A] } })).toMatchObject({
      status: 503,
      body: { error_code: "AsicUnavailable" },
    });
    expect(await call("DELETE /nat/groups/a")).toMatchObject({ status: 503 });
    expect(await call("GET /nat/groups")).toMatchObject({ status: 200, body: { items: [] } });
  });
});

describe("changes", () => {
  const changes = { from_generation: 10, generation: 11, upsert: [B], remove: [key(C)] };

  test("adds, retargets and removes on top of the stored generation", async () => {
    const { call } = await withGroup();
    const retargeted = { ...A, target: target(8) };
    expect(await call("POST /nat/groups/a/changes", { body: { ...changes, upsert: [B, retargeted] } })).toMatchObject({
      status: 200,
      body: { generation: 11, outcome: "applied", added: [B], retargeted: [retargeted], removed: [C] },
    });
    expect(await call("GET /nat/groups/a/entries")).toMatchObject({ body: { items: [retargeted, B] } });
  });

  test("removing what is not there is no error", async () => {
    const { call } = await withGroup();
    expect(
      await call("POST /nat/groups/a/changes", { body: { ...changes, upsert: [], remove: [key(B)] } }),
    ).toMatchObject({ status: 200, body: { counts: { removed: 0 } } });
  });

  test("a dry run changes nothing", async () => {
    const { call, digest } = await withGroup();
    const before = await digest();
    expect(await call("POST /nat/groups/a/changes?dry_run=true", { body: changes })).toMatchObject({
      status: 200,
      body: { counts: { added: 1, removed: 1 } },
    });
    expect(await digest()).toBe(before);
  });

  test.each([
    ["another stored generation", { ...changes, from_generation: 9 }, 409, "NatGenerationMismatch"],
    ["a generation that does not rise", { ...changes, generation: 10 }, 400, undefined],
    ["a key both put and removed", { ...changes, remove: [key(B)] }, 400, undefined],
    ["entries that overlap", { ...changes, upsert: [B, { ...B, high: 300 }] }, 400, undefined],
  ])("%s is refused and changes nothing", async (_, body, status, code) => {
    const { call, digest } = await withGroup();
    const before = await digest();
    const answer = await call("POST /nat/groups/a/changes", { body });
    expect(answer.status).toBe(status);
    expect((answer.body as { error_code?: string }).error_code).toBe(code);
    expect(await digest()).toBe(before);
  });

  test.each([
    ["synthetic", 418],
    ["internal", 500],
  ] as const)("a %s fault at any write answers %d and leaves everything as it was", async (kind, status) => {
    for (const write of [3, 4]) {
      const faults = faultsAt((each) => each === write, { kind, when: "after" });
      const { call, digest } = startHarness({ asic: chaosAsic(modelAsic("sidecar"), faults) });
      await call("PUT /nat/groups/a", { body: { generation: 10, entries: [A, C] } });
      const before = await digest();
      expect(await call("POST /nat/groups/a/changes", { body: changes })).toMatchObject({ status });
      expect(await digest()).toBe(before);
    }
  });

  test("an ASIC that is away is 503", async () => {
    const { ctx, call } = await withGroup();
    ctx.switch.detach("gone");
    expect(await call("POST /nat/groups/a/changes", { body: changes })).toMatchObject({
      status: 503,
      body: { error_code: "AsicUnavailable", message: expect.stringContaining("gone") },
    });
  });

  test("an unknown group is 404, a conflict 409, too much 507", async () => {
    const { call, digest } = await withGroup();
    expect(await call("POST /nat/groups/unknown/changes", { body: changes })).toMatchObject({ status: 404 });
    await call("PUT /nat/ipv4/10.0.0.1/150/150", { body: target() });
    const before = await digest();
    expect(await call("POST /nat/groups/a/changes", { body: changes })).toMatchObject({
      status: 409,
      body: { error_code: "NatEntryConflict" },
    });
    const upsert = manyEntries(1024).map((each) => ({ ...each, external: each.external.replace("10.0", "10.1") }));
    expect(await call("POST /nat/groups/a/changes", { body: { ...changes, upsert } })).toMatchObject({ status: 507 });
    expect(await digest()).toBe(before);
  });
});

describe("reading and deleting", () => {
  test("groups are listed by name in pages", async () => {
    const { call } = startHarness();
    for (const name of ["c", "a", "b:x", "B"]) {
      await call(`PUT /nat/groups/${name}`, { body: { generation: 1, entries: [] } });
    }
    const pages = await pagesOf(call, "/nat/groups", "limit=3");
    expect(pages.map((page) => page.map((item) => (item as { group: string }).group))).toEqual([
      ["B", "a", "b:x"],
      ["c"],
      [],
    ]);
  });

  test("entries are listed IPv4 first, then by address, then by port, in pages", async () => {
    const { call } = await withGroup([C, ...manyEntries(10).toReversed()]);
    const pages = await pagesOf(call, "/nat/groups/a/entries", "limit=4");
    expect(pages.map((page) => page.length)).toEqual([4, 4, 3, 0]);
    expect(pages.flat()).toEqual([...manyEntries(10), C]);
    expect(await call("GET /nat/groups/unknown/entries")).toMatchObject({ status: 404 });
  });

  test("equal sets have equal hashes on any switch", async () => {
    const one = await withGroup([A, B, C], 3);
    const other = await withGroup([C, A, B], 9);
    const hashOf = async ({ call }: typeof one) =>
      ((await call("GET /nat/groups/a")).body as { content_hash: string }).content_hash;
    expect(await hashOf(one)).toBe(await hashOf(other));
  });

  test("deleting a group removes its entries and nothing else; a lower generation is refused", async () => {
    const { call, digest } = await withGroup();
    await call("PUT /nat/ipv4/10.0.0.9/1/2", { body: target() });
    const before = await digest();
    expect(await call("DELETE /nat/groups/a?generation=9")).toMatchObject({
      status: 409,
      body: { error_code: "NatGenerationStale" },
    });
    expect(await digest()).toBe(before);
    expect(await call("DELETE /nat/groups/a?generation=10")).toMatchObject({ status: 204 });
    expect(await call("GET /nat/groups/a")).toMatchObject({ status: 404, body: { error_code: "no such NAT group" } });
    expect(await call("GET /nat/ipv4")).toMatchObject({ body: { items: ["10.0.0.9"] } });
    expect(await call("DELETE /nat/groups/a")).toMatchObject({ status: 204 });
  });

  test("a fault while deleting a group leaves it whole", async () => {
    const faults = faultsAt((write) => write === 4, { kind: "synthetic", when: "after" });
    const { call, digest } = startHarness({ asic: chaosAsic(modelAsic("sidecar"), faults) });
    await call("PUT /nat/groups/a", { body: { generation: 10, entries: [A, C] } });
    const before = await digest();
    expect(await call("DELETE /nat/groups/a")).toMatchObject({ status: 418 });
    expect(await digest()).toBe(before);
  });

  test("after a restart there are no groups and any generation is accepted", async () => {
    await withGroup([A], 100);
    const restarted = startHarness();
    expect(await restarted.call("GET /nat/groups/a")).toMatchObject({ status: 404 });
    expect(await restarted.call("PUT /nat/groups/a", { body: { generation: 1, entries: [A] } })).toMatchObject({
      status: 200,
    });
  });

  test("an ASIC that went and came back starts empty, without groups", async () => {
    const { ctx, call } = await withGroup();
    ctx.switch.detach("gone");
    bringUp(ctx);
    expect(await call("GET /nat/groups")).toMatchObject({ body: { items: [] } });
    expect(await call("GET /table/Ingress.nat_ingress.ingress_ipv4/dump?from_hardware=true")).toMatchObject({
      body: { entries: [] },
    });
  });

  test("versions up to 13 know no groups", async () => {
    const { call } = await withGroup();
    for (const operation of ["GET /nat/groups", "GET /nat/groups/a", "GET /nat/groups/a/entries"]) {
      expect(await call(operation, { version: "13.0.0" })).toMatchObject({ status: 404 });
    }
  });
});
