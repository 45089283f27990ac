import { inPrefix } from "@racklet/net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RangeIndex } from "../src/asic/range-index.ts";
import { indexFor } from "../src/asic/table-index.ts";
import { TABLES } from "../src/table/catalogue.ts";
import type { ExactKey, FieldValue, KeyField, TableDecl } from "../src/table/types.ts";

interface Row {
  readonly id: number;
  readonly exact: string;
  readonly flag: boolean;
  readonly net: string;
  readonly length: number;
  readonly value: number;
  readonly mask: number;
  readonly low: number;
  readonly high: number;
}

const exact: ExactKey<Row> = { name: "e", p4: "e", bits: 8, match: "exact", type: "uint", value: (row) => row.exact };
const flag: ExactKey<Row> = { name: "f", p4: "f", bits: 1, match: "exact", type: "bool", value: (row) => row.flag };
const lpm: KeyField<Row> = {
  name: "l",
  p4: "l",
  bits: 32,
  match: "lpm",
  type: "ipv4",
  value: (row) => row.net,
  length: (row) => row.length,
};
const ternary: KeyField<Row> = {
  name: "t",
  p4: "t",
  bits: 4,
  match: "ternary",
  value: (row) => row.value,
  mask: (row) => row.mask,
};
const range: KeyField<Row> = { name: "r", p4: "r", bits: 16, match: "range", low: (r) => r.low, high: (r) => r.high };

function table(...keys: KeyField<Row>[]): TableDecl<Row> {
  const action = { name: "a", params: [] };
  return {
    name: "t",
    p4: "t",
    domain: "nat",
    keys,
    actions: [action],
    actionOf: () => action,
    defaultAction: "NoAction",
    capacity: { sidecar: 9, large: 9 },
    counter: false,
  };
}

const row = fc.record({
  id: fc.nat(),
  exact: fc.constantFrom("a", "b"),
  flag: fc.boolean(),
  net: fc.constantFrom("10.0.0.0", "10.128.0.0", "10.0.0.1", "0.0.0.0"),
  length: fc.constantFrom(0, 8, 9, 32),
  value: fc.nat(15),
  mask: fc.constantFrom(0, 1, 8, 9, 15),
  low: fc.nat(9),
  high: fc.integer({ min: 10, max: 14 }),
});

type Packet = { exact: string; flag: boolean; address: string; value: number; port: number };

const packet: fc.Arbitrary<Packet> = fc.record({
  exact: fc.constantFrom("a", "b", "c"),
  flag: fc.boolean(),
  address: fc.constantFrom("10.0.0.0", "10.0.0.1", "10.200.0.1", "11.0.0.0"),
  value: fc.nat(15),
  port: fc.nat(16),
});

function valueOf(key: KeyField<Row>, one: Packet): FieldValue {
  if (key === exact) return one.exact;
  if (key === flag) return one.flag;
  if (key === lpm) return one.address;
  return key === ternary ? one.value : one.port;
}

function hits(key: KeyField<Row>, held: Row, one: Packet): boolean {
  if (key.match === "exact") return key.value(held) === valueOf(key, one);
  if (key.match === "lpm") return inPrefix(one.address, { address: held.net, length: held.length });
  if (key.match === "ternary") return (held.value & held.mask) === (one.value & held.mask);
  return held.low <= one.port && one.port <= held.high;
}

const bits = (mask: number) => mask.toString(2).replaceAll("0", "").length;

/** Two rows of one key, or of ranges that overlap. */
function collide(keys: readonly KeyField<Row>[], a: Row, b: Row, same: boolean): boolean {
  return keys.every((key) => {
    if (key.match === "exact") return key.value(a) === key.value(b);
    if (key.match === "ternary") return a.mask === b.mask && (a.value & a.mask) === (b.value & a.mask);
    if (key.match === "range") return same ? a.low === b.low && a.high === b.high : a.low <= b.high && b.low <= a.high;
    return a.length === b.length && inPrefix(a.net, { address: b.net, length: b.length });
  });
}

describe.each([
  ["one exact field", [exact]],
  ["several exact fields", [exact, flag]],
  ["a prefix", [lpm]],
  ["a prefix before an exact field", [lpm, exact]],
  ["exact fields around a prefix", [exact, lpm, flag]],
  ["a ternary field after an exact one", [exact, ternary]],
  ["a range after an exact field", [exact, range]],
] as const)("a key of %s", (_name, keys) => {
  test("finds what a scan of all entries finds, through insertions, replacements and removals", () => {
    const step = fc.record({ row, kind: fc.constantFrom("insert", "insert", "replace", "remove") });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.array(packet, { maxLength: 20 }), (steps, packets) => {
        const index = indexFor(table(...keys));
        const scan: Row[] = [];
        for (const { row: given, kind } of steps) {
          const at = scan.findIndex((held) => collide(keys, held, given, true));
          expect(index.find(given)).toBe(scan[at]);
          if (kind === "insert") {
            const blocked = scan.some((held) => collide(keys, held, given, false));
            expect(index.insert(given)).toBe(blocked ? "exists" : "inserted");
            if (!blocked) scan.push(given);
          } else if (kind === "replace") {
            expect(index.replace(given)).toBe(at >= 0);
            if (at >= 0) scan[at] = given;
          } else {
            expect(index.remove(given)).toBe(at >= 0);
            if (at >= 0) scan.splice(at, 1);
          }
        }
        expect(new Set(index.rows())).toEqual(new Set(scan));
        for (const one of packets) {
          const found = scan.filter((held) => keys.every((key) => hits(key, held, one)));
          const longest = found.toSorted((a, b) => b.length - a.length)[0];
          const hit = index.match(keys.map((key) => valueOf(key, one)));
          if (keys.some((key) => key === ternary)) {
            // Of equally specific entries any may win.
            const most = Math.max(-1, ...found.map((held) => bits(held.mask)));
            expect(hit === undefined ? -1 : bits(hit.mask)).toBe(most);
            if (hit !== undefined) expect(found).toContain(hit);
          } else expect(hit).toBe(keys.some((key) => key === lpm) ? longest : found[0]);
        }
        index.clear();
        expect(index.rows()).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

test("every table has an index, and a key that has none is refused", () => {
  for (const declared of TABLES) expect(indexFor(declared).rows()).toEqual([]);
  expect(indexFor(table(exact, range))).toBeInstanceOf(RangeIndex);
  for (const keys of [[range], [lpm, ternary], [range, exact]]) {
    expect(() => indexFor(table(...keys))).toThrow("no index for the key of t");
  }
});
