import { describe, expect, test } from "vitest";
import { entry, failure, rig, snapshot, soft, tables, text } from "./rig.ts";

const put = (one: ReturnType<typeof rig>, input: ReturnType<typeof entry>) =>
  one.nat.entries.create(input, input.target);

describe("a single NAT entry", () => {
  test("is put, found by any port of its range, and deleted by any port of its range", async () => {
    const one = rig();
    await put(one, entry("10.0.0.1", 100, 199));
    await put(one, entry("10.0.0.1", 0, 0, 2));
    expect(tables(one)).toEqual(["10.0.0.1/0-0=2", "10.0.0.1/100-199=1"]);
    expect(text(one.nat.entries.get("ipv4", "10.0.0.1", 150))).toBe("10.0.0.1/100-199=1");
    await one.nat.entries.delete("ipv4", "10.0.0.1", 199);
    expect(tables(one)).toEqual(["10.0.0.1/0-0=2"]);
  });

  test("put again with the same range and target writes nothing", async () => {
    const one = rig();
    await put(one, entry("10.0.0.1"));
    await put(one, entry("10.0.0.1"));
    expect(one.nat.metrics.tableWrites).toBe(1);
  });

  test.each([
    ["the same range with another target", entry("10.0.0.1", 100, 199, 2)],
    ["a range that contains it", entry("10.0.0.1", 0, 65_535)],
    ["a range inside it", entry("10.0.0.1", 150, 150)],
    ["a range that begins before it", entry("10.0.0.1", 0, 100)],
    ["a range that ends after it", entry("10.0.0.1", 199, 300)],
  ])("is not replaced by %s", async (_, other) => {
    const one = rig();
    await put(one, entry("10.0.0.1", 100, 199));
    const before = snapshot(one);
    expect(await failure(put(one, other))).toMatch(/^exists conflicting mapping .*10\.0\.0\.1\/100-199 ungrouped/);
    expect(snapshot(one)).toEqual(before);
  });

  test("touches neighbours that only adjoin it", async () => {
    const one = rig();
    for (const [low, high] of [
      [0, 99],
      [200, 65_535],
      [100, 199],
    ] as const)
      await put(one, entry("10.0.0.1", low, high));
    expect(one.nat.entries.listEntries("ipv4", "10.0.0.1", 64).map((row) => row.low)).toEqual([0, 100, 200]);
  });

  test.each([
    ["a range the wrong way round", entry("10.0.0.1", 2, 1), "invalid - invalid port range"],
    ["a port above 65535", entry("10.0.0.1", 0, 65_536), "invalid - 10.0.0.1/0-65536"],
    ["an address that is none", entry("10.0.0.256"), "invalid - 10.0.0.256"],
    ["a VNI of 25 bits", { ...entry("10.0.0.1"), target: { ...entry("10.0.0.1").target, vni: 1 << 24 } }, "invalid -"],
    [
      "an IPv4 target",
      { ...entry("10.0.0.1"), target: { ...entry("10.0.0.1").target, internal_ip: "1.2.3.4" } },
      "invalid -",
    ],
  ])("is refused with %s", async (_, input, expected) => {
    const one = rig();
    expect((await failure(put(one, input))).startsWith(expected)).toBe(true);
    expect(tables(one)).toEqual([]);
  });

  test("that is not there: get says so, delete is content", async () => {
    const one = rig();
    await put(one, entry("10.0.0.1", 100, 199));
    expect(() => one.nat.entries.get("ipv4", "10.0.0.1", 99)).toThrow("no mapping");
    await one.nat.entries.delete("ipv4", "10.0.0.1", 200);
    await one.nat.entries.delete("ipv6", "fd00::9", 0);
    expect(tables(one)).toHaveLength(1);
  });

  test("is one entry however its IPv6 address is spelt", async () => {
    const one = rig();
    await put(one, entry("FD00:0:0::0005"));
    await put(one, entry("fd00::5"));
    expect(soft(one)).toEqual(["fd00::5/0-65535=1@-"]);
    await one.nat.entries.delete("ipv6", "fd00:0000::5", 7);
    expect(soft(one)).toEqual([]);
  });

  test("that finds its table full is refused with the table's name", async () => {
    const one = rig();
    for (let i = 0; i < 1024; i++) await put(one, entry(`10.0.${i >> 8}.${i & 255}`));
    expect(await failure(put(one, entry("10.1.0.0")))).toMatch(/^tableFull - Ingress\.nat_ingress\.ingress_ipv4/);
    await put(one, entry("fd00::1"));
    expect(tables(one)).toHaveLength(1025);
  });
});

describe("lists", () => {
  test("give addresses in numeric order, 64 to a page, and go on after the last one even when it is gone", async () => {
    const one = rig();
    const numbers = Array.from({ length: 100 }, (_, i) => (i * 37) % 100);
    for (const n of numbers) await put(one, entry(`10.0.0.${n}`));
    const first = one.nat.entries.listAddresses("ipv4", 1000);
    expect(first).toEqual(Array.from({ length: 64 }, (_, n) => `10.0.0.${n}`));
    await one.nat.entries.delete("ipv4", "10.0.0.63", 0);
    await put(one, entry("9.255.255.255"));
    const second = one.nat.entries.listAddresses("ipv4", 1000, "10.0.0.63");
    expect(second).toEqual(Array.from({ length: 36 }, (_, n) => `10.0.0.${64 + n}`));
    expect(one.nat.entries.listAddresses("ipv4", 2)).toEqual(["9.255.255.255", "10.0.0.0"]);
    expect(one.nat.entries.listAddresses("ipv4", 64, "255.255.255.255")).toEqual([]);
  });

  test("give the entries of an address by port and end after the last port there is", async () => {
    const one = rig();
    for (const low of [65_535, 0, 300]) await put(one, entry("fd00::1", low, low));
    const lows = (after?: number) => one.nat.entries.listEntries("ipv6", "fd00::1", 2, after).map((row) => row.low);
    expect(lows()).toEqual([0, 300]);
    expect(lows(300)).toEqual([65_535]);
    expect(lows(65_535)).toEqual([]);
    expect(one.nat.entries.listEntries("ipv6", "fd00::2", 64)).toEqual([]);
  });
});

describe("a reset", () => {
  test("empties one family and sets the changeset generation to 0", async () => {
    const one = rig();
    await put(one, entry("10.0.0.1"));
    await put(one, entry("fd00::1"));
    await one.nat.feed.apply(one.nat.feed.position().epoch, [], true);
    const { epoch } = one.nat.feed.position();
    await one.nat.entries.reset("ipv4");
    expect(tables(one)).toEqual(["fd00::1/0-65535=1"]);
    expect(soft(one)).toEqual(["fd00::1/0-65535=1@-"]);
    expect(one.nat.feed.position()).toEqual({ generation: 0, epoch: epoch + 1 });
  });
});
