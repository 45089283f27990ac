import { describe, expect, test } from "vitest";
import { compareSwitches, macText, type NatEntry, type OwnedEntry } from "../src/rack/nat-view.ts";

function owned(external: string, low: number, group: string | null = "nexus-instances", sled = "fd00::1"): OwnedEntry {
  const target = { internal_ip: sled, inner_mac: { a: [0xa8, 0x40, 0x25, 0xf0, 0, 1] }, vni: 100 };
  const entry: NatEntry = { external, low, high: low + 9, target };
  return { entry, group };
}

function shown(switch0: OwnedEntry[], switch1: OwnedEntry[]): string[] {
  const rows = compareSwitches([
    { switch: "switch0", entries: switch0 },
    { switch: "switch1", entries: switch1 },
  ]);
  return rows.map(
    ({ entry, group, switches, partial }) =>
      `${entry.external} ${entry.low} ${entry.target.internal_ip} ${group} ${switches.join("+")}${partial ? " !" : ""}`,
  );
}

describe("the entries of two switches", () => {
  test("are one row where they agree", () => {
    expect(shown([owned("10.0.0.1", 0)], [owned("10.0.0.1", 0)])).toEqual([
      "10.0.0.1 0 fd00::1 nexus-instances switch0+switch1",
    ]);
  });

  test("are marked where one switch lacks them, or leads them elsewhere, or another group owns them", () => {
    expect(
      shown(
        [owned("10.0.0.1", 0), owned("10.0.0.2", 0, null), owned("10.0.0.3", 0)],
        [owned("10.0.0.2", 0), owned("10.0.0.3", 0, "nexus-instances", "fd00::2")],
      ),
    ).toEqual([
      "10.0.0.1 0 fd00::1 nexus-instances switch0 !",
      "10.0.0.2 0 fd00::1 null switch0 !",
      "10.0.0.2 0 fd00::1 nexus-instances switch1 !",
      "10.0.0.3 0 fd00::1 nexus-instances switch0 !",
      "10.0.0.3 0 fd00::2 nexus-instances switch1 !",
    ]);
  });

  test("are in numeric order: IPv4 first, then by address, then by port", () => {
    const order = ["9.0.0.1", "10.0.0.2", "10.0.0.10", "::2", "::10", "::ffff:1.2.3.4", "fd00::", "fd00:0:1::"];
    const entries = order.flatMap((external) => [owned(external, 5), owned(external, 40)]);
    const rows = compareSwitches([{ switch: "switch0", entries: entries.toReversed() }]);
    expect(rows.map(({ entry }) => `${entry.external} ${entry.low}`)).toEqual(
      entries.map(({ entry }) => `${entry.external} ${entry.low}`),
    );
  });
});

test("a MAC address is written the way people do", () => {
  expect(macText({ a: [0xa8, 0x40, 0x25, 0xf0, 0, 1] })).toBe("A8:40:25:F0:00:01");
});
