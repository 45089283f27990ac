import { describe, expect, it } from "vitest";
import {
  isBroadcast,
  isLinkLocal,
  isLoopback,
  isMulticast,
  isSsm,
  isSsmByFlags,
  isUnderlayMulticast,
  isUnspecified,
} from "../src/index.ts";

describe.each([
  {
    test: isMulticast,
    inside: ["224.0.0.0", "239.255.255.255", "ff00::", "ffff::1"],
    outside: ["223.255.255.255", "240.0.0.0", "feff::1", "::ffff:224.0.0.1"],
  },
  {
    test: isLoopback,
    inside: ["127.0.0.0", "127.255.255.255", "::1"],
    outside: ["126.255.255.255", "128.0.0.0", "::", "::2", "1::1", "::ffff:127.0.0.1"],
  },
  { test: isUnspecified, inside: ["0.0.0.0", "::"], outside: ["0.0.0.1", "::1", "1::"] },
  {
    test: isLinkLocal,
    inside: ["169.254.0.0", "169.254.255.255", "fe80::", "febf:ffff::1"],
    outside: ["169.253.255.255", "169.255.0.0", "fe7f::", "fec0::", "ff02::1"],
  },
  { test: isBroadcast, inside: ["255.255.255.255"], outside: ["255.255.255.254", "::ffff:255.255.255.255"] },
  {
    test: isSsm,
    inside: ["232.0.0.0", "232.255.255.255", "ff30::1", "ff3e::8000:1", "ff3f:0:ffff::"],
    outside: ["231.255.255.255", "233.0.0.0", "ff3e:1::1", "ff2e::1", "ff40::", "ff05::1"],
  },
  {
    test: isSsmByFlags,
    inside: ["232.1.2.3", "ff30::1", "ff3e:1::1", "ff3f:ffff::"],
    outside: ["233.0.0.0", "ff2f::1", "ff40::"],
  },
  {
    test: isUnderlayMulticast,
    inside: ["ff04::", "ff04::e001:101", "ff04::ffff:ffff:ffff:ffff"],
    outside: ["ff04:0:0:1::", "ff04:1::1", "ff05::1", "224.4.0.0"],
  },
])("$test.name", ({ test, inside, outside }) => {
  it.each(inside)("%s belongs", (ip) => expect(test(ip)).toBe(true));
  it.each(outside)("%s does not", (ip) => expect(test(ip)).toBe(false));
  it("throws on text that is no address", () => expect(() => test("1.2.3")).toThrow(TypeError));
});
