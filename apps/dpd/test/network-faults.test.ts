/** Whatever operation of the ASIC fails, a change of ports, routes, neighbors or subnets happens as a whole or not at all. */
import { describe, expect, test } from "vitest";
import type { Fault } from "../src/asic/index.ts";
import { DpdError } from "../src/errors.ts";
import type { PortSettings } from "../src/port/types.ts";
import { PARAMS, hop, net, networkRig, snapshot, withFaults } from "./network-rig.ts";
import type { NetworkRig } from "./network-rig.ts";

const TARGET = { internalIp: "fd00:1122:3344:101::1", mac: 0xa840_25f0_0001, vni: 100 };

async function start(): Promise<NetworkRig> {
  const one = networkRig();
  const { ports, loopbacks, neighbors, routes, subnets } = one;
  await ports.createLink("qsfp0", PARAMS);
  await ports.createLink("qsfp0", PARAMS);
  await ports.createLink("rear0", PARAMS);
  await ports.setEnabled("rear0", 0, true);
  for (const [addr, tag] of [
    ["198.51.100.1", "t"],
    ["198.51.100.2", "other"],
    ["fe80::1", "t"],
  ] as const) {
    await ports.createAddress("qsfp0", 0, { addr, tag });
  }
  await ports.createAddress("rear0", 0, { addr: "fd00::1", tag: "t" });
  await loopbacks.create({ addr: "10.255.0.1", tag: "t" });
  for (const [n, tag] of [
    [1, "t"],
    [2, "other"],
    [3, "t"],
  ] as const) {
    await neighbors.arp.upsert({ ip: `198.51.100.${10 + n}`, mac: n, tag });
    await neighbors.ndp.upsert({ ip: `fe80::${10 + n}`, mac: n, tag });
    await routes.ipv4.add(net("0.0.0.0/0"), hop(`198.51.100.${10 + n}`, { tag }));
    await routes.ipv6.add(net("::/0"), hop(`fe80::${10 + n}`, { tag }));
    await routes.ipv4.add(net(`10.${n}.0.0/16`), hop("fe80::1", { tag, vlanId: 10 * n }));
    await subnets.create(net(`192.0.${n}.0/24`), { ...TARGET, vni: n });
    await subnets.create(net(`2001:db8:${n}::/48`), { ...TARGET, vni: n });
  }
  return one;
}

const SETTINGS: PortSettings = new Map([
  [0, { params: { ...PARAMS, speed: "Speed200G", allowDdmTraffic: true }, addrs: ["198.51.100.9", "fe80::9"] }],
  [2, { params: PARAMS, addrs: ["198.51.100.1", "203.0.113.1"] }],
]);

const MUTATIONS: Readonly<Record<string, (one: NetworkRig) => Promise<unknown>>> = {
  "create a link": ({ ports }) => ports.createLink("qsfp1", PARAMS),
  "delete a link": ({ ports }) => ports.deleteLink("qsfp0", 0),
  "enable a link": ({ ports }) => ports.setEnabled("qsfp0", 0, true),
  "make a link no uplink": ({ ports }) => ports.setUplink("qsfp0", 0, false),
  "make a link an uplink": ({ ports }) => ports.setUplink("rear0", 0, true),
  "change the MAC of a link": ({ ports }) => ports.setMac("qsfp0", 0, 0x0200_0000_0001),
  "change autonegotiation": ({ ports }) => ports.setAutoneg("qsfp0", 1, true),
  "inject a fault": ({ ports }) => ports.setFault("rear0", 0, { kind: "Injected", message: "test" }),
  "create an address": ({ ports }) => ports.createAddress("qsfp0", 1, { addr: "203.0.113.7", tag: "t" }),
  "delete an address": ({ ports }) => ports.deleteAddress("qsfp0", 0, "198.51.100.1"),
  "reset the addresses of a link": ({ ports }) => ports.resetAddresses("qsfp0", 0, "ipv4"),
  "apply settings": ({ ports }) => ports.applySettings("qsfp0", SETTINGS, "t"),
  "clear settings": ({ ports }) => ports.clearSettings("qsfp0", "t"),
  "reset the addresses of all links": ({ ports }) => ports.reset(),
  "reset the addresses of a tag": ({ ports }) => ports.resetTag("t"),
  "create a loopback": ({ loopbacks }) => loopbacks.create({ addr: "::5", tag: "t" }),
  "delete a loopback": ({ loopbacks }) => loopbacks.delete("10.255.0.1"),
  "create a neighbor": ({ neighbors }) => neighbors.arp.upsert({ ip: "198.51.100.77", mac: 7, tag: "t" }),
  "replace a neighbor": ({ neighbors }) => neighbors.ndp.upsert({ ip: "fe80::11", mac: 0, tag: "u" }),
  "delete a neighbor": ({ neighbors }) => neighbors.arp.delete("198.51.100.11"),
  "reset ARP": ({ neighbors }) => neighbors.arp.reset(),
  "reset the NDP of a tag": ({ neighbors }) => neighbors.ndp.resetTag("t"),
  "add a route": ({ routes }) => routes.ipv4.add(net("10.9.0.0/16"), hop("198.51.100.11")),
  "add a next hop": ({ routes }) => routes.ipv4.add(net("0.0.0.0/0"), hop("fe80::9", { vlanId: 9 })),
  "replace a route": ({ routes }) => routes.ipv6.set(net("::/0"), hop("fe80::9"), true),
  "delete a route": ({ routes }) => routes.ipv4.delete(net("0.0.0.0/0")),
  "delete a next hop": ({ routes }) => routes.ipv4.deleteTarget(net("0.0.0.0/0"), "qsfp0", 0, "198.51.100.12"),
  "delete the last next hop": ({ routes }) => routes.ipv4.deleteTarget(net("10.1.0.0/16"), "qsfp0", 0, "fe80::1"),
  "reset IPv4 routes": ({ routes }) => routes.ipv4.reset(),
  "reset the next hops of a tag": ({ routes }) => routes.ipv4.resetTag("t"),
  "attach a subnet": ({ subnets }) => subnets.create(net("203.0.113.0/24"), TARGET),
  "detach a subnet": ({ subnets }) => subnets.delete(net("192.0.1.0/24")),
  "reset attached subnets": ({ subnets }) => subnets.reset(),
};

const WHENS: readonly Fault["when"][] = ["before", "after"];
const stuck = ({ ports, neighbors, routes, subnets }: NetworkRig) =>
  [ports.writer, neighbors.writer, routes.writer, subnets.writer].flatMap((writer) => writer.stuck());

describe.each(Object.entries(MUTATIONS))("%s", (_name, mutate) => {
  test.each(WHENS)("leaves everything as it was when any one operation fails (%s the fact)", async (when) => {
    const fault = { kind: "synthetic", when } as const;
    const clean = await start();
    const { writes } = await withFaults(
      clean,
      () => false,
      fault,
      () => mutate(clean),
    );
    expect(writes).toBeGreaterThan(0);
    for (let k = 1; k <= writes; k++) {
      const one = await start();
      const before = snapshot(one);
      const { error } = await withFaults(
        one,
        (write) => write === k,
        fault,
        () => mutate(one),
      );
      expect(error).toMatchObject({ kind: "synthetic", errorCode: "Synthetic ASIC error" });
      expect(snapshot(one), `operation ${k} of ${writes}`).toEqual(before);
      expect(stuck(one)).toEqual([]);
      await mutate(one);
      expect(snapshot(one)).toEqual(snapshot(clean));
    }
  });

  test("shows what it could not undo, and undoes it before the next change", async () => {
    const fault = { kind: "internal", when: "before" } as const;
    const clean = await start();
    const { writes } = await withFaults(
      clean,
      () => false,
      fault,
      () => mutate(clean),
    );
    for (let k = 1; k <= writes; k++) {
      const one = await start();
      const before = snapshot(one);
      const { error } = await withFaults(
        one,
        (write) => write >= k,
        fault,
        () => mutate(one),
      );
      expect(error).toBeInstanceOf(DpdError);
      expect(error).toMatchObject({ kind: k === 1 ? "asicFailure" : "rollbackFailed" });
      expect(stuck(one).length).toBe(k - 1);
      // While the ASIC keeps failing, nothing more is changed.
      if (k > 1) {
        const again = await withFaults(
          one,
          () => true,
          fault,
          () => mutate(one),
        );
        expect(again.error).toMatchObject({ kind: "rollbackFailed", errorCode: "rollback failure" });
      }
      // An undo that is finished later gives exactly the old state, on which the change then succeeds.
      await one.loopbacks.delete("192.0.2.99");
      await one.neighbors.arp.resetTag("nobody's");
      await one.routes.ipv4.resetTag("nobody's");
      await one.subnets.delete(net("192.0.99.0/24"));
      expect(stuck(one)).toEqual([]);
      expect(snapshot(one), `operations from ${k} of ${writes}`).toEqual(before);
      await mutate(one);
      expect(snapshot(one)).toEqual(snapshot(clean));
    }
  });

  test("answers 503 without an ASIC", async () => {
    const one = await start();
    one.switch.detach("pulled out");
    await expect(mutate(one)).rejects.toMatchObject({ kind: "unavailable", errorCode: "AsicUnavailable" });
  });
});
