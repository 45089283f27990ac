import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { mappingsByKey, planMappings, type Mapping } from "../src/v2p/mapping.ts";
import { emptyRack } from "./support/rack-rows.ts";
import { smallInstance, startRack, type Rack } from "./support/rack.ts";

describe("the plan of a sled's mappings", () => {
  const at = (virtualIp: string, physicalHostIp: string, virtualMac = "A8:40:25:00:00:01"): Mapping => ({
    vni: 1024,
    virtualIp,
    virtualMac,
    physicalHostIp,
  });
  const plan = (current: Mapping[], desired: Mapping[]) => planMappings(mappingsByKey(current), mappingsByKey(desired));

  it("sets what is missing, replaces what is wrong without removing it first, and removes what is too much", () => {
    expect(plan([at("10.0.0.1", "fd00::1")], [at("10.0.0.1", "fd00::1")])).toEqual({ set: [], remove: [] });
    expect(plan([], [at("10.0.0.1", "fd00::1")])).toEqual({ set: [at("10.0.0.1", "fd00::1")], remove: [] });
    const moved = [at("10.0.0.1", "fd00::2")];
    expect(plan([at("10.0.0.1", "fd00::1")], moved)).toEqual({ set: moved, remove: [] });
    const renewed = [at("10.0.0.1", "fd00::1", "A8:40:25:00:00:02")];
    expect(plan([at("10.0.0.1", "fd00::1")], renewed)).toEqual({ set: renewed, remove: [] });
    expect(plan([at("10.0.0.1", "fd00::1")], [])).toEqual({ set: [], remove: [at("10.0.0.1", "fd00::1")] });
    // The same address in another network is another one.
    const elsewhere = { ...at("10.0.0.1", "fd00::1"), vni: 2048 };
    expect(plan([elsewhere], [at("10.0.0.1", "fd00::1")])).toEqual({
      set: [at("10.0.0.1", "fd00::1")],
      remove: [elsewhere],
    });
  });
});

describe("v2p_manager", () => {
  let rack: Rack;
  beforeAll(async () => {
    rack = await startRack({ sleds: 3 });
  });
  afterAll(() => rack.close());
  beforeEach(async () => {
    for (const sled of rack.sleds) {
      sled.down = false;
      sled.crash();
      sled.broken.clear();
    }
    await emptyRack(rack);
    await rack.pass("v2p_manager", "timeout");
    for (const sled of rack.sleds) sled.calls.length = 0;
  });

  const start = async (name = "web") => {
    await rack.ok("POST", "/v1/instances?project=p", smallInstance(name));
    await rack.settled();
  };
  /** `address -> sled`, of every sled. */
  const known = () =>
    rack.sleds.map(({ v2p }) =>
      [...v2p.values()].map(({ virtual_ip, physical_host_ip }) => `${virtual_ip} -> ${physical_host_ip}`).sort(),
    );
  const wanted = async () => {
    const rows = await rack.nexus.store.db
      .selectFrom("network_interface as nic")
      .innerJoin("instance", "instance.id", "nic.instance_id")
      .innerJoin("vmm", "vmm.id", "instance.active_propolis_id")
      .innerJoin("sled", "sled.id", "vmm.sled_id")
      .select(["nic.ipv4", "nic.ipv6", "sled.underlay_address"])
      .execute();
    return rows
      .flatMap(({ ipv4, ipv6, underlay_address }) => [ipv4, ipv6].map((ip) => `${ip} -> ${underlay_address}`))
      .sort();
  };
  const writes = () => rack.sleds.flatMap(({ calls }) => calls).filter((call) => /^(set|del)_v2p$/.test(call)).length;

  it("tells every sled where every running instance is, and then nothing more", async () => {
    await start();
    await start("two");
    expect(await rack.pass("v2p_manager")).toEqual({ mappings: 4, sleds: 3, set: 12, removed: 0 });
    for (const sled of known()) expect(sled).toEqual(await wanted());
    for (const sled of rack.sleds) sled.calls.length = 0;
    for (const reason of ["signaled", "timeout"] as const) {
      expect(await rack.pass("v2p_manager", reason)).toEqual({ mappings: 4, sleds: 3, set: 0, removed: 0 });
    }
    expect(writes()).toBe(0);
  });

  it("tells sled-agents of every version", async () => {
    await start();
    for (const sled of rack.sleds) sled.tooOld = true;
    expect(await rack.pass("v2p_manager", "timeout")).toMatchObject({ set: 6 });
    for (const sled of rack.sleds) sled.tooOld = false;
    for (const sled of known()) expect(sled).toEqual(await wanted());
  });

  it("follows a stop and a migration", async () => {
    await start();
    await rack.pass("v2p_manager");
    const { id, sled_id } = (await rack.ok("GET", "/debug/vmms", undefined, { api: "lockstep" }))[0];
    const { id: instance } = await rack.ok("GET", "/v1/instances/web?project=p");
    const dst_sled_id = rack.sledIds.find((sled) => sled !== sled_id);
    await rack.ok("POST", `/instances/${instance}/migrate`, { dst_sled_id }, { api: "lockstep" });
    await rack.settled();
    // Until the guest has moved, packets go to where it is.
    expect(await rack.pass("v2p_manager")).toMatchObject({ set: 0, removed: 0 });
    const there = rack.sleds[rack.sledIds.indexOf(dst_sled_id ?? "")];
    const [target = ""] = there?.vmms.keys() ?? [];
    there?.migrate(target, "in", "completed", "running");
    await rack.settled();
    expect(await rack.pass("v2p_manager")).toMatchObject({ set: 6, removed: 0 });
    for (const sled of known()) expect(sled).toEqual(await wanted());
    for (const sled of rack.sleds) if (sled.vmms.has(id)) sled.migrate(id, "out", "completed", "destroyed");
    there?.change(target, "destroyed");
    await rack.settled();
    expect(await rack.pass("v2p_manager")).toMatchObject({ mappings: 0, set: 0, removed: 6 });
    expect(known()).toEqual([[], [], []]);
  });

  it("repairs what a sled lost or has too much at the next look, and a sled that starts again at once", async () => {
    await start();
    await rack.pass("v2p_manager");
    const [first, second] = rack.sleds;
    if (first === undefined || second === undefined) throw new Error("too few sleds");
    first.v2p.clear();
    const stray = { vni: 5, virtual_ip: "10.9.9.9", virtual_mac: "A8:40:25:FF:00:01", physical_host_ip: "fd00::9" };
    second.v2p.set("5 10.9.9.9", stray);
    const services = { ...stray, vni: 100 };
    second.v2p.set("100 10.9.9.9", services);
    expect(await rack.pass("v2p_manager", "timeout")).toMatchObject({ set: 2, removed: 1 });
    expect([...second.v2p.values()]).toContainEqual(services);
    second.v2p.clear();
    await rack.startedAgain(1);
    expect(await rack.pass("v2p_manager")).toMatchObject({ set: 2, removed: 0 });
  });

  it("does what it can when a sled is away, says which one, and does the rest later", async () => {
    const [first] = rack.sleds;
    if (first === undefined) throw new Error("too few sleds");
    first.down = true;
    // The instance goes to one of the others.
    const { db } = rack.nexus.store;
    await db
      .updateTable("sled")
      .set({ provision_policy: "non_provisionable" })
      .where("id", "=", rack.sledIds[0] ?? "")
      .execute();
    await start();
    await expect(rack.pass("v2p_manager")).rejects.toThrow(
      /^1 of 3 sleds: the sled-agent of sled .* could not be reached/,
    );
    expect(known().map(({ length }) => length)).toEqual([0, 2, 2]);
    first.down = false;
    expect(await rack.pass("v2p_manager")).toMatchObject({ set: 2 });
    // One that failed half-way is looked at again.
    first.v2p.clear();
    first.broken.set("set_v2p", new Error("full"));
    await expect(rack.pass("v2p_manager", "timeout")).rejects.toThrow(/1 of 3 sleds/);
    first.broken.clear();
    expect(await rack.pass("v2p_manager")).toMatchObject({ set: 2 });
    await db.updateTable("sled").set({ provision_policy: "provisionable" }).execute();
  });
});
