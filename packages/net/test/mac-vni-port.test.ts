import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ALL_PORTS,
  GUEST_MAC_FIRST,
  GUEST_MAC_LAST,
  SNAT_BLOCKS,
  canonicalMac,
  formatL4PortRange,
  formatMac,
  isGuestVni,
  isMac,
  isMulticastMac,
  isPort,
  isPortRange,
  isSnatBlock,
  isVni,
  macFromBytes,
  macToBytes,
  parseL4PortRange,
  parseMac,
  portRangeContains,
  portRangesOverlap,
} from "../src/index.ts";

const mac = fc.maxSafeNat().map((n) => n % 2 ** 48);

describe("MAC addresses", () => {
  it.each([
    ["a8:40:25:ff:77:77", "A8:40:25:FF:77:77"],
    ["A8:40:25:FF:77:77", "A8:40:25:FF:77:77"],
    ["2:8:20:0:f:1", "02:08:20:00:0F:01"],
    [":::::", "00:00:00:00:00:00"],
  ])("%s is written as %s", (text, canonical) => expect(canonicalMac(text)).toBe(canonical));

  it.each([
    "",
    "a8:40:25:ff:77",
    "a8:40:25:ff:77:77:01",
    "a8:40:25:ff:77:777",
    "a8-40-25-ff-77-77",
    "g8:40:25:ff:77:77",
    "a8:40:25:ff:77:+7",
  ])("%j is refused", (text) => {
    expect(isMac(text)).toBe(false);
    expect(canonicalMac(text)).toBeNull();
  });

  it("pass through text and octets unchanged", () => {
    fc.assert(
      fc.property(mac, (n) => {
        expect(parseMac(formatMac(n))).toBe(n);
        expect(macFromBytes(macToBytes(n))).toBe(n);
        expect(formatMac(n)).toBe(
          macToBytes(n)
            .a.map((octet) => octet.toString(16).toUpperCase().padStart(2, "0"))
            .join(":"),
        );
        expect(isMulticastMac(n)).toBe(((macToBytes(n).a[0] ?? 0) & 1) === 1);
      }),
    );
  });

  it.each([
    [[1, 2, 3, 4, 5]],
    [[1, 2, 3, 4, 5, 6, 7]],
    [[1, 2, 3, 4, 5, 256]],
    [[1, 2, 3, 4, 5, -1]],
    [[1, 2, 3, 4, 5, 0.5]],
  ])("octets %j are refused", (a) => expect(macFromBytes({ a })).toBeNull());

  it("refuse numbers of more than 48 bits", () => {
    for (const n of [-1, 2 ** 48, 0.5]) {
      expect(() => formatMac(n)).toThrow(RangeError);
      expect(() => macToBytes(n)).toThrow(RangeError);
    }
  });

  it("of guests lie in the Oxide range", () => {
    expect([GUEST_MAC_FIRST, GUEST_MAC_LAST].map(formatMac)).toEqual(["A8:40:25:F0:00:00", "A8:40:25:FE:FF:FF"]);
  });
});

describe("VNIs", () => {
  it.each([
    [0, true, false],
    [1023, true, false],
    [1024, true, true],
    [16_777_215, true, true],
    [16_777_216, false, false],
    [-1, false, false],
    [1.5, false, false],
  ])("%d: valid %s, for guests %s", (n, valid, guest) => expect([isVni(n), isGuestVni(n)]).toEqual([valid, guest]));
});

describe("ports", () => {
  it("are 0 to 65535", () => {
    expect([0, 65_535, -1, 65_536, 0.5].map(isPort)).toEqual([true, true, false, false, false]);
    expect(isPortRange(ALL_PORTS)).toBe(true);
    expect(isPortRange({ low: 2, high: 1 })).toBe(false);
    expect(isPortRange({ low: 0, high: 65_536 })).toBe(false);
  });

  it("overlap exactly when the ranges share a port", () => {
    const range = fc.tuple(fc.nat(40), fc.nat(40)).map(([a, b]) => ({ low: Math.min(a, b), high: Math.max(a, b) }));
    fc.assert(
      fc.property(range, range, (a, b) => {
        const shared = Array.from({ length: 41 }, (_, port) => port).some(
          (port) => portRangeContains(a, port) && portRangeContains(b, port),
        );
        expect(portRangesOverlap(a, b)).toBe(shared);
      }),
    );
  });

  it("fall into four source NAT blocks without gap or overlap", () => {
    expect(SNAT_BLOCKS.map(({ low, high }) => `${low}-${high}`)).toEqual([
      "0-16383",
      "16384-32767",
      "32768-49151",
      "49152-65535",
    ]);
    expect(SNAT_BLOCKS.every(isSnatBlock)).toBe(true);
    for (const range of [
      ALL_PORTS,
      { low: 1, high: 16_384 },
      { low: 0, high: 16_382 },
      { low: 65_536, high: 81_919 },
    ]) {
      expect(isSnatBlock(range)).toBe(false);
    }
  });

  it.each([
    ["80", "80"],
    ["80-443", "80-443"],
    ["443-443", "443"],
    ["1-65535", "1-65535"],
  ])("filter %s prints as %s", (text, printed) => {
    const range = parseL4PortRange(text);
    expect(range && formatL4PortRange(range)).toBe(printed);
  });

  it.each(["", "0", "0-80", "-80", "80-", "443-80", "80-443-444", "65536", "http"])("filter %j is refused", (text) =>
    expect(parseL4PortRange(text)).toBeNull(),
  );
});
