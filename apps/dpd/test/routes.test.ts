import { compareIpNet, formatIpNet, inPrefix, networkOf } from "@racklet/net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AsicBackend, AsicTable } from "../src/asic/index.ts";
import { indexFor } from "../src/asic/table-index.ts";
import { DpdError } from "../src/errors.ts";
import { SlotMap } from "../src/route/slots.ts";
import { createRoutes } from "../src/route/routes.ts";
import type { RouteTarget } from "../src/route/types.ts";
import { modelIdentifiers } from "../src/switch/identifiers.ts";
import { Switch } from "../src/switch/switch.ts";
import { createLocks } from "../src/table/locks.ts";
import { ROUTE_LOOKUP, ROUTE_SLOTS } from "../src/table/route.ts";
import { chaosAsic, isRead, modelAsic } from "../src/asic/index.ts";
import type { TableDecl } from "../src/table/types.ts";
import { PARAMS, dump, hop, net, networkRig, snapshot } from "./network-rig.ts";
import type { NetworkRig } from "./network-rig.ts";
import { failure, testWorld } from "./rig.ts";

async function start(): Promise<NetworkRig> {
  const one = networkRig();
  await one.ports.createLink("qsfp0", PARAMS);
  await one.ports.createLink("rear0", PARAMS);
  return one;
}

const DEFAULT = net("0.0.0.0/0");

describe("adding next hops to a route", () => {
  test("spreads its traffic over consecutive slots, in the order they came", async () => {
    const one = await start();
    const { ipv4 } = one.routes;
    await ipv4.add(net("10.0.0.0/8"), hop("192.0.2.9"));
    await ipv4.add(DEFAULT, hop("192.0.2.1"));
    await ipv4.add(DEFAULT, hop("fe80::1", { portId: "rear0" }));
    await ipv4.add(DEFAULT, hop("192.0.2.1", { vlanId: 7 }));
    await ipv4.add(DEFAULT, hop("fe80::1", { vlanId: 7 }));
    expect(ipv4.get(DEFAULT).targets.map(({ tgtIp }) => tgtIp)).toEqual([
      "192.0.2.1",
      "fe80::1",
      "192.0.2.1",
      "fe80::1",
    ]);
    // Placed anew each time, in the first run that is long enough.
    expect(dump(one, ROUTE_LOOKUP.ipv4)).toEqual([
      "0.0.0.0/0 -> index(idx=7 slots=4)",
      "10.0.0.0/8 -> index(idx=0 slots=1)",
    ]);
    expect(dump(one, ROUTE_SLOTS.ipv4)).toEqual([
      "0 -> forward(port=136 nexthop=192.0.2.9)",
      "10 -> forward_vlan_v6(port=136 nexthop=fe80::1 vlan_id=7)",
      "7 -> forward(port=136 nexthop=192.0.2.1)",
      "8 -> forward_v6(port=8 nexthop=fe80::1)",
      "9 -> forward_vlan(port=136 nexthop=192.0.2.1 vlan_id=7)",
    ]);
  });

  test("of an IPv6 route uses the actions of its own table", async () => {
    const one = await start();
    await one.routes.ipv6.add(net("::/0"), hop("fe80::1"));
    await one.routes.ipv6.add(net("::/0"), hop("fe80::1", { vlanId: 7 }));
    expect(dump(one, ROUTE_SLOTS.ipv6)).toEqual([
      "1 -> forward(port=136 nexthop=fe80::1)",
      "2 -> forward_vlan(port=136 nexthop=fe80::1 vlan_id=7)",
    ]);
  });

  test("does nothing for one that is there, whoever tagged it", async () => {
    const one = await start();
    await one.routes.ipv4.add(DEFAULT, hop("192.0.2.1"));
    const before = snapshot(one);
    await one.routes.ipv4.add(DEFAULT, hop("192.0.2.1"));
    await one.routes.ipv4.add(DEFAULT, hop("192.0.2.1", { tag: "other" }));
    expect(snapshot(one)).toEqual(before);
  });

  test("ends at 32", async () => {
    const one = await start();
    for (let n = 1; n <= 32; n++) await one.routes.ipv4.add(DEFAULT, hop(`192.0.2.${n}`));
    const before = snapshot(one);
    expect(await failure(one.routes.ipv4.add(DEFAULT, hop("192.0.2.33")))).toBe(
      "invalid - 0.0.0.0/0 has 32 next hops, and a route has at most 32",
    );
    expect(snapshot(one)).toEqual(before);
    await one.routes.ipv4.add(DEFAULT, hop("192.0.2.32"));
  });

  test.each([
    ["an unknown port", hop("192.0.2.1", { portId: "qsfp40" }), /^missing - no such switch port: qsfp40/],
    ["an unknown link", hop("192.0.2.1", { linkId: 1 }), /^missing - no such link: qsfp0\/1/],
    ["VLAN 1", hop("192.0.2.1", { vlanId: 1 }), /^invalid - vlan_id: 1 is not between 2 and 4095/],
    ["VLAN 4096", hop("192.0.2.1", { vlanId: 4096 }), /^invalid - vlan_id: 4096/],
  ])("is refused for %s", async (_case, target, message) => {
    const { ipv4 } = (await start()).routes;
    expect(await failure(ipv4.add(DEFAULT, target))).toMatch(message);
    expect(await failure(ipv4.set(DEFAULT, target, true))).toMatch(message);
    expect(ipv4.list(9)).toEqual([]);
  });

  test("of an IPv6 route takes IPv6 addresses only", async () => {
    const { ipv6 } = (await start()).routes;
    expect(await failure(ipv6.add(net("::/0"), hop("192.0.2.1")))).toMatch(/^invalid - tgt_ip: 192\.0\.2\.1/);
  });
});

describe("setting a route", () => {
  test("creates it, leaves the same one alone, and replaces others only when told to", async () => {
    const one = await start();
    const { ipv4 } = one.routes;
    await ipv4.set(DEFAULT, hop("192.0.2.1"), false);
    await ipv4.set(DEFAULT, hop("192.0.2.1"), false);
    const conflict = "exists route {cidr} already exists route {cidr} already exists: 0.0.0.0/0 has 1 next hops";
    expect(await failure(ipv4.set(DEFAULT, hop("192.0.2.2"), false))).toBe(conflict);
    await ipv4.set(DEFAULT, hop("192.0.2.2"), true);
    expect(ipv4.get(DEFAULT).targets).toMatchObject([{ tgtIp: "192.0.2.2" }]);
    await ipv4.add(DEFAULT, hop("192.0.2.3"));
    expect(await failure(ipv4.set(DEFAULT, hop("192.0.2.2"), false))).toMatch(/^exists/);
    await ipv4.set(DEFAULT, hop("192.0.2.2"), true);
    expect(ipv4.get(DEFAULT).targets).toHaveLength(1);
    expect(dump(one, ROUTE_SLOTS.ipv4)).toHaveLength(1);
  });
});

describe("deleting", () => {
  test("a next hop takes all of its VLANs, the last one the route", async () => {
    const one = await start();
    const { ipv4 } = one.routes;
    for (const vlanId of [null, 7, 8]) await ipv4.add(DEFAULT, hop("192.0.2.1", { vlanId }));
    await ipv4.add(DEFAULT, hop("192.0.2.2"));
    await ipv4.deleteTarget(DEFAULT, "qsfp0", 0, "192.0.2.1");
    expect(ipv4.get(DEFAULT).targets).toMatchObject([{ tgtIp: "192.0.2.2" }]);
    for (const [port, link, ip] of [
      ["qsfp0", 0, "192.0.2.1"],
      ["rear0", 0, "192.0.2.2"],
      ["qsfp0", 1, "192.0.2.2"],
    ] as const) {
      expect(await failure(ipv4.deleteTarget(DEFAULT, port, link, ip))).toMatch(/^missing no such route/);
    }
    await ipv4.deleteTarget(DEFAULT, "qsfp0", 0, "192.0.2.2");
    expect(() => ipv4.get(DEFAULT)).toThrow(expect.objectContaining({ errorCode: "no such route" }));
    expect([...dump(one, ROUTE_LOOKUP.ipv4), ...dump(one, ROUTE_SLOTS.ipv4)]).toEqual([]);
  });

  test("what is not there is 404", async () => {
    const { ipv4 } = (await start()).routes;
    expect(await failure(ipv4.delete(DEFAULT))).toBe("missing no such route no such route: 0.0.0.0/0");
    expect(await failure(ipv4.deleteTarget(DEFAULT, "qsfp0", 0, "192.0.2.1"))).toMatch(/^missing no such route/);
  });

  test("by tag removes the next hops of the tag only", async () => {
    const one = await start();
    const { ipv4 } = one.routes;
    await ipv4.add(DEFAULT, hop("192.0.2.1", { tag: "a" }));
    await ipv4.add(DEFAULT, hop("192.0.2.2", { tag: "b" }));
    for (const n of [1, 2, 3]) await ipv4.add(net(`10.${n}.0.0/16`), hop("192.0.2.1", { tag: n === 3 ? "b" : "a" }));
    await ipv4.resetTag("a");
    expect(ipv4.list(9).map(({ cidr, targets }) => [formatIpNet(cidr), targets.map(({ tag }) => tag)])).toEqual([
      ["0.0.0.0/0", ["b"]],
      ["10.3.0.0/16", ["b"]],
    ]);
    expect(dump(one, ROUTE_SLOTS.ipv4)).toHaveLength(2);
    await ipv4.reset();
    expect([...dump(one, ROUTE_LOOKUP.ipv4), ...dump(one, ROUTE_SLOTS.ipv4)]).toEqual([]);
  });
});

test("a prefix with host bits means its network, and lists are in numeric order", async () => {
  const { ipv4 } = (await start()).routes;
  for (const cidr of ["10.0.0.77/24", "9.0.0.0/8", "10.0.0.0/8", "100.0.0.0/8"])
    await ipv4.add(net(cidr), hop("192.0.2.1"));
  const page = (limit: number, after?: string) =>
    ipv4.list(limit, after === undefined ? undefined : net(after)).map(({ cidr }) => formatIpNet(cidr));
  expect(page(9)).toEqual(["9.0.0.0/8", "10.0.0.0/8", "10.0.0.0/24", "100.0.0.0/8"]);
  expect(page(1, "10.0.0.0/9")).toEqual(["10.0.0.0/24"]);
  expect(ipv4.get(net("10.0.0.5/24")).targets).toHaveLength(1);
  await ipv4.delete(net("10.0.0.6/24"));
  expect(page(9)).toHaveLength(3);
});

describe("when the slots are full", () => {
  async function full(): Promise<NetworkRig> {
    const one = await start();
    // 1023 slots: 31 routes of 32 next hops, and one of 31, would fill them; a move needs a free run meanwhile.
    for (let route = 0; route < 31; route++) {
      for (let n = 1; n <= 31; n++) await one.routes.ipv6.add(net(`fd00:${route}::/32`), hop(`fe80::${n}`));
    }
    for (let left = 1023 - 31 * 31; left > 0; left--)
      await one.routes.ipv6.add(net(`fc00:${left}::/32`), hop("fe80::1"));
    expect(one.model.table(ROUTE_SLOTS.ipv6).usage().occupancy).toBe(1023);
    return one;
  }

  test("more next hops are 507 and the old ones keep working, fewer and other ones are written in place", async () => {
    const one = await full();
    const { ipv6 } = one.routes;
    const first = net("fd00:0::/32");
    const before = snapshot(one);
    const refused =
      /^tableFull - Ingress\.l3_router\.Router6\.lookup_idx\.route: no 32 consecutive slots are free \(0 of 1023 are\)/;
    expect(await failure(ipv6.add(first, hop("fe80::99")))).toMatch(refused);
    expect(await failure(ipv6.add(net("fd99::/32"), hop("fe80::99")))).toMatch(/^tableFull/);
    expect(snapshot(one)).toEqual(before);
    const lookup = () => dump(one, ROUTE_LOOKUP.ipv6).find((line) => line.startsWith("fd00::/32"));
    const index = lookup()?.match(/idx=\d+/)?.[0];
    await ipv6.deleteTarget(first, "qsfp0", 0, "fe80::2");
    expect(lookup()).toBe(`fd00::/32 -> index(${index} slots=30)`);
    expect(ipv6.get(first).targets.map(({ tgtIp }) => tgtIp)).not.toContain("fe80::2");
    await ipv6.add(net("fd99::/32"), hop("fe80::99"));
    await ipv6.set(first, hop("fe80::77"), true);
    expect(lookup()).toBe(`fd00::/32 -> index(${index} slots=1)`);
    expect(one.model.table(ROUTE_SLOTS.ipv6).usage().occupancy).toBe(1023 - 29);
  });
});

test("changes made at the same time happen one after another", async () => {
  const { ipv4 } = (await start()).routes;
  const targets = Array.from({ length: 32 }, (_, n) => hop(`192.0.2.${n}`));
  await Promise.all(targets.map((target) => ipv4.add(DEFAULT, target)));
  expect(ipv4.get(DEFAULT).targets).toMatchObject(targets);
  const outcomes = await Promise.allSettled([ipv4.delete(DEFAULT), ipv4.delete(DEFAULT)]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
});

test("nothing is left when the ASIC goes and comes back, and everything can be written again", async () => {
  const one = await start();
  await one.routes.ipv4.add(DEFAULT, hop("192.0.2.1"));
  await one.loopbacks.create({ addr: "10.0.0.1", tag: "t" });
  await one.neighbors.arp.upsert({ ip: "192.0.2.1", mac: 1, tag: "t" });
  const full = snapshot(one);
  one.switch.detach("pulled out");
  one.switch.attach(one.model, modelIdentifiers("switch0", "5ca1ab1e-0000-4000-8000-000000000000"));
  expect(snapshot(one)).toEqual(snapshot(networkRig()));
  await one.ports.createLink("qsfp0", PARAMS);
  await one.ports.createLink("rear0", PARAMS);
  await one.routes.ipv4.add(DEFAULT, hop("192.0.2.1"));
  await one.loopbacks.create({ addr: "10.0.0.1", tag: "t" });
  await one.neighbors.arp.upsert({ ip: "192.0.2.1", mac: 1, tag: "t" });
  expect(snapshot(one)).toEqual(full);
});

describe("the map of free slots", () => {
  test("hands out the first run that is long enough and joins what comes back", () => {
    const map = new SlotMap(10);
    map.take(0, 3);
    map.take(3, 3);
    map.take(6, 3);
    expect(map.find(2)).toBeUndefined();
    map.release(3, 3);
    expect([map.find(1), map.find(3), map.find(4)]).toEqual([3, 3, undefined]);
    map.release(0, 3);
    expect(map.find(6)).toBe(0);
    map.release(6, 3);
    expect([map.find(10), map.freeCount]).toEqual([0, 10]);
    expect(() => map.release(9, 1)).toThrow("slots 9+1 are free already");
    map.take(4, 2);
    expect(() => map.take(5, 1)).toThrow("slots 5+1 are not free");
    expect(map.clone().find(5)).toBeUndefined();
  });
});

const SMALL = 8;

/** An ASIC whose tables have room for a few entries. `watch` is called after each that is written. */
function smallAsic(watch: () => void): AsicBackend {
  const model = modelAsic("sidecar");
  return {
    ...model,
    table<R>(table: TableDecl<R>): AsicTable<R> {
      const held = model.table(table);
      return {
        insert: (row) => {
          held.insert(row);
          watch();
        },
        update: (row) => {
          held.update(row);
          watch();
        },
        delete: (row) => {
          held.delete(row);
          watch();
        },
        clear: () => held.clear(),
        find: (row) => held.find(row),
        rows: () => held.rows(),
        counters: () => held.counters(),
        usage: () => ({ ...held.usage(), size: SMALL }),
      };
    },
  };
}

test("routes do what a plain list of them says, however full and scattered the slots are, and no packet meets a gap", async () => {
  const cidr = fc.constantFrom("0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.3/16", "10.1.2.0/24", "192.0.2.0/24");
  const target = fc.record({
    tag: fc.constantFrom("a", "b"),
    portId: fc.constantFrom("qsfp0", "qsfp1"),
    linkId: fc.constant(0),
    tgtIp: fc.constantFrom("192.0.2.1", "192.0.2.2", "fe80::1"),
    vlanId: fc.constantFrom(null, 5),
  });
  // Mostly additions, so that the slots are full most of the time.
  const step = fc.oneof(
    { weight: 12, arbitrary: fc.record({ kind: fc.constant("add" as const), cidr, target }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("set" as const), cidr, target, replace: fc.boolean() }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("deleteTarget" as const), cidr, target }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete" as const), cidr }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("resetTag" as const), tag: fc.constantFrom("a", "b") }) },
  );
  const same = (a: RouteTarget, b: RouteTarget) =>
    a.portId === b.portId && a.tgtIp === b.tgtIp && a.linkId === b.linkId && a.vlanId === b.vlanId;
  const samePlace = (a: RouteTarget, b: RouteTarget) => a.portId === b.portId && a.tgtIp === b.tgtIp;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
      // Where packets to each prefix may go, by the numbers of the ASIC's ports.
      const allowed = new Map<string, Set<string>>();
      const gaps: string[] = [];
      const asic = smallAsic(() => gaps.push(...gapsOf(asic, allowed)));
      const world = testWorld();
      const device = new Switch("switch0", world);
      const { ipv4 } = createRoutes({ world, switch: device, locks: createLocks(), asicPort });
      device.attach(asic, modelIdentifiers("switch0", world.ids.uuid()));
      const model = new Map<string, RouteTarget[]>();
      for (const one of steps) {
        const key = one.kind === "resetTag" ? "" : formatIpNet(networkOf(net(one.cidr)));
        const prior = model.get(key) ?? [];
        let wanted: RouteTarget[] | "exists" | "missing" = prior;
        let work: Promise<void>;
        if (one.kind === "add") {
          work = ipv4.add(net(one.cidr), one.target);
          if (!prior.some((each) => same(each, one.target))) wanted = [...prior, one.target];
        } else if (one.kind === "set") {
          work = ipv4.set(net(one.cidr), one.target, one.replace);
          const [first] = prior;
          const unchanged = prior.length === 1 && first !== undefined && same(first, one.target);
          if (!unchanged) wanted = prior.length > 0 && !one.replace ? "exists" : [one.target];
        } else if (one.kind === "delete") {
          work = ipv4.delete(net(one.cidr));
          wanted = prior.length === 0 ? "missing" : [];
        } else if (one.kind === "deleteTarget") {
          work = ipv4.deleteTarget(net(one.cidr), one.target.portId, 0, one.target.tgtIp);
          const rest = prior.filter((each) => !samePlace(each, one.target));
          wanted = rest.length === prior.length ? "missing" : rest;
        } else work = ipv4.resetTag(one.tag);
        for (const [each, targets] of model) allowed.set(each, hopsOf(targets));
        if (typeof wanted !== "string") allowed.set(key, hopsOf([...prior, ...wanted]));
        const free = SMALL - asic.table(ROUTE_SLOTS.ipv4).usage().occupancy;
        const error = await work.then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        if (one.kind === "resetTag") {
          expect(error).toBeUndefined();
          for (const [each, targets] of model) {
            const rest = targets.filter(({ tag }) => tag !== one.tag);
            if (rest.length === 0) model.delete(each);
            else model.set(each, rest);
          }
        } else if (typeof wanted === "string") expect(error).toMatchObject({ kind: wanted });
        else if (error instanceof DpdError && error.kind === "tableFull") {
          // Only more next hops than before can fail, and only when hardly more slots are free.
          expect(wanted.length).toBeGreaterThan(prior.length);
          expect(free).toBeLessThanOrEqual(wanted.length);
        } else {
          expect(error).toBeUndefined();
          if (wanted.length === 0) model.delete(key);
          else model.set(key, wanted);
        }
        expect(gaps).toEqual([]);
        expectAgreement(asic, ipv4.list(100), model);
      }
    }),
    { numRuns: 200 },
  );
});

test("making room for a route leaves every route where it was when any write fails", async () => {
  let failing = 0;
  let writes = 0;
  const asic = chaosAsic(
    smallAsic(() => {}),
    {
      next: (operation) => {
        if (isRead(operation) || ++writes !== failing) return undefined;
        return { kind: "synthetic", when: "after" };
      },
    },
  );
  const world = testWorld();
  const device = new Switch("switch0", world);
  const { ipv4 } = createRoutes({ world, switch: device, locks: createLocks(), asicPort });
  device.attach(asic, modelIdentifiers("switch0", world.ids.uuid()));
  const prefix = (n: number) => net(`10.${n}.0.0/16`);
  for (const n of [1, 0, 2, 4, 3]) {
    await ipv4.add(prefix(n), hop("192.0.2.1"));
    if (n === 1 || n === 4) await ipv4.add(prefix(n), hop("192.0.2.2"));
  }
  for (const n of [0, 2]) await ipv4.delete(prefix(n));
  const tables = () => {
    const lookups = asic.table(ROUTE_LOOKUP.ipv4).rows().toSorted(compareIpNet);
    const slots = asic
      .table(ROUTE_SLOTS.ipv4)
      .rows()
      .toSorted((a, b) => a.index - b.index);
    return { lookups, slots };
  };
  const before = tables();
  expect(before.slots.map(({ index }) => index)).toEqual([1, 2, 4, 5, 6]);
  let outcome = "";
  while (outcome !== "no error") {
    failing++;
    writes = 0;
    outcome = await failure(ipv4.add(prefix(3), hop("192.0.2.2")));
    if (outcome !== "no error") {
      expect(outcome).toMatch(/^synthetic/);
      expect(tables()).toEqual(before);
    }
  }
  // The route that slides: one slot comes, one is rewritten, one goes. The other: two come, one goes. And two prefixes.
  expect(failing - 1).toBe(8);
  expect(tables().slots.map(({ index }) => index)).toEqual([0, 1, 2, 3, 5, 6]);
});

const asicPort = (portId: string): number => (portId === "qsfp0" ? 136 : 140);

const hopsOf = (targets: readonly RouteTarget[]): Set<string> =>
  new Set(targets.map(({ portId, tgtIp, vlanId }) => `${asicPort(portId)} ${tgtIp} ${vlanId}`));

/** The slots that a packet to some prefix can be sent to, and that lead nowhere or where it does not belong. */
function gapsOf(asic: AsicBackend, allowed: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const slots = new Map(
    asic
      .table(ROUTE_SLOTS.ipv4)
      .rows()
      .map(({ index, port, nexthop, vlanId }) => [index, `${port} ${nexthop} ${vlanId}`]),
  );
  return asic
    .table(ROUTE_LOOKUP.ipv4)
    .rows()
    .flatMap((row) => {
      const cidr = formatIpNet(row);
      const reached = Array.from({ length: row.slots }, (_, at) => slots.get(row.index + at) ?? "nothing");
      return reached.filter((hop) => allowed.get(cidr)?.has(hop) !== true).map((hop) => `${cidr} -> ${hop}`);
    });
}

/** Soft state, and what a packet would meet in the tables, are what the model says. */
function expectAgreement(
  asic: AsicBackend,
  listed: ReturnType<NetworkRig["routes"]["ipv4"]["list"]>,
  model: ReadonlyMap<string, readonly RouteTarget[]>,
): void {
  const wanted = [...model].map(([cidr, targets]) => ({ cidr: net(cidr), targets }));
  wanted.sort((a, b) => compareIpNet(a.cidr, b.cidr));
  expect(
    listed.map(({ cidr, targets }) => ({ cidr, targets: targets.map(({ tag, ...rest }) => ({ tag, ...rest })) })),
  ).toEqual(
    wanted.map(({ cidr, targets }) => ({
      cidr,
      targets: targets.map((each) => expect.objectContaining(each)),
    })),
  );
  const lookups = indexFor(ROUTE_LOOKUP.ipv4);
  for (const row of asic.table(ROUTE_LOOKUP.ipv4).rows()) expect(lookups.insert(row)).toBe("inserted");
  const slots = new Map(
    asic
      .table(ROUTE_SLOTS.ipv4)
      .rows()
      .map((row) => [row.index, row]),
  );
  for (const address of ["10.1.2.3", "10.1.0.1", "10.9.9.9", "192.0.2.200", "8.8.8.8"]) {
    const best = wanted.filter(({ cidr }) => inPrefix(address, cidr)).sort((a, b) => b.cidr.length - a.cidr.length)[0];
    const hit = lookups.match([address]);
    const hops = Array.from({ length: hit?.slots ?? 0 }, (_, at) => slots.get((hit?.index ?? 0) + at)?.nexthop);
    expect(hops).toEqual(best?.targets.map(({ tgtIp }) => tgtIp) ?? []);
  }
  const used = [...model.values()].reduce((sum, targets) => sum + targets.length, 0);
  expect(slots.size).toBe(used);
}
