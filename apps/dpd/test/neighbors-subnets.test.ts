import { formatIpNet } from "@racklet/net";
import { describe, expect, test } from "vitest";
import { resetAll, resetTagged } from "../src/reset/reset.ts";
import type { ResetDomains } from "../src/reset/reset.ts";
import { NEIGHBOR_TABLES } from "../src/table/neighbor.ts";
import { ATTACHED_SUBNETS } from "../src/table/subnet.ts";
import { PARAMS, dump, hop, net, networkRig, snapshot } from "./network-rig.ts";
import type { NetworkRig } from "./network-rig.ts";
import { failure } from "./rig.ts";

describe("neighbors", () => {
  test("are written anew each time: MAC, tag and time", async () => {
    const one = networkRig();
    const { arp } = one.neighbors;
    await arp.upsert({ ip: "192.0.2.1", mac: 1, tag: "a" });
    one.world.nowMs = 5_000;
    await arp.upsert({ ip: "192.0.2.1", mac: 0xff, tag: "b" });
    expect(arp.get("192.0.2.1")).toMatchObject({ mac: 0xff, tag: "b", updated: 5_000 });
    one.world.nowMs = 6_000;
    await arp.upsert({ ip: "192.0.2.1", mac: 0xff, tag: "c" });
    expect(arp.list(9)).toMatchObject([{ ip: "192.0.2.1", mac: 0xff, tag: "c", updated: 6_000 }]);
    expect(dump(one, NEIGHBOR_TABLES.ipv4)).toEqual(["192.0.2.1 -> rewrite(dst_mac=00:00:00:00:00:ff)"]);
    // The table is written only when it would say something else.
    expect(one.model.table(NEIGHBOR_TABLES.ipv4).usage()).toMatchObject({ inserts: 1, updates: 1 });
  });

  test("without a MAC have their traffic dropped", async () => {
    const one = networkRig();
    await one.neighbors.ndp.upsert({ ip: "fe80::1", mac: 0, tag: "" });
    expect(dump(one, NEIGHBOR_TABLES.ipv6)).toEqual(["fe80::1 -> drop()"]);
    await one.neighbors.ndp.upsert({ ip: "fe80::1", mac: 9, tag: "" });
    expect(dump(one, NEIGHBOR_TABLES.ipv6)).toEqual(["fe80::1 -> rewrite(dst_mac=00:00:00:00:00:09)"]);
  });

  test("are of the table's family", async () => {
    const { arp, ndp } = networkRig().neighbors;
    expect(await failure(arp.upsert({ ip: "fe80::1", mac: 1, tag: "" }))).toMatch(
      /^invalid - ip: fe80::1 is not an ipv4/,
    );
    expect(await failure(ndp.upsert({ ip: "192.0.2.1", mac: 1, tag: "" }))).toMatch(/^invalid/);
  });

  test("are 404 when unknown, listed in numeric order, and removed by tag", async () => {
    const { arp } = networkRig().neighbors;
    expect(() => arp.get("192.0.2.1")).toThrow(expect.objectContaining({ errorCode: "no matching entry" }));
    expect(await failure(arp.delete("192.0.2.1"))).toBe("missing no matching entry no matching entry: 192.0.2.1");
    for (const [ip, tag] of [
      ["192.0.2.10", "a"],
      ["192.0.2.9", "b"],
      ["10.0.0.1", "a"],
    ] as const) {
      await arp.upsert({ ip, mac: 1, tag });
    }
    const ips = (limit: number, after?: string) => arp.list(limit, after).map(({ ip }) => ip);
    expect(ips(9)).toEqual(["10.0.0.1", "192.0.2.9", "192.0.2.10"]);
    expect(ips(1, "10.0.0.1")).toEqual(["192.0.2.9"]);
    await arp.resetTag("a");
    expect(ips(9)).toEqual(["192.0.2.9"]);
    await arp.delete("192.0.2.9");
    await arp.reset();
    expect(ips(9)).toEqual([]);
  });

  test("fill the table", async () => {
    const { arp } = networkRig().neighbors;
    for (let n = 0; n < 512; n++) await arp.upsert({ ip: `10.0.${n >> 8}.${n & 255}`, mac: 1, tag: "" });
    await arp.upsert({ ip: "10.0.0.0", mac: 2, tag: "" });
    expect(await failure(arp.upsert({ ip: "10.0.2.0", mac: 1, tag: "" }))).toMatch(
      /^tableFull - Ingress\.l3_router\.Arp\.tbl: 512 of 512/,
    );
  });
});

const TARGET = { internalIp: "fd00:1122:3344:101::1", mac: 0xa840_25f0_0001, vni: 100 };

describe("attached subnets", () => {
  test("are created once, and never change their target", async () => {
    const one = networkRig();
    await one.subnets.create(net("192.0.2.7/24"), TARGET);
    const before = snapshot(one);
    await one.subnets.create(net("192.0.2.0/24"), TARGET);
    for (const other of [{ vni: 7 }, { mac: 7 }, { internalIp: "fd00::7" }]) {
      expect(await failure(one.subnets.create(net("192.0.2.0/24"), { ...TARGET, ...other }))).toMatch(
        /^exists conflicting mapping conflicting mapping: 192\.0\.2\.0\/24 goes to fd00:1122:3344:101::1 vni 100/,
      );
    }
    expect(snapshot(one)).toEqual(before);
    expect(dump(one, ATTACHED_SUBNETS.ipv4)).toEqual([
      "192.0.2.0/24 -> forward_to_v4(target=fd00:1122:3344:101::1 inner_mac=a8:40:25:f0:00:01 vni=100)",
    ]);
  });

  test("are listed IPv4 first, at most 64 at a time, and 404 only to get", async () => {
    const { subnets } = networkRig();
    await subnets.create(net("2001:db8::/48"), TARGET);
    for (let n = 70; n > 0; n--) await subnets.create(net(`10.${n}.0.0/16`), { ...TARGET, vni: n });
    const first = subnets.list(1000);
    expect(first).toHaveLength(64);
    expect(first.map(({ vni }) => vni)).toEqual(Array.from({ length: 64 }, (_, at) => at + 1));
    const rest = subnets.list(1000, first.at(-1)?.subnet);
    expect(rest.map(({ subnet }) => formatIpNet(subnet)).at(-1)).toBe("2001:db8::/48");
    expect(rest).toHaveLength(7);
    expect(subnets.get(net("10.5.0.0/16"))).toMatchObject({ ...TARGET, vni: 5 });
    await subnets.delete(net("10.5.0.0/16"));
    await subnets.delete(net("10.5.0.0/16"));
    expect(() => subnets.get(net("10.5.0.0/16"))).toThrow(expect.objectContaining({ errorCode: "no mapping" }));
    await subnets.reset();
    expect(subnets.list(9)).toEqual([]);
  });

  test("are 512 of a family", async () => {
    const { subnets } = networkRig();
    for (let n = 0; n < 512; n++) await subnets.create(net(`10.${n >> 8}.${n & 255}.0/24`), TARGET);
    expect(await failure(subnets.create(net("10.9.0.0/24"), TARGET))).toMatch(/^tableFull .*512 of 512/);
    await subnets.create(net("2001:db8::/48"), TARGET);
  });
});

describe("resets", () => {
  async function start(): Promise<{ one: NetworkRig; domains: ResetDomains; calls: string[] }> {
    const one = networkRig();
    await one.ports.createLink("qsfp0", PARAMS);
    await one.loopbacks.create({ addr: "10.255.0.1", tag: "a" });
    await one.subnets.create(net("192.0.2.0/24"), TARGET);
    for (const [n, tag] of [
      [1, "a"],
      [2, "b"],
    ] as const) {
      await one.ports.createAddress("qsfp0", 0, { addr: `198.51.100.${n}`, tag });
      await one.ports.createAddress("qsfp0", 0, { addr: `fd00::${n}`, tag });
      await one.neighbors.arp.upsert({ ip: `198.51.100.1${n}`, mac: 1, tag });
      await one.neighbors.ndp.upsert({ ip: `fe80::1${n}`, mac: 1, tag });
      await one.routes.ipv4.add(net("0.0.0.0/0"), hop(`198.51.100.1${n}`, { tag }));
      await one.routes.ipv6.add(net("::/0"), hop(`fe80::1${n}`, { tag }));
    }
    const calls: string[] = [];
    const domains: ResetDomains = {
      ...one,
      nat: {
        entries: {
          resetAll: async () => {
            calls.push("nat");
          },
        },
      },
      mcast: {
        resetAll: async () => {
          calls.push("mcast");
        },
      },
    };
    return { one, domains, calls };
  }

  test("of everything leave the loopbacks, and the links without addresses", async () => {
    const { one, domains, calls } = await start();
    await resetAll(domains);
    const bare = networkRig();
    await bare.ports.createLink("qsfp0", PARAMS);
    await bare.loopbacks.create({ addr: "10.255.0.1", tag: "a" });
    expect(snapshot(one)).toEqual(snapshot(bare));
    expect(calls).toEqual(["mcast", "nat"]);
  });

  test("of a tag remove its neighbors, next hops and addresses, and nothing else", async () => {
    const { one, domains, calls } = await start();
    await resetTagged(domains, "a");
    expect(one.neighbors.arp.list(9)).toMatchObject([{ tag: "b" }]);
    expect(one.neighbors.ndp.list(9)).toMatchObject([{ tag: "b" }]);
    expect(one.routes.ipv4.list(9)).toMatchObject([{ targets: [{ tag: "b" }] }]);
    expect(one.routes.ipv6.list(9)).toMatchObject([{ targets: [{ tag: "b" }] }]);
    expect(one.ports.getLink("qsfp0", 0)).toMatchObject({ ipv4: [{ tag: "b" }], ipv6: [{ tag: "b" }] });
    expect(one.loopbacks.list("ipv4")).toHaveLength(1);
    expect(one.subnets.list(9)).toHaveLength(1);
    expect(calls).toEqual([]);
  });

  test("go on past a failure and report the last one", async () => {
    const { one, domains } = await start();
    const failing: ResetDomains = {
      ...domains,
      mcast: { resetAll: () => Promise.reject(new Error("mcast failed")) },
      nat: { entries: { resetAll: () => Promise.reject(new Error("nat failed")) } },
    };
    await expect(resetAll(failing)).rejects.toThrow("nat failed");
    expect(one.ports.listAllLinks()).toMatchObject([{ ipv4: [], ipv6: [] }]);
    expect(one.routes.ipv4.list(9)).toEqual([]);
  });
});
