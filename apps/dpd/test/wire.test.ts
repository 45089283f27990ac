import fc from "fast-check";
import { expect, test } from "vitest";
import { ipFromBigint } from "@racklet/net";
import { wireNat, wireNatText } from "../src/nat/wire.ts";

test("the text of an entry is the JSON of its value", () => {
  const row = fc.record({
    family: fc.constantFrom("ipv4" as const, "ipv6" as const),
    external: fc.bigInt(0n, 2n ** 32n - 1n).map((n) => ipFromBigint(4, n)),
    low: fc.integer({ min: 0, max: 65_535 }),
    high: fc.integer({ min: 0, max: 65_535 }),
    internalIp: fc.bigInt(0n, 2n ** 128n - 1n).map((n) => ipFromBigint(6, n)),
    mac: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
    vni: fc.integer({ min: 0, max: 2 ** 24 - 1 }),
  });
  fc.assert(
    fc.property(row, (each) => {
      expect(wireNatText(each)).toBe(JSON.stringify(wireNat(each)));
    }),
  );
});
