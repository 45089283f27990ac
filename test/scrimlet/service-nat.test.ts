/** A scrimlet keeps the NAT entries of the rack's services on its own switch, whatever happens to the switch. */
import type { DpdClient } from "@racklet/dpd-client";
import { afterEach, describe, expect, test } from "vitest";
import { natEntries } from "../support/nat.ts";
import { config, oldConfig, seen, zones } from "./support/config.ts";
import { ScrimletRig, type DpdOptions } from "./support/rig.ts";

const GROUP = "omicron-services";
const OLD: DpdOptions = { newest: "ALLOW_DDM_TRAFFIC" };
const PATH = "/network-bootstore-config";
const PUT = `PUT /nat/groups/${GROUP} 200`;

let rig: ScrimletRig;
const start = (...options: ConstructorParameters<typeof ScrimletRig>): ScrimletRig =>
  (rig = new ScrimletRig(...options));
afterEach(() => rig.close());

const write = async (body: object, version?: string): Promise<void> => {
  expect(await rig.ask("PUT", PATH, body, version)).toEqual({ status: 204, body: undefined });
  await rig.pass();
};
const group = () => rig.dpd().nat_group_get({ path: { group: GROUP } });
const writes = (): string[] => rig.requests.filter((request) => !request.startsWith("GET"));
const error = async (): Promise<string> => {
  const { status } = (await rig.status()).last_completion ?? {};
  return status?.status === "failed" ? status.error : "";
};
const target = (sled: number, mac: number, vni = 100) => ({
  internal_ip: `fd00:1122:3344:10${sled}::1`,
  inner_mac: { a: [0xa8, 0x40, 0x25, 0xff, 0, mac] },
  vni,
});
const put = (dpd: DpdClient, ipv4: string, sled: number, mac: number, vni?: number) =>
  dpd.nat_ipv4_create({ path: { ipv4, low: 0, high: 65_535 }, body: target(sled, mac, vni) });
const entryOf = (external: string) => ({ external, low: 0, high: 65_535, target: target(9, 9) });

describe("with a dpd that has NAT groups", () => {
  test("nothing is done without a configuration, and all with the first one, in its generation", async () => {
    start();
    await rig.pass();
    expect(rig.requests).toEqual([]);
    expect(await rig.status()).toMatchObject({
      current_status: { status: "idle" },
      last_completion: { reason: "startup", status: { status: "complete" } },
      last_report: { status: "no_nat_entries_config" },
    });
    await write(config(7, 3));
    expect(await natEntries(rig.dpd())).toEqual(seen());
    expect(await group()).toMatchObject({ generation: 3, ipv4_entries: 2, ipv6_entries: 1, drifted: false });
    expect(await rig.status()).toMatchObject({
      last_completion: { reason: "system_networking_config_changed", status: { status: "complete" } },
      last_report: { status: "applied", generation: 3, counts: { added: 3 } },
    });
  });

  test("a pass in which nothing changed is one request, and changes nothing", async () => {
    start();
    await write(config(1));
    rig.requests = [];
    await rig.pass(30_000);
    expect(rig.requests).toEqual([PUT]);
    expect(await rig.status()).toMatchObject({
      last_completion: { reason: "periodic_timer" },
      last_report: { status: "unchanged", counts: { unchanged: 3 } },
    });
  });

  test("a service that moves is redirected, and one that goes is removed, in one request", async () => {
    start();
    await write(config(1));
    rig.requests = [];
    await write(config(2, 2, zones({ sled: 4 })));
    expect(rig.requests).toEqual([PUT]);
    expect(await natEntries(rig.dpd())).toEqual(seen({ sled: 4 }));
    expect((await rig.status()).last_report).toMatchObject({ counts: { retargeted: 1, unchanged: 2 } });
    await write(config(3, 3, zones({ nexus: 5 })));
    expect(await natEntries(rig.dpd())).toEqual(expect.arrayContaining(seen({ nexus: 5 })));
    expect(await natEntries(rig.dpd())).toHaveLength(3);
  });

  test("a configuration that says nothing new of NAT changes nothing", async () => {
    start();
    await write(config(1, 1));
    await write(config(2, 1));
    expect(await group()).toMatchObject({ generation: 1 });
    expect((await rig.status()).last_report).toMatchObject({ status: "unchanged" });
  });

  test("entries that an older rack made are taken over without a gap; those in the way and left over go; others stay", async () => {
    start();
    const dpd = rig.dpd();
    await put(dpd, "10.0.0.9", 8, 8); // Boundary NTP's address, once all of it and of another sled.
    await put(dpd, "10.0.0.1", 1, 1); // Nexus', as it is to be.
    await put(dpd, "10.0.0.77", 7, 7); // Of a service that is no more.
    await put(dpd, "10.0.0.50", 5, 5, 2000); // A VM's.
    await dpd.nat_group_ensure({
      path: { group: "other" },
      body: { generation: 1, entries: [entryOf("10.0.0.60")] },
    });
    await write(config(1));
    expect((await natEntries(dpd)).map(({ external }) => external)).toEqual([
      "10.0.0.1",
      "10.0.0.9",
      "10.0.0.50",
      "10.0.0.60",
      "2001:db8::53",
    ]);
    expect(await natEntries(dpd)).toEqual(expect.arrayContaining(seen()));
    expect((await rig.status()).last_report).toMatchObject({
      status: "applied",
      counts: { adopted: 1, added: 2 },
      cleared: [{ external: "10.0.0.9", low: 0 }],
      leftovers: [{ external: "10.0.0.77" }],
    });
    expect(writes()).toEqual([
      `PUT /nat/groups/${GROUP} 409`,
      "DELETE /nat/ipv4/10.0.0.9/0 204",
      PUT,
      "DELETE /nat/ipv4/10.0.0.77/0 204",
    ]);
    rig.requests = [];
    await rig.pass(30_000);
    expect(rig.requests).toEqual([PUT]);
  });

  test("an entry of another group in the way is surfaced, nothing is removed, and it works once that is gone", async () => {
    start();
    const dpd = rig.dpd();
    await dpd.nat_group_ensure({ path: { group: "other" }, body: { generation: 1, entries: [entryOf("10.0.0.1")] } });
    await write(config(1));
    expect(await error()).toContain("group other");
    expect(writes().every((request) => request.startsWith("PUT"))).toBe(true);
    expect((await natEntries(dpd)).map(({ external }) => external)).toEqual(["10.0.0.1"]);
    await dpd.nat_group_delete({ path: { group: "other" } });
    await rig.pass(30_000);
    expect(await natEntries(dpd)).toEqual(seen());
    expect((await rig.status()).consecutive_failures).toBe(0);
  });

  test("a newer set of somebody else's stays, and is not fought; when the switch forgets it ours comes back", async () => {
    start();
    await rig.dpd().nat_group_ensure({ path: { group: GROUP }, body: { generation: 100, entries: [] } });
    await write(config(1));
    await rig.pass(90_000);
    expect(writes()).toEqual([`PUT /nat/groups/${GROUP} 409`]);
    expect(await rig.status()).toMatchObject({
      consecutive_failures: 0,
      last_completion: { status: { status: "complete" } },
      last_report: { status: "superseded", generation: 1 },
    });
    rig.restartDpd();
    await rig.pass(30_000);
    expect(await natEntries(rig.dpd())).toEqual(seen());
    expect(await group()).toMatchObject({ generation: 1 });
  });

  test("a dpd that comes back empty within a moment has them again within seconds", async () => {
    start();
    await write(config(1));
    await rig.pass(10_000);
    rig.restartDpd();
    expect(await natEntries(rig.dpd())).toEqual([]);
    await rig.pass(3_000);
    expect(await natEntries(rig.dpd())).toEqual(seen());
  });

  test("another set of the same generation is surfaced until there is a newer one", async () => {
    start();
    await rig.dpd().nat_group_ensure({
      path: { group: GROUP },
      body: { generation: 4, entries: [entryOf("10.0.0.1")] },
    });
    await write(config(1, 4));
    expect(await error()).toContain("generation 4");
    expect(await natEntries(rig.dpd())).toHaveLength(1);
    await write(config(2, 5));
    expect(await natEntries(rig.dpd())).toEqual(seen());
  });

  test("a dpd that is killed, comes back empty, or is reset has them again within one period", async () => {
    start();
    await write(config(1));
    rig.sim.network.down("dpd");
    await rig.pass(120_000);
    expect((await rig.status()).consecutive_failures).toBeGreaterThan(3);
    rig.restartDpd();
    rig.sim.network.up("dpd");
    await rig.pass(30_000);
    expect(await natEntries(rig.dpd())).toEqual(seen());

    await rig.dpd().nat_ipv4_reset();
    await rig.dpd().nat_ipv6_delete({ path: { ipv6: "2001:db8::53", low: 0 } });
    expect(await natEntries(rig.dpd())).toEqual([]);
    await rig.pass(30_000);
    expect(await natEntries(rig.dpd())).toEqual(seen());
  });

  test("a switch without its ASIC is asked less and less often, and gets them when it has one", async () => {
    start({ asic: "absent" });
    await write(config(1));
    await rig.pass(300_000);
    expect(new Set(rig.requests)).toEqual(new Set([`PUT /nat/groups/${GROUP} 503`]));
    // Every 15 s on average in the end, rather than every second.
    expect(rig.requests.length).toBeGreaterThan(10);
    expect(rig.requests.length).toBeLessThan(60);
    rig.restartDpd();
    await rig.pass(30_000);
    expect(await natEntries(rig.dpd())).toEqual(seen());
  });
});

describe("with a dpd that has none", () => {
  test("the same entries are there, made one by one", async () => {
    start(OLD);
    await write(config(1));
    expect(await natEntries(rig.dpd())).toEqual(seen());
    expect((await rig.status()).last_report).toMatchObject({
      status: "applied_one_by_one",
      unchanged: 0,
      failures: [],
    });
    rig.requests = [];
    await rig.pass(30_000);
    expect(writes()).toEqual([`PUT /nat/groups/${GROUP} 400`]);
    expect((await rig.status()).last_report).toMatchObject({ unchanged: 3, created: [], removed: [] });
  });

  test("nor does it have to be any newer than the first version", async () => {
    start({ newest: "INITIAL" });
    await write(config(1));
    expect(await natEntries(rig.dpd())).toEqual(seen());
  });

  test("a change touches only what changes, removes at most just before it adds, and what is only left over last", async () => {
    start(OLD);
    await put(rig.dpd(), "10.0.0.50", 5, 5, 2000);
    await write(config(1));
    rig.requests = [];
    await write(config(2, 2, zones({ sled: 4 })));
    expect(writes().slice(1)).toEqual(["DELETE /nat/ipv4/10.0.0.1/0 204", "PUT /nat/ipv4/10.0.0.1/0/65535 204"]);
    rig.requests = [];
    await write(config(3, 3, zones({ nexus: 5 })));
    expect(writes().slice(1)).toEqual(["PUT /nat/ipv4/10.0.0.5/0/65535 204", "DELETE /nat/ipv4/10.0.0.1/0 204"]);
    expect((await natEntries(rig.dpd())).map(({ external }) => external)).toContain("10.0.0.50");
  });

  test("a failure with one entry is reported and leaves the others right", async () => {
    start(OLD);
    await put(rig.dpd(), "10.0.0.1", 5, 5, 2000);
    await write(config(1));
    expect(await error()).toContain("cannot add 10.0.0.1/0-65535");
    expect((await natEntries(rig.dpd())).map(({ external, vni }) => `${external} ${vni}`)).toEqual([
      "10.0.0.1 2000",
      "10.0.0.9 100",
      "2001:db8::53 100",
    ]);
    await rig.dpd().nat_ipv4_delete({ path: { ipv4: "10.0.0.1", low: 0 } });
    await rig.pass(30_000);
    expect(await natEntries(rig.dpd())).toEqual(seen());
  });

  test("when it is upgraded in place, the group takes every entry over and none is touched", async () => {
    start(OLD);
    await write(config(1));
    rig.upgradeDpd();
    rig.requests = [];
    await rig.pass(30_000);
    expect(writes()).toEqual([PUT]);
    expect((await rig.status()).last_report).toMatchObject({ status: "applied", counts: { adopted: 3, added: 0 } });
    expect(await group()).toMatchObject({ generation: 1 });
  });

  test("killed and reset it is healed too", async () => {
    start(OLD);
    await write(config(1));
    rig.sim.network.down("dpd");
    await rig.pass(60_000);
    rig.restartDpd(OLD);
    rig.sim.network.up("dpd");
    await rig.pass(30_000);
    await rig.dpd().nat_ipv4_reset();
    await rig.pass(30_000);
    expect(await natEntries(rig.dpd())).toEqual(seen());
  });
});

describe("the network configuration", () => {
  test("of versions 33 to 38 has no generation of its NAT, so it is applied one by one until a newer form takes over", async () => {
    start();
    await write(oldConfig(50), "38.0.0");
    expect(await natEntries(rig.dpd())).toEqual(seen());
    await expect(group()).rejects.toMatchObject({ status: 404 });
    rig.requests = [];
    await write(config(51, 2), "39.0.0");
    expect(writes()).toEqual([PUT]);
    expect(await group()).toMatchObject({ generation: 2 });
  });

  test.each([
    [oldConfig(1), "33.0.0", "33.0.0"],
    [oldConfig(1), "38.0.0", "33.0.0"],
    [config(1), "39.0.0", "39.0.0"],
    [config(1), "49.0.0", "49.0.0"],
  ])("is kept as it came, in every version", async (body, version, stored) => {
    start({}, { scrimlet: false, dpd: undefined });
    await write(body, version);
    const kept = (await rig.ask("GET", "/debug/network-config")).body;
    expect(kept).toEqual({ version: stored, ...body });
  });

  test("is unknown before version 33", async () => {
    start();
    expect((await rig.ask("PUT", PATH, oldConfig(1), "32.0.0")).status).toBe(404);
  });

  test("of a higher generation wins; the same again is no change; any other is refused with the generation in force", async () => {
    start();
    await write(config(5));
    await write(config(5));
    for (const [body, text] of [
      [config(4), "generation 4 of the network configuration is older than 5"],
      [config(5, 6), "another network configuration of generation 5"],
    ] as const) {
      const answer = await rig.ask("PUT", PATH, body);
      expect(answer).toMatchObject({ status: 409, body: { error_code: "Conflict" } });
      expect((answer.body as { message: string }).message).toContain(text);
    }
    expect(await group()).toMatchObject({ generation: 5 });
  });

  const [nexus = {}, dns = {}, ntp = {}] = zones();
  const refused: [what: string, entries: readonly object[], reason: string][] = [
    ["none of one kind", [nexus, dns], "none of kind boundary_ntp"],
    ["none at all", [], "none of kind nexus"],
    [
      "a zone twice",
      [nexus, dns, ntp, { ...nexus, kind: { kind: "nexus", external_ip: "10.0.0.7" } }],
      "is there twice",
    ],
    [
      "two zones with one address",
      [nexus, dns, ntp, { ...nexus, zone_id: "20000000-0000-4000-8000-000000000009" }],
      "overlap",
    ],
    [
      "ports that are no block of source NAT",
      [
        nexus,
        dns,
        { ...ntp, kind: { kind: "boundary_ntp", snat_cfg: { ip: "10.0.0.9", first_port: 1, last_port: 5 } } },
      ],
      "not aligned",
    ],
  ];
  test.each(refused)("with %s is refused, in either form, and the one in force stays", async (_, entries, reason) => {
    start();
    await write(config(1));
    for (const [body, version] of [
      [config(2, 2, entries), "49.0.0"],
      [oldConfig(2, entries), "33.0.0"],
    ] as const) {
      const answer = await rig.ask("PUT", PATH, body, version);
      expect(answer).toMatchObject({ status: 400, body: { error_code: "InvalidRequest" } });
      expect((answer.body as { message: string }).message).toContain(reason);
    }
    expect((await rig.ask("GET", "/debug/network-config")).body).toMatchObject({ generation: 1 });
  });
});

test("a sled that is no scrimlet keeps the configuration and asks no switch", async () => {
  start({}, { scrimlet: false, dpd: undefined });
  await write(config(1));
  await rig.pass(60_000);
  expect(rig.requests).toEqual([]);
  expect((await rig.status()).current_status).toEqual({ status: "inert", reason: "the sled is no scrimlet" });
});
