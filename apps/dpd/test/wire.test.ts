import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteWriter } from "@racklet/api-kit";
import { ipFromBigint } from "@racklet/net";
import { natWriter, wireNat } from "../src/nat/wire.ts";

test("an entry is written as the JSON of its value, in no more than the bytes that are reserved", () => {
  const row = fc.record({
    family: fc.constantFrom("ipv4" as const, "ipv6" as const),
    external: fc.bigInt(0n, 2n ** 32n - 1n).map((n) => ipFromBigint(4, n)),
    low: fc.integer({ min: 0, max: 65_535 }),
    high: fc.integer({ min: 0, max: 65_535 }),
    internalIp: fc.bigInt(0n, 2n ** 128n - 1n).map((n) => ipFromBigint(6, n)),
    mac: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
    vni: fc.integer({ min: 0, max: 2 ** 24 - 1 }),
  });
  const longest = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
  const longestRow = {
    family: "ipv6" as const,
    external: longest,
    low: 65_535,
    high: 65_535,
    internalIp: longest,
    mac: 2 ** 48 - 1,
    vni: 2 ** 24 - 1,
  };
  fc.assert(
    fc.property(row, (each) => {
      const out = new ByteWriter(0);
      out.reserve(natWriter.maxBytes);
      natWriter.write(each, out);
      expect(Buffer.from(out.finish()).toString()).toBe(JSON.stringify(wireNat(each)));
    }),
    { examples: [[longestRow]] },
  );
});
