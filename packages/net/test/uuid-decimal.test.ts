import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalUuid, isUuid, parseI64, parseU16, parseU32, parseU64, parseU8 } from "../src/index.ts";

const canonical = "00112233-4455-6677-8899-aabbccddeeff";

describe("UUIDs", () => {
  it.each([
    canonical,
    canonical.toUpperCase(),
    canonical.replaceAll("-", ""),
    `urn:uuid:${canonical}`,
    `{${canonical.toUpperCase()}}`,
  ])("%s is accepted", (text) => expect(canonicalUuid(text)).toBe(canonical));

  it.each([
    "",
    canonical.slice(1),
    `${canonical}0`,
    canonical.replace("f", "g"),
    canonical.replace("-", ""),
    "001122334-455-6677-8899-aabbccddeeff",
    `URN:UUID:${canonical}`,
    `{${canonical.replaceAll("-", "")}}`,
    `(${canonical})`,
    `{${canonical})`,
    `xrn:uuid:${canonical}`,
  ])("%j is refused", (text) => {
    expect(canonicalUuid(text)).toBeNull();
    expect(isUuid(text)).toBe(false);
  });

  it("of any version and variant are accepted, and canonical text is kept", () => {
    fc.assert(
      fc.property(fc.uuid({ version: [1, 2, 3, 4, 5, 6, 7, 8] }), fc.nat(15), (uuid, nibble) => {
        const any = uuid.slice(0, 14) + nibble.toString(16) + uuid.slice(15);
        expect(isUuid(any)).toBe(true);
        expect(isUuid(any.toUpperCase())).toBe(true);
        expect(canonicalUuid(any)).toBe(any);
      }),
    );
    expect(isUuid(`{${canonical}}`)).toBe(false);
  });
});

describe("decimal parameters", () => {
  const unsigned = [
    { parse: (text: string) => widen(parseU8(text)), max: 0xffn },
    { parse: (text: string) => widen(parseU16(text)), max: 0xffffn },
    { parse: (text: string) => widen(parseU32(text)), max: 0xffff_ffffn },
    { parse: parseU64, max: 2n ** 64n - 1n },
  ];

  function widen(n: number | null): bigint | null {
    return n === null ? null : BigInt(n);
  }

  it.each(unsigned)("are taken up to $max, with a plus sign and leading zeros", ({ parse, max }) => {
    expect(parse(`${max}`)).toBe(max);
    expect(parse(`${max + 1n}`)).toBeNull();
    expect(parse(`${max}0`)).toBeNull();
    expect(parse(`+${"0".repeat(40)}7`)).toBe(7n);
    expect(parse("00")).toBe(0n);
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: max * 2n }), (n) => {
        expect(parse(`${n}`)).toBe(n <= max ? n : null);
      }),
    );
  });

  it.each(["", "+", "-", "-0", "-1", "++1", "1 ", " 1", "1.0", "1e3", "0x1", "1_000", "١"])(
    "%j is no unsigned number",
    (text) => {
      for (const { parse } of unsigned) expect(parse(text)).toBeNull();
    },
  );

  it("may be negative when signed", () => {
    expect(parseI64("-9223372036854775808")).toBe(-(2n ** 63n));
    expect(parseI64("-9223372036854775809")).toBeNull();
    expect(parseI64("9223372036854775807")).toBe(2n ** 63n - 1n);
    expect(parseI64("9223372036854775808")).toBeNull();
    expect(parseI64("+0042")).toBe(42n);
    expect(parseI64("-0")).toBe(0n);
    for (const text of ["", "-", "+", "--1", "+-1", "1-"]) expect(parseI64(text)).toBeNull();
  });
});
