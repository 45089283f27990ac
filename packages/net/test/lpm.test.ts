import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LpmTable, compareIpNet, inPrefix, ipNetRange, networkOf, type IpNet } from "../src/index.ts";
import { ip, ipv4, ipv6 } from "./arbitraries.ts";

/** Few addresses and lengths, so that nets nest, repeat and get deleted. */
const crowdedNet = fc.oneof(
  fc.record({
    address: fc.oneof(fc.constantFrom("10.0.0.1", "10.0.255.1", "10.128.0.0", "192.168.1.1"), ipv4),
    length: fc.constantFrom(0, 1, 8, 9, 16, 24, 31, 32),
  }),
  fc.record({
    address: fc.oneof(fc.constantFrom("fd00:1:2:3::1", "fd00:1:2:3:8000::1", "fd00:1:2::", "::ffff:1.2.3.4"), ipv6),
    length: fc.constantFrom(0, 1, 31, 32, 33, 48, 64, 65, 96, 127, 128),
  }),
);

function scan(nets: Map<string, { net: IpNet; value: number }>, address: string) {
  const matches = [...nets.values()].filter(({ net }) => inPrefix(address, net));
  return matches.toSorted((a, b) => b.net.length - a.net.length)[0];
}

describe("longest prefix match", () => {
  it("finds what a scan over all nets finds, through additions, replacements and deletions", () => {
    const step = fc.record({ net: crowdedNet, remove: fc.nat(3).map((n) => n === 0) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.array(ip, { maxLength: 5 }), (steps, others) => {
        const table = new LpmTable<number>();
        const model = new Map<string, { net: IpNet; value: number }>();
        for (const [value, { net, remove }] of steps.entries()) {
          const stored = networkOf(net);
          const key = `${stored.address}/${stored.length}`;
          if (remove) expect(table.delete(net)).toBe(model.delete(key));
          else {
            table.set(net, value);
            model.set(key, { net: stored, value });
          }
          expect(table.get(net)).toBe(model.get(key)?.value);
        }
        expect(table.size).toBe(model.size);
        const byNet = (a: { net: IpNet }, b: { net: IpNet }) => compareIpNet(a.net, b.net);
        expect([...table.entries()].toSorted(byNet)).toEqual([...model.values()].toSorted(byNet));
        const edges = steps.flatMap(({ net }) => [ipNetRange(net).first, ipNetRange(net).last]);
        for (const address of [...edges, ...others]) expect(table.lookup(address)).toEqual(scan(model, address));
      }),
      { numRuns: 300 },
    );
  });

  it("keeps the families apart", () => {
    const table = new LpmTable<string>();
    table.set({ address: "0.0.0.0", length: 0 }, "default");
    expect(table.lookup("::")).toBeUndefined();
    expect(table.lookup("1.2.3.4")?.value).toBe("default");
  });
});
