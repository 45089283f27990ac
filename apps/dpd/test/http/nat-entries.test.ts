/** NAT entries one at a time, for both families. */
import { describe, expect, test } from "vitest";
import { chaosAsic, faultsAt, modelAsic } from "../../src/asic/index.ts";
import { encodePageToken } from "@racklet/api-kit";
import { entry, manyEntries, target } from "./support/entries.ts";
import { pagesOf, startHarness } from "./support/harness.ts";

const families = [
  { family: "ipv4", path: "/nat/ipv4", a: "203.0.113.7", b: "203.0.113.8", other: "2001:db8::7" },
  { family: "ipv6", path: "/nat/ipv6", a: "2001:db8::7", b: "2001:db8::8", other: "203.0.113.7" },
];

describe.each(families)("$family", ({ path, a, b, other }) => {
  test.each(["1.0.0", "6.0.0", "13.0.0", "13.1.0"])("an entry is created, read and deleted in %s", async (version) => {
    const { call } = startHarness();
    expect(await call(`PUT ${path}/${a}/1000/1999`, { version, body: target(3) })).toMatchObject({ status: 204 });
    expect(await call(`GET ${path}/${a}/1500`, { version })).toMatchObject({ status: 200, body: target(3) });
    expect(await call(`GET ${path}/${a}`, { version })).toMatchObject({
      status: 200,
      body: { items: [{ external: a, low: 1000, high: 1999, target: target(3) }] },
    });
    expect(await call(`DELETE ${path}/${a}/1999`, { version })).toMatchObject({ status: 204, body: undefined });
    expect(await call(`GET ${path}/${a}/1500`, { version })).toMatchObject({
      status: 404,
      body: { error_code: "no mapping", message: expect.stringContaining(a) },
    });
  });

  test("the same entry again changes nothing; any other overlap is a conflict and nothing is replaced", async () => {
    const { call, digest } = startHarness();
    await call(`PUT ${path}/${a}/0/65535`, { body: target(1) });
    const before = await digest();
    expect(await call(`PUT ${path}/${a}/0/65535`, { body: target(1) })).toMatchObject({ status: 204 });
    for (const [range, to] of [
      ["0/65535", target(2)],
      ["80/80", target(1)],
    ] as const) {
      expect(await call(`PUT ${path}/${a}/${range}`, { body: to })).toMatchObject({
        status: 409,
        body: { error_code: "conflicting mapping", message: expect.stringContaining("0-65535") },
      });
    }
    expect(await digest()).toBe(before);
  });

  test("deleting what is not there is no error", async () => {
    const { call } = startHarness();
    expect(await call(`DELETE ${path}/${a}/5`)).toMatchObject({ status: 204 });
  });

  test("a reset clears this family only", async () => {
    const { call } = startHarness();
    const otherPath = path === "/nat/ipv4" ? "/nat/ipv6" : "/nat/ipv4";
    await call(`PUT ${path}/${a}/1/2`, { body: target() });
    await call(`PUT ${otherPath}/${other}/1/2`, { body: target() });
    expect(await call(`DELETE ${path}`)).toMatchObject({ status: 204 });
    expect(await call(`GET ${path}`)).toMatchObject({ body: { items: [], next_page: null } });
    expect(await call(`GET ${otherPath}`)).toMatchObject({ body: { items: [other] } });
  });

  test("an unknown address lists no entries", async () => {
    expect(await startHarness().call(`GET ${path}/${b}`)).toMatchObject({
      status: 200,
      body: { items: [], next_page: null },
    });
  });

  test("a page of entries has at most 64, resumes after the last one, and ends with an empty page", async () => {
    const { call } = startHarness();
    for (let low = 0; low < 70; low++) await call(`PUT ${path}/${a}/${low}/${low}`, { body: target(low) });
    const pages = await pagesOf(call, `${path}/${a}`, "limit=500");
    expect(pages.map((page) => page.length)).toEqual([64, 6, 0]);
    expect(pages.flat().map((item) => (item as { low: number }).low)).toEqual([...Array(70).keys()]);
    const first = await call(`GET ${path}/${a}?limit=10`);
    const { next_page } = first.body as { next_page: string };
    // The entry that the token names may be gone by then.
    await call(`DELETE ${path}/${a}/9`);
    await call(`DELETE ${path}/${a}/10`);
    const second = await call(`GET ${path}/${a}?limit=1&page_token=${next_page}`);
    expect(second.body).toMatchObject({ items: [{ low: 11 }] });
  });

  test("a token at the last port leads to an empty page", async () => {
    const { call } = startHarness();
    await call(`PUT ${path}/${a}/65535/65535`, { body: target() });
    const pages = await pagesOf(call, `${path}/${a}`);
    expect(pages.map((page) => page.length)).toEqual([1, 0]);
  });

  test("addresses are listed in numeric order, 64 to a page", async () => {
    const { call } = startHarness();
    const address = (n: number) => (path === "/nat/ipv4" ? `10.0.0.${n}` : `fd00::${n.toString(16)}`);
    for (let n = 100; n > 0; n--) await call(`PUT ${path}/${address(n)}/1/1`, { body: target() });
    const pages = await pagesOf(call, path, "limit=99");
    expect(pages.map((page) => page.length)).toEqual([64, 36, 0]);
    expect(pages.flat()).toEqual(Array.from({ length: 100 }, (_, i) => address(i + 1)));
  });

  test("a table that is full answers 507 with its name, and changes nothing", async () => {
    const { call, digest } = startHarness();
    const entries = manyEntries(1024).map((each, i) =>
      path === "/nat/ipv4" ? each : { ...each, external: `fd00::${(i >> 2).toString(16)}` },
    );
    expect(await call("PUT /nat/groups/full", { body: { generation: 1, entries } })).toMatchObject({ status: 200 });
    const before = await digest();
    expect(await call(`PUT ${path}/${a}/1/2`, { body: target() })).toMatchObject({
      status: 507,
      body: { message: expect.stringMatching(/^Ingress\.nat_ingress\.ingress_ipv[46]/) },
    });
    expect(await digest()).toBe(before);
  });

  test("a fault of the ASIC is 418 or 500 and leaves everything as it was", async () => {
    for (const [kind, status, code, message] of [
      ["synthetic", 418, "Synthetic ASIC error", /injected fault/],
      ["internal", 500, "Internal", /^Internal Server Error$/],
    ] as const) {
      for (const when of ["before", "after"] as const) {
        const asic = chaosAsic(
          modelAsic("sidecar"),
          faultsAt((write) => write === 2, { kind, when }),
        );
        const { call, digest } = startHarness({ asic });
        await call(`PUT ${path}/${a}/1/2`, { body: target() });
        const before = await digest();
        expect(await call(`PUT ${path}/${b}/1/2`, { body: target() })).toMatchObject({
          status,
          body: { error_code: code, message: expect.stringMatching(message) },
        });
        expect(await digest()).toBe(before);
      }
    }
  });

  test("without an ASIC writes are 503 and reads answer", async () => {
    const { call } = startHarness({ config: { asic: "absent" } });
    for (const operation of [`PUT ${path}/${a}/1/2`, `DELETE ${path}/${a}/1`, `DELETE ${path}`]) {
      const body = operation.startsWith("PUT") ? { body: target() } : {};
      expect(await call(operation, body)).toMatchObject({
        status: 503,
        body: { error_code: "AsicUnavailable", message: expect.stringContaining("asic_absent") },
      });
    }
    expect(await call(`GET ${path}`)).toMatchObject({ status: 200, body: { items: [] } });
    expect(await call(`GET ${path}/${a}`)).toMatchObject({ status: 200, body: { items: [] } });
    expect(await call(`GET ${path}/${a}/1`)).toMatchObject({ status: 404 });
  });

  test.each([
    ["a token of the other family", () => encodePageToken({ ip: other })],
    ["a token of another list", () => encodePageToken({ port: 4 })],
    ["a token that is no token", () => "AAAA"],
    ["a token that is too long", () => "A".repeat(600)],
  ])("%s is refused", async (_, token) => {
    expect(await startHarness().call(`GET ${path}?page_token=${token()}`)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("failed to parse pagination token") },
    });
  });
});

test("an IPv6 address is one entry in any spelling", async () => {
  const { call } = startHarness();
  await call("PUT /nat/ipv6/2001:DB8:0:0::1/1/2", { body: target() });
  expect(await call("GET /nat/ipv6/2001:db8::0:1/2")).toMatchObject({ status: 200 });
  expect(await call("GET /nat/ipv6")).toMatchObject({ body: { items: ["2001:db8::1"] } });
});

test("a single delete of a group's entry leaves the group drifted; its next ensure heals it", async () => {
  const { call } = startHarness();
  const body = { generation: 1, entries: [entry("10.0.0.1"), entry("10.0.0.2")] };
  await call("PUT /nat/groups/a", { body });
  expect(await call("DELETE /nat/ipv4/10.0.0.1/80")).toMatchObject({ status: 204 });
  expect(await call("GET /nat/groups/a")).toMatchObject({ body: { drifted: true, missing: 1, ipv4_entries: 1 } });
  expect(await call("PUT /nat/groups/a", { body })).toMatchObject({
    status: 200,
    body: { outcome: "applied", counts: { added: 1, unchanged: 1 }, added: [entry("10.0.0.1")] },
  });
});

test("only the whole reset forgets groups, and a tagged one never concerns NAT", async () => {
  const { call, digest } = startHarness();
  await call("PUT /nat/groups/a", { body: { generation: 5, entries: [entry("10.0.0.1"), entry("fd00::1")] } });
  const before = await digest();
  expect(await call("DELETE /all-settings/a")).toMatchObject({ status: 204 });
  expect(await digest()).toBe(before);
  await call("DELETE /nat/ipv4");
  expect(await call("GET /nat/groups/a")).toMatchObject({ body: { generation: 5, missing: 1 } });
  expect(await call("DELETE /all-settings")).toMatchObject({ status: 204 });
  expect(await call("GET /nat/groups/a")).toMatchObject({ status: 404 });
  expect(await digest()).toBe(await startHarness().digest());
});

test("a whole reset that fails answers the failure", async () => {
  const faults = faultsAt((write) => write >= 2, { kind: "synthetic", when: "before" });
  const { call } = startHarness({ asic: chaosAsic(modelAsic("sidecar"), faults) });
  await call("PUT /nat/ipv4/10.0.0.1/1/2", { body: target() });
  expect(await call("DELETE /all-settings")).toMatchObject({ status: 418 });
  expect(await call("GET /nat/ipv4/10.0.0.1/1")).toMatchObject({ status: 200 });
});
