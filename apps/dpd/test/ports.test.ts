import { describe, expect, test } from "vitest";
import {
  ASIC_ID_TO_PORT,
  EGRESS_FILTER,
  EGRESS_MAC,
  INGRESS_MAC,
  SWITCH_ADDRESS_TABLES,
  UPLINK_PORTS,
} from "../src/table/port.ts";
import type { PortSettings } from "../src/port/types.ts";
import { PARAMS, dump, networkRig, snapshot } from "./network-rig.ts";
import { failure } from "./rig.ts";

const { ipv4: V4, ipv6: V6 } = SWITCH_ADDRESS_TABLES;

describe("the ports of a switch", () => {
  test("are one internal, 32 rear and 32 front ones", () => {
    const { ports } = networkRig();
    const all = ports.listPorts();
    expect(all).toHaveLength(65);
    expect([all[0], all[1], all[32], all[33], all[64]]).toEqual(["int0", "rear0", "rear31", "qsfp0", "qsfp31"]);
    expect(() => ports.checkPort("qsfp32")).toThrow(expect.objectContaining({ kind: "missing" }));
  });

  test("have ASIC ports and bits of their own", async () => {
    const { ports } = networkRig();
    const places = [];
    for (const portId of ports.listPorts()) {
      const lanes = portId === "int0" ? 1 : 4;
      for (let lane = 0; lane < lanes; lane++) {
        // The tables of ports have room for 256 of the 257 links that there could be.
        if (portId === "qsfp31" && lane === 3) continue;
        const linkId = await ports.createLink(portId, PARAMS);
        expect(linkId).toBe(lane);
        places.push(ports.place(portId, linkId));
      }
    }
    expect(await failure(ports.createLink("qsfp31", PARAMS))).toMatch(
      /^tableFull - \S+mac_rewrite: 256 of 256 entries/,
    );
    expect(new Set(places.map(({ asicPort }) => asicPort))).toHaveLength(256);
    expect(Math.max(...places.map(({ asicPort }) => asicPort))).toBeLessThan(512);
    expect(new Set(places.map(({ bit }) => bit))).toEqual(new Set(Array.from({ length: 65 }, (_, bit) => bit)));
    expect(new Set(ports.listAllLinks().map(({ mac }) => mac))).toHaveLength(256);
  });
});

describe("creating a link", () => {
  test("takes the lowest free lane, or the one asked for, and plumbs it", async () => {
    const one = networkRig();
    expect(await one.ports.createLink("qsfp1", { ...PARAMS, lane: 1 })).toBe(1);
    expect(await one.ports.createLink("qsfp1", PARAMS)).toBe(0);
    expect(await one.ports.createLink("qsfp1", PARAMS)).toBe(2);
    expect(one.ports.listLinks("qsfp1").map(({ linkId }) => linkId)).toEqual([0, 1, 2]);
    const { asicId, mac } = one.ports.getLink("qsfp1", 2);
    expect(mac).toBe(0xa840_2505_0000 + asicId);
    const rewrite = `${asicId} -> rewrite(mac=a8:40:25:05:00:8e)`;
    expect(dump(one, INGRESS_MAC)).toContain(rewrite);
    expect(dump(one, EGRESS_MAC)).toContain(rewrite);
    expect(dump(one, ASIC_ID_TO_PORT)).toContain(`${asicId} -> set_port_number(port_number=33)`);
    expect(one.model.ports.find(asicId)).toMatchObject({ speed: "Speed100G", fec: "RS", enabled: false });
  });

  test.each([
    ["an unknown port", "qsfp32", PARAMS, /^missing - no such switch port: qsfp32/],
    ["a lane in use", "qsfp0", { ...PARAMS, lane: 0 }, /^unavailable - link qsfp0\/0 exists already/],
    ["a lane there is not", "qsfp0", { ...PARAMS, lane: 4 }, /^invalid - lane: 4 does not exist/],
    ["a port without a free lane", "int0", PARAMS, /^unavailable - all 1 lanes of int0 are in use/],
  ])("is refused for %s", async (_case, portId, params, message) => {
    const one = networkRig();
    await one.ports.createLink("qsfp0", PARAMS);
    await one.ports.createLink("int0", PARAMS);
    const before = snapshot(one);
    expect(await failure(one.ports.createLink(portId, params))).toMatch(message);
    expect(snapshot(one)).toEqual(before);
  });

  test("makes a front link an uplink without IPv6, unless DDM is allowed, and others the reverse", async () => {
    const one = networkRig();
    await one.ports.createLink("qsfp0", PARAMS);
    await one.ports.createLink("qsfp1", { ...PARAMS, allowDdmTraffic: true });
    await one.ports.createLink("rear0", PARAMS);
    const faces = (portId: string) => {
      const { uplink, ipv6Enabled } = one.ports.getLink(portId, 0);
      return { uplink, ipv6Enabled };
    };
    expect(faces("qsfp0")).toEqual({ uplink: true, ipv6Enabled: false });
    expect(faces("qsfp1")).toEqual({ uplink: false, ipv6Enabled: true });
    expect(faces("rear0")).toEqual({ uplink: false, ipv6Enabled: true });
    const port = one.ports.asicPort("qsfp0", 0);
    expect(dump(one, UPLINK_PORTS)).toEqual([`${port} -> uplink_port()`]);
    expect(dump(one, EGRESS_FILTER)).toEqual([`${port} -> guest_traffic_allowed()`]);
    await one.ports.setUplink("qsfp0", 0, false);
    expect([...dump(one, UPLINK_PORTS), ...dump(one, EGRESS_FILTER)]).toEqual([]);
  });
});

describe("a link", () => {
  test("is up once it is enabled, down while it has a fault, and gone after it is deleted", async () => {
    const { ports, model } = networkRig();
    await ports.createLink("rear3", PARAMS);
    const state = () => ports.linkState(ports.getLink("rear3", 0));
    expect(state()).toBe("down");
    await ports.setEnabled("rear3", 0, true);
    expect(state()).toBe("up");
    const fault = { kind: "Injected", message: "on purpose" } as const;
    await ports.setFault("rear3", 0, fault);
    expect(state()).toEqual({ faulted: fault });
    expect(ports.isLinkUp(ports.getLink("rear3", 0))).toBe(false);
    await ports.setFault("rear3", 0, null);
    expect(state()).toBe("up");
    await ports.deleteLink("rear3", 0);
    expect(() => ports.getLink("rear3", 0)).toThrow("no such link: rear3/0");
    expect(model.ports.list()).toEqual([]);
    expect(await failure(ports.deleteLink("rear3", 0))).toMatch(/^missing/);
    await ports.createLink("rear3", PARAMS);
  });

  test("is found by a part of its name", async () => {
    const { ports } = networkRig();
    for (const portId of ["qsfp1", "rear1", "qsfp10"]) await ports.createLink(portId, PARAMS);
    const names = (filter?: string) => ports.listAllLinks(filter).map(({ portId, linkId }) => `${portId}/${linkId}`);
    expect(names()).toEqual(["rear1/0", "qsfp1/0", "qsfp10/0"]);
    expect(names("sfp1")).toEqual(["qsfp1/0", "qsfp10/0"]);
    expect(names("1/0")).toEqual(["rear1/0", "qsfp1/0"]);
    expect(names("nope")).toEqual([]);
  });

  test("shows tfport its link-local address", async () => {
    const { ports } = networkRig();
    await ports.createLink("rear0", PARAMS);
    await ports.createLink("qsfp0", PARAMS);
    await ports.createAddress("rear0", 0, { addr: "fd00::1", tag: "" });
    await ports.createAddress("rear0", 0, { addr: "fe80::aa", tag: "" });
    expect(ports.tfportData()).toMatchObject([
      { portId: "rear0", linkId: 0, ipv6Enabled: true, linkLocal: "fe80::aa" },
      { portId: "qsfp0", linkId: 0, ipv6Enabled: false, linkLocal: null },
    ]);
  });

  test("changes its MAC in both directions at once", async () => {
    const one = networkRig();
    await one.ports.createLink("rear0", PARAMS);
    await one.ports.setMac("rear0", 0, 0x0200_0000_0007);
    const port = one.ports.asicPort("rear0", 0);
    const rewrite = [`${port} -> rewrite(mac=02:00:00:00:00:07)`];
    expect([dump(one, INGRESS_MAC), dump(one, EGRESS_MAC)]).toEqual([rewrite, rewrite]);
  });
});

describe("the addresses of a link", () => {
  test("are claimed on its port and dropped on all others, as upstream shows it", async () => {
    const one = networkRig();
    // ASIC port 152, which is 0x98.
    await one.ports.createLink("qsfp4", PARAMS);
    await one.ports.createAddress("qsfp4", 0, { addr: "198.51.100.1", tag: "t" });
    await one.ports.createAddress("qsfp4", 0, { addr: "fd00::1", tag: "t" });
    await one.loopbacks.create({ addr: "10.0.0.1", tag: "t" });
    expect(dump(one, V4)).toEqual([
      "10.0.0.1 0x0/0x0 -> claimv4()",
      "198.51.100.1 0x98/0x0 -> dropv4()",
      "198.51.100.1 0x98/0x1ff -> claimv4()",
    ]);
    expect(dump(one, V6)).toEqual(["fd00::1 0x0/0x0 -> dropv6()", "fd00::1 0x98/0x1ff -> claimv6()"]);
  });

  test("are listed in numeric order, a page after any address", async () => {
    const { ports } = networkRig();
    await ports.createLink("qsfp0", PARAMS);
    for (const addr of ["10.0.0.10", "10.0.0.9", "9.255.255.255"]) {
      await ports.createAddress("qsfp0", 0, { addr, tag: addr });
    }
    const page = (limit: number, after?: string) =>
      ports.listAddresses("qsfp0", 0, "ipv4", limit, after).map(({ addr }) => addr);
    expect(page(9)).toEqual(["9.255.255.255", "10.0.0.9", "10.0.0.10"]);
    expect(page(1, "10.0.0.1")).toEqual(["10.0.0.9"]);
    expect(page(9, "10.0.0.10")).toEqual([]);
    expect(() => ports.listAddresses("qsfp0", 1, "ipv4", 9)).toThrow(expect.objectContaining({ kind: "missing" }));
  });

  test("are each in one place of the switch", async () => {
    const { ports, loopbacks } = networkRig();
    await ports.createLink("qsfp0", PARAMS);
    await ports.createLink("qsfp1", PARAMS);
    const entry = { addr: "10.0.0.1", tag: "t" };
    await ports.createAddress("qsfp0", 0, entry);
    const refused =
      /^exists IP address 10\.0\.0\.1 already exists IP address 10\.0\.0\.1 already exists: it is on qsfp0\/0/;
    expect(await failure(ports.createAddress("qsfp0", 0, { ...entry, tag: "u" }))).toMatch(refused);
    expect(await failure(ports.createAddress("qsfp1", 0, entry))).toMatch(refused);
    expect(await failure(loopbacks.create(entry))).toMatch(refused);
    await ports.deleteAddress("qsfp0", 0, "10.0.0.1");
    await loopbacks.create(entry);
    expect(await failure(ports.createAddress("qsfp1", 0, entry))).toMatch(/it is on the loopbacks/);
  });

  test("are 404 to delete when unknown, and reset by family", async () => {
    const { ports } = networkRig();
    await ports.createLink("qsfp0", PARAMS);
    await ports.createAddress("qsfp0", 0, { addr: "10.0.0.1", tag: "t" });
    await ports.createAddress("qsfp0", 0, { addr: "fd00::1", tag: "t" });
    expect(await failure(ports.deleteAddress("qsfp0", 0, "10.0.0.2"))).toMatch(
      /^missing - no such address: 10\.0\.0\.2/,
    );
    expect(await failure(ports.createAddress("qsfp0", 3, { addr: "10.0.0.1", tag: "t" }))).toMatch(/no such link/);
    await ports.resetAddresses("qsfp0", 0, "ipv4");
    expect(ports.getLink("qsfp0", 0)).toMatchObject({ ipv4: [], ipv6: [{ addr: "fd00::1" }] });
  });

  test("all go when everything is reset, and the links they were on stay", async () => {
    const one = networkRig();
    const { ports } = one;
    await ports.createLink("qsfp0", PARAMS);
    await ports.setMac("qsfp0", 0, 0x0200_0000_0001);
    await ports.setUplink("qsfp0", 0, true);
    const bare = { link: ports.getLink("qsfp0", 0), tables: snapshot(one) };
    for (const addr of ["10.0.0.1", "fd00::1"]) await ports.createAddress("qsfp0", 0, { addr, tag: "t" });
    await ports.reset();
    expect({ link: ports.getLink("qsfp0", 0), tables: snapshot(one) }).toEqual(bare);
    await ports.createAddress("qsfp0", 0, { addr: "10.0.0.1", tag: "t" });
  });

  test("fill the table two entries at a time: 255 fit", async () => {
    const { ports, loopbacks } = networkRig();
    await ports.createLink("qsfp0", PARAMS);
    for (let n = 0; n < 255; n++) await ports.createAddress("qsfp0", 0, { addr: `10.0.0.${n}`, tag: "t" });
    expect(await failure(ports.createAddress("qsfp0", 0, { addr: "10.0.1.0", tag: "t" }))).toMatch(
      /^tableFull - Ingress\.filter\.switch_ipv4_addr: 510 of 511 entries are used/,
    );
    await loopbacks.create({ addr: "10.0.1.0", tag: "t" });
  });
});

describe("loopbacks", () => {
  test("can be created and deleted again and again", async () => {
    const { loopbacks } = networkRig();
    await loopbacks.create({ addr: "10.0.0.2", tag: "a" });
    await loopbacks.create({ addr: "10.0.0.2", tag: "b" });
    await loopbacks.create({ addr: "10.0.0.1", tag: "a" });
    await loopbacks.create({ addr: "::1:2", tag: "a" });
    expect(loopbacks.list("ipv4")).toMatchObject([{ addr: "10.0.0.1" }, { addr: "10.0.0.2", tag: "a" }]);
    expect(loopbacks.list("ipv6")).toMatchObject([{ addr: "::1:2" }]);
    await loopbacks.delete("10.0.0.2");
    await loopbacks.delete("10.0.0.2");
    expect(loopbacks.list("ipv4")).toHaveLength(1);
  });
});

describe("port settings", () => {
  const settings = (links: Record<number, { addrs?: string[]; params?: Partial<typeof PARAMS> }>): PortSettings =>
    new Map(
      Object.entries(links).map(([id, { addrs = [], params = {} }]) => [
        Number(id),
        { params: { ...PARAMS, ...params }, addrs },
      ]),
    );

  test("create, change and delete links until the port is what was asked for", async () => {
    const one = networkRig();
    const { ports } = one;
    const first = await ports.applySettings(
      "qsfp0",
      settings({ 0: { addrs: ["10.0.0.1", "fd00::1", "10.0.0.1"] }, 1: {} }),
      "t",
    );
    expect([...first.keys()]).toEqual([0, 1]);
    expect(first.get(0)?.addrs).toEqual(["10.0.0.1", "fd00::1"]);
    expect(ports.getLink("qsfp0", 0)).toMatchObject({ enabled: true, uplink: true });
    await ports.setMac("qsfp0", 0, 0x0200_0000_0001);
    const wanted = settings({ 0: { addrs: ["10.0.0.2", "fd00::1"], params: { speed: "Speed200G", fec: null } } });
    const second = await ports.applySettings("qsfp0", wanted, "t");
    expect(second).toEqual(ports.getSettings("qsfp0", "t"));
    expect([...second]).toEqual([
      [0, { params: { ...PARAMS, lane: 0, speed: "Speed200G", fec: null }, addrs: ["10.0.0.2", "fd00::1"] }],
    ]);
    // Changed in place: what the settings do not speak of stays.
    expect(ports.getLink("qsfp0", 0).mac).toBe(0x0200_0000_0001);
    const again = snapshot(one);
    await ports.applySettings("qsfp0", wanted, "t");
    expect(snapshot(one)).toEqual(again);
    expect(await ports.clearSettings("qsfp0", "t")).toEqual(new Map());
    expect(ports.listLinks("qsfp0")).toEqual([]);
  });

  test("keep the addresses of other tags, and refuse to take one over", async () => {
    const { ports } = networkRig();
    await ports.applySettings("qsfp0", settings({ 0: { addrs: ["10.0.0.1"] } }), "a");
    await ports.applySettings("qsfp0", settings({ 0: { addrs: ["10.0.0.2"] } }), "b");
    expect(ports.getSettings("qsfp0", "a").get(0)?.addrs).toEqual(["10.0.0.1"]);
    expect(ports.getSettings("qsfp0", "b").get(0)?.addrs).toEqual(["10.0.0.2"]);
    expect(ports.getSettings("qsfp0", "c").get(0)?.addrs).toEqual([]);
    const take = ports.applySettings("qsfp0", settings({ 0: { addrs: ["10.0.0.1"] } }), "b");
    expect(await failure(take)).toMatch(/^exists IP address 10\.0\.0\.1 already exists .*it belongs to tag "a"/);
    await ports.resetTag("a");
    expect(ports.listAddresses("qsfp0", 0, "ipv4", 9).map(({ addr }) => addr)).toEqual(["10.0.0.2"]);
  });

  test("can move an address from one link of the port to another", async () => {
    const { ports } = networkRig();
    await ports.applySettings("qsfp0", settings({ 0: {}, 1: { addrs: ["10.0.0.1"] } }), "t");
    await ports.applySettings("qsfp0", settings({ 0: { addrs: ["10.0.0.1"] }, 1: {} }), "t");
    expect(ports.getLink("qsfp0", 0).ipv4).toHaveLength(1);
    expect(ports.getLink("qsfp0", 1).ipv4).toHaveLength(0);
    const both = settings({ 0: { addrs: ["10.0.0.1"] }, 1: { addrs: ["10.0.0.1"] } });
    expect(await failure(ports.applySettings("qsfp0", both, "t"))).toMatch(/already exists: it is on qsfp0\/0/);
  });

  test("turn an uplink into a link for DDM and back", async () => {
    const one = networkRig();
    await one.ports.applySettings("qsfp0", settings({ 0: {} }), "t");
    await one.ports.applySettings("qsfp0", settings({ 0: { params: { allowDdmTraffic: true } } }), "t");
    expect(one.ports.getLink("qsfp0", 0)).toMatchObject({ uplink: false, ipv6Enabled: true });
    expect(dump(one, UPLINK_PORTS)).toEqual([]);
    await one.ports.applySettings("qsfp0", settings({ 0: {} }), "t");
    expect(one.ports.getLink("qsfp0", 0)).toMatchObject({ uplink: true, ipv6Enabled: false });
  });

  test.each([
    ["an unknown port", "rear32", settings({ 0: {} }), /^missing - no such switch port/],
    ["a lane there is not", "qsfp0", settings({ 9: {} }), /^invalid - lane: 9 does not exist/],
    ["a lane that is not the link's", "qsfp0", settings({ 0: { params: { lane: 1 } } }), /^invalid - links\.0\.params/],
  ])("are refused for %s", async (_case, portId, wanted, message) => {
    const one = networkRig();
    const before = snapshot(one);
    expect(await failure(one.ports.applySettings(portId, wanted, "t"))).toMatch(message);
    expect(snapshot(one)).toEqual(before);
  });
});
