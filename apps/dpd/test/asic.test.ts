import { describe, expect, test } from "vitest";
import { absentAsic, chaosAsic, modelAsic, seededFaults } from "../src/asic/index.ts";
import { getTable, listTableNames } from "../src/table/catalogue.ts";
import { dumpTable, readCounters } from "../src/table/dump.ts";
import { NAT_TABLES } from "../src/table/nat.ts";
import type { NatRow } from "../src/table/nat.ts";
import { keyText, valueText } from "../src/table/text.ts";
import { entry, rig } from "./rig.ts";

const row = (low: number, high: number, vni = 1): NatRow => ({
  family: "ipv4",
  external: "10.0.0.1",
  low,
  high,
  internalIp: "fd00::1",
  mac: 0xa84025f00001,
  vni,
});

describe("the model ASIC", () => {
  const table = () => modelAsic("sidecar").table(NAT_TABLES.ipv4);

  test("refuses an entry that is there or overlaps, and counts it", () => {
    const nat = table();
    nat.insert(row(10, 19));
    for (const other of [row(10, 19, 2), row(0, 10), row(19, 19), row(0, 65_535)]) {
      expect(() => nat.insert(other)).toThrow(/an entry is in the way of 10\.0\.0\.1 \d+-\d+/);
    }
    expect(nat.usage()).toMatchObject({ size: 1024, occupancy: 1, inserts: 1, collisions: 4 });
  });

  test("updates and deletes by exact key only", () => {
    const nat = table();
    nat.insert(row(10, 19));
    expect(() => nat.update(row(10, 18))).toThrow("no entry 10.0.0.1 10-18");
    expect(() => nat.delete(row(11, 19))).toThrow("no entry 10.0.0.1 11-19");
    nat.update(row(10, 19, 7));
    expect(nat.find(row(10, 19))?.vni).toBe(7);
    nat.delete(row(10, 19));
    expect(nat.usage()).toMatchObject({ occupancy: 0, updates: 1, deletes: 1, updateMisses: 1, deleteMisses: 1 });
  });

  test("is full at its capacity and empty after a clear", () => {
    const nat = table();
    for (let port = 0; port < 1024; port++) nat.insert(row(port, port));
    expect(() => nat.insert(row(5000, 5000))).toThrow("Ingress.nat_ingress.ingress_ipv4");
    expect(nat.usage()).toMatchObject({ occupancy: 1024, exhaustion: 1 });
    nat.clear();
    expect(nat.rows()).toEqual([]);
    nat.insert(row(5000, 5000));
  });
});

describe("other backends", () => {
  test("an absent ASIC gives its reason", () => {
    expect(() => absentAsic("no device").table(NAT_TABLES.ipv4)).toThrow(
      expect.objectContaining({ kind: "unavailable", errorCode: "AsicUnavailable", message: "no device" }),
    );
  });

  test("chaos of one seed is always the same, and of about the rate asked for", () => {
    const run = (seed: number) => {
      const nat = chaosAsic(modelAsic("large"), seededFaults({ seed, rate: 0.25 })).table(NAT_TABLES.ipv4);
      return Array.from({ length: 1000 }, (_, port) => {
        try {
          nat.insert(row(port, port));
          return "ok";
        } catch (error) {
          return String(error);
        }
      });
    };
    expect(run(7)).toEqual(run(7));
    expect(run(7)).not.toEqual(run(8));
    const failed = run(7).filter((outcome) => outcome !== "ok");
    expect(failed.length).toBeGreaterThan(200);
    expect(failed.length).toBeLessThan(300);
    expect(new Set(failed)).toHaveLength(2);
  });
});

describe("tables", () => {
  test("are listed as upstream lists them and found in any case", () => {
    expect(listTableNames()).toHaveLength(25);
    expect(listTableNames()).toContain("Ingress.l3_router.Router4.lookup_idx.route");
    expect(getTable("ingress.NAT_ingress.Ingress_ipv6")).toBe(NAT_TABLES.ipv6);
    expect(() => getTable("Ingress.nat_ingress")).toThrow(expect.objectContaining({ kind: "missing" }));
  });

  test("dump in upstream's words", async () => {
    const one = rig();
    await one.nat.groups.ensure("g", { generation: 1, entries: [entry("fd00::5", 0, 16_383, 3)] });
    const context = { requireAsic: () => one.switch.requireAsic(), locks: one.locks, timers: one.world.timers };
    expect(await dumpTable(context, NAT_TABLES.ipv6)).toEqual({
      name: "Ingress.nat_ingress.ingress_ipv6",
      size: 1024,
      entries: [
        {
          keys: { dst_addr: "fd00::5", ports: "0-16383" },
          action: "forward_ipv6_to",
          actionArgs: { target: "fd00:1122:3344:103::1", inner_mac: "a8:40:25:f0:00:03", vni: "103" },
        },
      ],
    });
    expect(await readCounters(context, NAT_TABLES.ipv6)).toEqual([
      { keys: { dst_addr: "fd00::5", ports: "0-16383" }, packets: 0, bytes: 0 },
    ]);
    expect((await dumpTable(context, NAT_TABLES.ipv4)).entries).toEqual([]);
  });

  test("print every kind of key", () => {
    const base = { name: "k", p4: "k", bits: 32 };
    expect(keyText({ ...base, match: "lpm", type: "ipv4", value: () => "10.0.0.0", length: () => 8 }, {})).toBe(
      "10.0.0.0/8",
    );
    expect(keyText({ ...base, match: "ternary", value: () => 152, mask: () => 0x1ff }, {})).toBe("0x98/0x1ff");
    expect(keyText({ ...base, match: "range", low: () => 1, high: () => 2 }, {})).toBe("1-2");
    expect(keyText({ ...base, match: "exact", type: "bool", value: () => true }, {})).toBe("true");
    expect(valueText("mac", 1)).toBe("00:00:00:00:00:01");
  });
});
