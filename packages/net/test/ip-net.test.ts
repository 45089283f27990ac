import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compareIpNet,
  formatIpNet,
  inPrefix,
  ipNetRange,
  ipRangeContains,
  ipRangeSize,
  ipRangesOverlap,
  ipToBigint,
  ipVersion,
  isIpNet,
  isIpRange,
  networkOf,
  parseIpNet,
  type IpNet,
} from "../src/index.ts";
import { ip, ipv4, ipv6 } from "./arbitraries.ts";

const net = fc.oneof(
  fc.record({ address: ipv4, length: fc.nat(32) }),
  fc.record({ address: ipv6, length: fc.nat(128) }),
);

/** An address near a net: inside it, or with one bit of it flipped. */
function near({ address, length }: IpNet, bit: number): string {
  const bits = ipVersion(address) === 4 ? 32 : 128;
  const range = ipNetRange({ address, length: Math.max(0, Math.min(bits, length - 1 + (bit % 3))) });
  return bit % 2 === 0 ? range.first : range.last;
}

describe("prefix text", () => {
  it.each([
    ["10.0.0.5/24", "10.0.0.5/24"],
    ["0.0.0.0/0", "0.0.0.0/0"],
    ["1.2.3.4/08", "1.2.3.4/8"],
    ["1.2.3.4/+8", "1.2.3.4/8"],
    ["FD00:0::1/64", "fd00::1/64"],
    ["::/128", "::/128"],
  ])("%s is read and printed as %s", (text, printed) => {
    const parsed = parseIpNet(text);
    expect(parsed && formatIpNet(parsed)).toBe(printed);
  });

  it.each([
    "10.0.0.0",
    "10.0.0.0/",
    "10.0.0.0/33",
    "::/129",
    "/24",
    "10.0.0.0/24/1",
    "10.0.0.0/-1",
    "10.0.0/24",
    "::/ 1",
  ])("%j is refused", (text) => expect(isIpNet(text)).toBe(false));
});

describe("membership", () => {
  it("is decided by the numeric range of the net", () => {
    fc.assert(
      fc.property(net, ip, fc.nat(5), (each, other, bit) => {
        const range = ipNetRange(each);
        expect(isIpRange(range)).toBe(true);
        for (const candidate of [other, near(each, bit), each.address, range.first, range.last]) {
          expect(inPrefix(candidate, each)).toBe(ipRangeContains(range, candidate));
        }
        expect(inPrefix(each.address, each)).toBe(true);
      }),
    );
  });

  it("drops host bits in the network and nothing else", () => {
    expect(networkOf({ address: "10.1.2.3", length: 20 })).toEqual({ address: "10.1.0.0", length: 20 });
    expect(networkOf({ address: "fd00:1:2:3:4::1", length: 64 })).toEqual({ address: "fd00:1:2:3::", length: 64 });
    expect(networkOf({ address: "1.2.3.4", length: 0 })).toEqual({ address: "0.0.0.0", length: 0 });
    expect(inPrefix("0.0.0.1", { address: "::", length: 0 })).toBe(false);
  });

  it("orders IPv4 before IPv6, then by address, then by length", () => {
    const sorted = ["9.0.0.0/8", "10.0.0.0/8", "10.0.0.0/16", "::/0", "::/1", "1::/16"];
    const nets = sorted.map((text) => parseIpNet(text)).filter((each) => each !== null);
    expect(nets.toReversed().toSorted(compareIpNet).map(formatIpNet)).toEqual(sorted);
  });
});

describe("ranges", () => {
  it.each([
    ["10.0.0.1", "10.0.0.1", true],
    ["10.0.0.1", "10.0.0.255", true],
    ["10.0.0.2", "10.0.0.1", false],
    ["9.0.0.0", "10.0.0.0", true],
    ["10.0.0.1", "::1", false],
    ["::1", "::ffff", true],
    ["::1", "nonsense", false],
  ])("%s to %s: valid is %s", (first, last, valid) => expect(isIpRange({ first, last })).toBe(valid));

  it("count both ends", () => {
    expect(ipRangeSize({ first: "10.0.0.1", last: "10.0.0.1" })).toBe(1n);
    expect(ipRangeSize({ first: "0.0.0.0", last: "255.255.255.255" })).toBe(2n ** 32n);
    expect(ipRangeSize(ipNetRange({ address: "::", length: 0 }))).toBe(2n ** 128n);
  });

  it("overlap exactly when they share an address", () => {
    const range = fc.oneof(fc.tuple(ipv4, ipv4), fc.tuple(ipv6, ipv6)).map(([a, b]) => {
      return ipToBigint(a) <= ipToBigint(b) ? { first: a, last: b } : { first: b, last: a };
    });
    fc.assert(
      fc.property(range, range, (a, b) => {
        const shared = ipRangeContains(a, b.first) || ipRangeContains(b, a.first);
        expect(ipRangesOverlap(a, b)).toBe(shared);
        expect(ipRangesOverlap(b, a)).toBe(shared);
        expect(ipRangesOverlap(a, a)).toBe(true);
      }),
    );
    expect(ipRangesOverlap({ first: "10.0.0.1", last: "10.0.0.5" }, { first: "10.0.0.6", last: "10.0.0.9" })).toBe(
      false,
    );
    expect(ipRangesOverlap({ first: "10.0.0.1", last: "10.0.0.6" }, { first: "10.0.0.6", last: "10.0.0.9" })).toBe(
      true,
    );
  });
});
