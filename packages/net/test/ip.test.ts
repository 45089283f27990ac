import { isIP, isIPv4, isIPv6 } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  canonicalIp,
  compareIp,
  formatIpv4,
  formatIpv6,
  ipFromBigint,
  ipToBigint,
  ipVersion,
  isIp,
  isIpv4,
  isIpv6,
  nextIp,
  parseIpv4,
  parseIpv6,
  sortedByIp,
} from "../src/index.ts";
import { ip, ipv4, ipv6Groups, groupsToBigint, spelledIpv6 } from "./arbitraries.ts";

describe("canonical text is what Rust prints", () => {
  it.each([
    ["10.0.0.1", "10.0.0.1"],
    ["::10.0.0.1", "::a00:1"],
    ["::ffff:10.0.0.1", "::ffff:10.0.0.1"],
    ["::ffff:0a00:0001", "::ffff:10.0.0.1"],
    ["::FFFF:0:0", "::ffff:0.0.0.0"],
    ["0:0:0:0:0:ffff:1.2.3.4", "::ffff:1.2.3.4"],
    ["::fffe:1.2.3.4", "::fffe:102:304"],
    ["64:ff9b::1.2.3.4", "64:ff9b::102:304"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["0:0:0:0:0:0:0:1", "::1"],
    ["1:0:0:0:0:0:0:0", "1::"],
    ["FD00:1122:3344:0101::1", "fd00:1122:3344:101::1"],
    ["1:0:0:4:0:0:7:8", "1::4:0:0:7:8"],
    ["1:0:3:4:0:0:7:8", "1:0:3:4::7:8"],
    ["1::3:4:5:6:7:8", "1:0:3:4:5:6:7:8"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"],
    ["0::", "::"],
    ["ff04:0:0:0:0:0:e001:101", "ff04::e001:101"],
  ])("%s → %s", (text, canonical) => {
    expect(canonicalIp(text)).toBe(canonical);
    expect(canonicalIp(canonical)).toBe(canonical);
  });
});

describe("text that is no address", () => {
  it.each([
    "",
    " 1.2.3.4",
    "1.2.3.4 ",
    "01.2.3.4",
    "1.2.3.04",
    "1.2.3",
    "1.2.3.4.5",
    "1..3.4",
    ".1.2.3",
    "1.2.3.",
    "1.2.3.256",
    "0x7f.1",
    "+1.2.3.4",
    "1.2.3.4/32",
    "١.2.3.4",
    ":",
    ":::",
    ":1",
    "1:",
    "1::2::3",
    "1:::2",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "::1:2:3:4:5:6:7:8",
    "1:2:3:4::5:6:7:8",
    "12345::",
    "::00001",
    "::g",
    "::1.2.3.256",
    "::1.2.3.04",
    "::1.2.3",
    "::1.2.3.4:5",
    "1.2.3.4::",
    "1:2:3:4:5:6:7:1.2.3.4",
    "1:2:3:4:5:6::1.2.3.4",
    "fe80::1%eth0",
    "fd00::/64",
    "[::1]",
    "::ffff:1.2.3.4:",
  ])("%j is refused", (text) => {
    expect(isIp(text)).toBe(false);
    expect(canonicalIp(text)).toBeNull();
    expect(parseIpv4(text)).toBeNull();
    expect(parseIpv6(text)).toBeNull();
    expect(() => compareIp(text, "::")).toThrow(TypeError);
    expect(() => ipToBigint(text)).toThrow(TypeError);
  });
});

describe("acceptance", () => {
  const piece = fc.constantFrom(
    ":",
    "::",
    ".",
    "0",
    "00",
    "1",
    "10",
    "255",
    "256",
    "ffff",
    "A",
    "12345",
    "g",
    " ",
    "/",
    "1.2.3.4",
  );
  const nearAddress = fc.oneof(
    fc.array(piece, { maxLength: 18 }).map((pieces) => pieces.join("")),
    fc
      .tuple(
        fc.oneof(
          ipv4,
          spelledIpv6.map(({ text }) => text),
        ),
        fc.nat(45),
        fc.nat(2),
        piece,
      )
      .map(([text, at, cut, insert]) => text.slice(0, at) + insert + text.slice(at + cut)),
  );

  it("agrees with node:net on text without a zone id", () => {
    fc.assert(
      fc.property(nearAddress, (text) => {
        expect([isIpv4(text), isIpv6(text), isIp(text)]).toEqual([isIPv4(text), isIPv6(text), isIP(text) !== 0]);
      }),
      { numRuns: 20_000 },
    );
  });

  it("never takes a zone id, unlike node:net", () => {
    fc.assert(
      fc.property(ipv6Groups, fc.string({ maxLength: 5 }), (groups, zone) => {
        expect(isIp(`${formatIpv6(groupsToBigint(groups))}%${zone}`)).toBe(false);
      }),
    );
  });
});

describe("parsing and printing", () => {
  it("keeps every IPv4 value and spelling", () => {
    fc.assert(
      fc.property(fc.nat(0xffff_ffff), (n) => {
        expect(parseIpv4(formatIpv4(n))).toBe(n);
        expect(canonicalIp(formatIpv4(n))).toBe(formatIpv4(n));
      }),
    );
  });

  it("reads every spelling of an IPv6 address and prints one", () => {
    fc.assert(
      fc.property(spelledIpv6, ({ text, value }) => {
        expect(parseIpv6(text)).toBe(value);
        expect(parseIpv6(formatIpv6(value))).toBe(value);
        expect(canonicalIp(text)).toBe(formatIpv6(value));
      }),
      { numRuns: 5_000 },
    );
  });

  it("agrees with the URL standard's text except for IPv4-mapped addresses", () => {
    fc.assert(
      fc.property(spelledIpv6, ({ text, value }) => {
        fc.pre(value >> 32n !== 0xffffn);
        expect(`[${canonicalIp(text)}]`).toBe(new URL(`http://[${text}]/`).hostname);
      }),
      { numRuns: 5_000 },
    );
  });

  it("refuses numbers outside the family", () => {
    for (const n of [-1, 2 ** 32, 0.5, Number.NaN]) expect(() => formatIpv4(n)).toThrow(RangeError);
    for (const n of [-1n, 2n ** 128n]) expect(() => formatIpv6(n)).toThrow(RangeError);
    expect(() => ipFromBigint(4, 2n ** 32n)).toThrow(RangeError);
  });
});

describe("order and arithmetic", () => {
  it("sorts IPv4 before IPv6 and numerically within a family", () => {
    const key = (text: string) => [BigInt(ipVersion(text)), ipToBigint(text)] as const;
    fc.assert(
      fc.property(ip, ip, (a, b) => {
        const [versionA, valueA] = key(a);
        const [versionB, valueB] = key(b);
        const expected = versionA === versionB ? valueA - valueB : versionA - versionB;
        expect(Math.sign(compareIp(a, b))).toBe(expected === 0n ? 0 : expected < 0n ? -1 : 1);
      }),
    );
  });

  it("sorts a list as comparing its addresses would, and keeps the order of equal ones", () => {
    fc.assert(
      fc.property(fc.array(ip), (addresses) => {
        const items = [...addresses, ...addresses].map((address, at) => ({ address, at }));
        const expected = items.toSorted((a, b) => compareIp(a.address, b.address));
        expect(sortedByIp(items, ({ address }) => address)).toEqual(expected);
      }),
    );
  });

  it("converts to a number and back", () => {
    fc.assert(
      fc.property(ip, (text) => {
        expect(ipFromBigint(ipVersion(text), ipToBigint(text))).toBe(text);
      }),
    );
  });

  it.each([
    ["10.0.0.255", "10.0.1.0"],
    ["255.255.255.255", null],
    ["::ffff:255.255.255.255", "::1:0:0:0"],
    ["fd00::ffff", "fd00::1:0"],
    ["ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null],
  ])("after %s comes %s", (text, next) => expect(nextIp(text)).toBe(next));
});
