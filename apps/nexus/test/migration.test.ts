import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { storeLegs } from "@racklet/store/testing";
import { contextOn } from "../src/context.ts";
import { emptyRack } from "./support/rack-rows.ts";
import { smallInstance, startRack, type Rack } from "./support/rack.ts";
import type { Json } from "./support/nexus.ts";
import type { FakeSledAgent } from "./support/fake-sled-agent.ts";

let rack: Rack;
beforeAll(async () => {
  rack = await startRack({ sleds: 3 });
});
afterAll(() => rack.close());
beforeEach(async () => {
  for (const sled of rack.sleds) {
    sled.down = false;
    sled.reporting = true;
    sled.broken.clear();
    sled.gates.clear();
    sled.cut.clear();
    sled.calls.length = 0;
  }
  await emptyRack(rack);
});

const db = () => rack.nexus.store.db;
const view = () => rack.ok("GET", "/v1/instances/web?project=p");
const state = async (): Promise<string> => (await view()).run_state;
const vmms = (): Promise<Json[]> => rack.ok("GET", "/debug/vmms", undefined, { api: "lockstep" });
const reservations = () => db().selectFrom("sled_resource_vmm").selectAll().execute();
const sledOf = (vmmId: string): FakeSledAgent => {
  const sled = rack.sleds.find((each) => each.vmms.has(vmmId));
  if (sled === undefined) throw new Error(`no sled has ${vmmId}`);
  return sled;
};
const addressOf = async (sled: number): Promise<string> => {
  const id = rack.sledIds[sled] ?? "";
  return (await db().selectFrom("sled").select("underlay_address").where("id", "=", id).executeTakeFirstOrThrow())
    .underlay_address;
};

interface Running {
  readonly id: string;
  /** Its VMM, and the sleds by number: where it is, and another one. */
  readonly source: string;
  readonly here: number;
  readonly there: number;
}

async function run(): Promise<Running> {
  const ips = [{ type: "ephemeral", pool_selector: { type: "auto", ip_version: "v4" } }];
  const { id } = await rack.ok("POST", "/v1/instances?project=p", smallInstance("web", { external_ips: ips }));
  await rack.settled();
  expect(await state()).toBe("running");
  const [{ id: source, sled_id }] = (await vmms()) as [Json];
  const here = rack.sledIds.indexOf(sled_id);
  return { id, source, here, there: (here + 1) % rack.sledIds.length };
}

const migrate = (id: string, sled: number | string) =>
  rack.call(
    "POST",
    `/instances/${id}/migrate`,
    { dst_sled_id: typeof sled === "string" ? sled : rack.sledIds[sled] },
    { api: "lockstep" },
  );

/** Under way: both ends have begun. */
async function begin(): Promise<Running & { readonly target: string }> {
  const running = await run();
  expect(await migrate(running.id, running.there)).toMatchObject({ status: 200, body: { run_state: "migrating" } });
  await rack.settled();
  const target = (await vmms()).find(({ role }) => role === "target").id;
  return { ...running, target };
}

/** Exactly one VMM is seen to run, and where. */
async function theOneThatRuns(): Promise<string> {
  const running = (await vmms()).filter((vmm) => vmm.state === "running");
  expect(running).toHaveLength(1);
  return running[0].id;
}

async function expectOn(vmmId: string, sled: number): Promise<void> {
  await rack.settled();
  expect(await state()).toBe("running");
  expect(await theOneThatRuns()).toBe(vmmId);
  expect(await reservations()).toMatchObject([{ vmm_id: vmmId, sled_id: rack.sledIds[sled] }]);
  const address = await addressOf(sled);
  expect(await rack.nat()).toHaveLength(2);
  for (const entry of await rack.nat()) expect(entry).toContain(` -> ${address} `);
  expect(await vmms()).toHaveLength(1);
  const instance = await db().selectFrom("instance").selectAll().executeTakeFirstOrThrow();
  expect(instance).toMatchObject({ migration_id: null, target_propolis_id: null, updater_id: null });
}

async function expectFailed(): Promise<void> {
  await rack.settled();
  expect(await state()).toBe("failed");
  expect(await rack.nat()).toEqual([]);
  expect(await reservations()).toEqual([]);
  expect((await vmms()).filter((vmm) => vmm.state === "running")).toEqual([]);
}

describe("a migration", () => {
  it("moves the instance, and is one VMM that runs at every step", async () => {
    const { id, source, target, here, there } = await begin();
    expect(await state()).toBe("migrating");
    expect(await theOneThatRuns()).toBe(source);
    expect(await reservations()).toHaveLength(2);
    expect(sledOf(target).vmms.get(target)?.body).toMatchObject({ migration_id: expect.any(String), instance_id: id });
    // The address leads to the source for as long as it has the guest.
    for (const entry of await rack.nat()) expect(entry).toContain(` -> ${await addressOf(here)} `);
    sledOf(target).migrate(target, "in", "completed", "running");
    await rack.settled();
    expect(await state()).toBe("running");
    expect(await theOneThatRuns()).toBe(target);
    sledOf(source).migrate(source, "out", "completed", "stopping");
    await rack.settled();
    expect(await theOneThatRuns()).toBe(target);
    sledOf(source).change(source, "destroyed");
    await expectOn(target, there);
    // And on: what has migrated can migrate again, and stop.
    expect((await migrate(id, here)).status).toBe(200);
    await rack.settled();
    const back = (await vmms()).find(({ role }) => role === "target").id;
    sledOf(back).migrate(back, "in", "completed", "running");
    sledOf(target).migrate(target, "out", "completed", "destroyed");
    await expectOn(back, here);
    await rack.ok("POST", "/v1/instances/web/stop?project=p");
    sledOf(back).change(back, "destroyed");
    await rack.settled();
    expect(await state()).toBe("stopped");
    expect(await reservations()).toEqual([]);
  });

  it("is followed in whatever order the two ends tell of it", async () => {
    const { source, target, there } = await begin();
    sledOf(source).migrate(source, "out", "completed", "stopping");
    await rack.settled();
    expect(await state()).toBe("migrating");
    expect(await theOneThatRuns()).toBe(target);
    for (const entry of await rack.nat()) expect(entry).toContain(` -> ${await addressOf(there)} `);
    sledOf(source).change(source, "destroyed");
    await rack.settled();
    expect(await theOneThatRuns()).toBe(target);
    sledOf(target).migrate(target, "in", "completed", "running");
    await expectOn(target, there);
  });

  it("that was told of only by the watcher's questions is followed as well", async () => {
    const { source, target, there } = await begin();
    for (const sled of rack.sleds) sled.reporting = false;
    sledOf(target).migrate(target, "in", "completed", "running");
    sledOf(source).migrate(source, "out", "completed", "stopping");
    expect(await state()).toBe("migrating");
    expect(await rack.pass("instance_watcher")).toMatchObject({ checked: 2, changed: 2 });
    await rack.settled();
    expect(await state()).toBe("running");
    sledOf(source).crash();
    expect(await rack.pass("instance_watcher")).toMatchObject({ checked: 2, lost: 1 });
    await expectOn(target, there);
    expect(await rack.pass("instance_watcher")).toMatchObject({ checked: 1, changed: 0, lost: 0 });
  });

  it("takes the instance's memberships along", async () => {
    await rack.ok("POST", "/v1/system/ip-pools", {
      name: "mc",
      description: "",
      ip_version: "v4",
      pool_type: "multicast",
    });
    await rack.ok("POST", "/v1/system/ip-pools/mc/ranges/add", { first: "224.1.0.0", last: "224.1.0.9" });
    await rack.ok("POST", "/v1/system/ip-pools/mc/silos", { silo: rack.siloId, is_default: true });
    const { id, target, there } = await begin();
    const row = {
      time_created: "2026",
      time_modified: "2026",
      time_deleted: null,
      version_added: 1,
      version_removed: null,
    };
    const { ip_pool_id, id: ip_pool_range_id } = await db()
      .selectFrom("ip_pool_range")
      .selectAll()
      .where("first_address", "=", "224.1.0.0")
      .executeTakeFirstOrThrow();
    const group = {
      ...row,
      id: rack.nexus.world.ids.uuid(),
      name: "g",
      description: "",
      vni: 77,
      ip_pool_id,
      ip_pool_range_id,
      multicast_ip: "224.1.0.1",
      ip_sort: "4e0010001",
      ip_version: "v4" as const,
      underlay_group_id: null,
      underlay_salt: null,
      tag: "t",
      state: "active" as const,
      explicitly_created: 0 as const,
      default_source_ips: "[]",
      mvlan: null,
    };
    await db().insertInto("multicast_group").values(group).execute();
    const member = { external_group_id: group.id, parent_id: id, multicast_ip: "224.1.0.1", source_ips: "[]" };
    await db()
      .insertInto("multicast_group_member")
      .values({ ...row, ...member, id: rack.nexus.world.ids.uuid(), state: "joined", sled_id: null })
      .execute();
    const place = () =>
      db().selectFrom("multicast_group_member").select(["state", "sled_id"]).executeTakeFirstOrThrow();
    sledOf(target).migrate(target, "in", "completed", "running");
    await rack.settled();
    expect(await place()).toEqual({ state: "joined", sled_id: rack.sledIds[there] });
    sledOf(target).change(target, "destroyed");
    await rack.settled();
    expect(await place()).toEqual({ state: "left", sled_id: null });
    await db().deleteFrom("multicast_group_member").execute();
    await db().deleteFrom("multicast_group").execute();
  });
});

describe.each(storeLegs())("on $name", (leg) => {
  it("an instance goes to another sled and comes back in spite of a failure", async () => {
    const memory = rack;
    rack = await startRack({ leg });
    try {
      const { id, source, target, here, there } = await begin();
      sledOf(source).migrate(source, "out", "failed", "running");
      await expect.poll(state).toBe("running");
      await rack.settled();
      await rack.pass("abandoned_vmm_reaper");
      await expectOn(source, here);
      expect((await migrate(id, there)).status).toBe(200);
      await rack.settled();
      const next = (await vmms()).find(({ role }) => role === "target").id;
      // Both ends tell at once, so both updates are wanted at once.
      sledOf(next).migrate(next, "in", "completed", "running");
      sledOf(source).migrate(source, "out", "completed", "destroyed");
      await rack.settled();
      await rack.pass("instance_updater");
      await expectOn(next, there);
      expect(target).not.toBe(next);
      expect(await rack.nexus.sagas.list({ states: ["stuck"], limit: 10 })).toEqual([]);
    } finally {
      await rack.close();
      rack = memory;
    }
  });
});

describe("a migration that fails", () => {
  it("leaves the instance running where it was", async () => {
    const { source, target, here, id, there } = await begin();
    sledOf(target).migrate(target, "in", "failed", "failed");
    await rack.settled();
    sledOf(source).migrate(source, "out", "failed", "running");
    await expectOn(source, here);
    expect((await migrate(id, there)).status).toBe(200);
  });

  it("because the source gave up drops the target for good", async () => {
    const { source, target, here } = await begin();
    sledOf(source).migrate(source, "out", "failed", "running");
    await rack.settled();
    expect(await state()).toBe("running");
    expect(await rack.pass("abandoned_vmm_reaper")).toMatchObject({ found: 1, reaped: 1 });
    expect(rack.sleds.some((sled) => sled.vmms.has(target))).toBe(false);
    await expectOn(source, here);
  });

  it.each(["the target's sled-agent crashes", "the target's propolis dies"])("because %s", async (what) => {
    const { source, target, here } = await begin();
    if (what === "the target's propolis dies") sledOf(target).migrate(target, "in", "failed", "failed");
    else {
      sledOf(target).crash();
      expect(await rack.pass("instance_watcher")).toMatchObject({ lost: 1 });
    }
    await rack.settled();
    sledOf(source).migrate(source, "out", "failed", "running");
    await expectOn(source, here);
  });

  it.each(["destroyed", "failed"] as const)(
    "because its source is %s ends the instance when the target says so",
    async (end) => {
      const { source, target } = await begin();
      sledOf(source).migrate(source, "out", "failed", end);
      await rack.settled();
      expect(await state()).toBe("migrating");
      sledOf(target).migrate(target, "in", "failed", "failed");
      if (end === "failed") await expectFailed();
      else {
        await rack.settled();
        expect(await state()).toBe("stopped");
        expect(await reservations()).toEqual([]);
      }
    },
  );

  it("because its source's sled-agent crashed goes on all the same when the target has the guest", async () => {
    const { source, target, there } = await begin();
    sledOf(source).crash();
    expect(await rack.pass("instance_watcher")).toMatchObject({ lost: 1 });
    await rack.settled();
    expect(await state()).toBe("migrating");
    sledOf(target).migrate(target, "in", "completed", "running");
    await expectOn(target, there);
  });

  it("after the guest was given away fails the instance", async () => {
    const { source, target } = await begin();
    sledOf(target).migrate(target, "in", "failed", "failed");
    await rack.settled();
    // The source's word is the later one: until then it seems to have kept its guest.
    expect(await state()).not.toBe("failed");
    sledOf(source).migrate(source, "out", "completed", "destroyed");
    await expectFailed();
  });

  it("when the target fails after it took over fails the instance; when it shuts down it is off", async () => {
    for (const end of ["failed", "destroyed"] as const) {
      await emptyRack(rack);
      const { source, target } = await begin();
      sledOf(source).migrate(source, "out", "completed", "destroyed");
      sledOf(target).migrate(target, "in", "completed", end);
      await rack.settled();
      expect(await state()).toBe(end === "failed" ? "failed" : "stopped");
      expect(await reservations()).toEqual([]);
      expect(await rack.nat()).toEqual([]);
    }
  });

  it("on an expunged sled is over", async () => {
    const { source, target, here, there } = await begin();
    const id = rack.sledIds[there] ?? "";
    await db().updateTable("sled").set({ policy: "expunged" }).where("id", "=", id).execute();
    expect(await rack.pass("instance_watcher")).toMatchObject({ lost: 1 });
    await db().updateTable("sled").set({ policy: "in_service" }).where("id", "=", id).execute();
    sledOf(source).migrate(source, "out", "failed", "running");
    await expectOn(source, here);
    sledOf(target).vmms.clear();
  });
});

describe("a migration is refused", () => {
  it("for an instance that is off, gone, already there or already on its way", async () => {
    const { id, here, there } = await run();
    expect(await migrate(id, here)).toMatchObject({
      status: 400,
      body: { error_code: "InvalidRequest", message: "instance is already running on destination sled" },
    });
    expect((await migrate(id, there)).status).toBe(200);
    expect(await migrate(id, (there + 1) % 3)).toMatchObject({
      status: 409,
      body: { error_code: "Conflict", message: "instance is already migrating" },
    });
    await emptyRack(rack);
    const { id: off } = await rack.ok("POST", "/v1/instances?project=p", smallInstance("off", { start: false }));
    expect(await migrate(off, there)).toMatchObject({
      status: 400,
      body: { message: "instance must be running before it can migrate" },
    });
    expect((await migrate(rack.nexus.world.ids.uuid(), there)).status).toBe(404);
  });

  it("to a sled that there is not, that is out of service, or that has no room", async () => {
    const { id, there, source, here } = await run();
    expect((await migrate(id, rack.nexus.world.ids.uuid())).status).toBe(404);
    const at = db()
      .updateTable("sled")
      .where("id", "=", rack.sledIds[there] ?? "");
    await at.set({ policy: "expunged" }).execute();
    expect(await migrate(id, there)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("not in service") },
    });
    await at.set({ policy: "in_service", provision_policy: "non_provisionable" }).execute();
    expect((await migrate(id, there)).status).toBe(400);
    await at.set({ provision_policy: "provisionable", usable_hardware_threads: 1 }).execute();
    expect(await migrate(id, there)).toMatchObject({ status: 507, body: { error_code: "InsufficientCapacity" } });
    await at.set({ usable_hardware_threads: 16, cpu_family: "unknown" }).execute();
    expect(await migrate(id, there)).toMatchObject({
      status: 507,
      body: { message: expect.stringContaining("no sled has a CPU fit for amd_milan") },
    });
    await at.set({ cpu_family: "amd_milan" }).execute();
    await expectOn(source, here);
  });

  it("while an address is on its way, and addresses stay where they are while it is under way", async () => {
    const { id, there } = await run();
    await db().updateTable("external_ip").set({ state: "detaching" }).where("kind", "=", "ephemeral").execute();
    expect((await migrate(id, there)).status).toBe(503);
    await db().updateTable("external_ip").set({ state: "attached" }).where("kind", "=", "ephemeral").execute();
    expect(await state()).toBe("running");
    expect((await migrate(id, there)).status).toBe(200);
    const path = "/v1/instances/web/external-ips/ephemeral?project=p";
    expect((await rack.call("DELETE", path)).status).toBe(503);
  });

  it("by no quota: an instance that moves does not count twice", async () => {
    const { id, there } = await run();
    await rack.ok("PUT", `/v1/system/silos/${rack.siloId}/quotas`, { cpus: 4 });
    expect((await migrate(id, there)).status).toBe(200);
    await rack.ok("POST", "/v1/instances?project=p", smallInstance("two", { start: false }));
    expect((await rack.call("POST", "/v1/instances/two/start?project=p")).status).toBe(202);
    await rack.ok("PUT", `/v1/system/silos/${rack.siloId}/quotas`, { cpus: 1_000 });
  });
});

describe("a sled-agent", () => {
  it("that does not take the target leaves the instance running, with nothing left of the attempt", async () => {
    const { id, source, here, there } = await run();
    for (const [what, code] of [
      ["down", 502],
      ["broken register", 500],
      ["broken request", 500],
    ] as const) {
      const sled = rack.sleds[there];
      if (sled === undefined) throw new Error("no such sled");
      if (what === "down") sled.down = true;
      if (what === "broken register") sled.broken.set("vmm_register", new Error("no"));
      if (what === "broken request") sled.broken.set("vmm_put_state", new Error("no"));
      expect([what, (await migrate(id, there)).status]).toEqual([what, code]);
      sled.down = false;
      sled.broken.clear();
      await rack.pass("abandoned_vmm_reaper");
      expect(sled.vmms.size).toBe(0);
      await expectOn(source, here);
    }
  });

  it("that was told to begin and did not hear it is told again, and nothing is taken back meanwhile", async () => {
    const { id, there, source } = await run();
    const sled = rack.sleds[there];
    if (sled === undefined) throw new Error("no such sled");
    sled.cut.add("vmm_put_state");
    expect(await migrate(id, there)).toMatchObject({ status: 200, body: { run_state: "migrating" } });
    sled.cut.clear();
    const [target = ""] = sled.vmms.keys();
    expect(sled.vmms.get(target)?.migrationIn?.state).toBe("pending");
    expect(await rack.pass("instance_watcher")).toMatchObject({ begun: 0 });
    await db().updateTable("vmm").set({ time_created: "2020-01-01T00:00:00.000Z" }).execute();
    expect(await rack.pass("instance_watcher")).toMatchObject({ begun: 1 });
    await rack.settled();
    expect(sled.vmms.get(target)?.migrationIn?.state).toBe("in_progress");
    expect(sledOf(source).vmms.get(source)?.migrationOut?.state).toBe("in_progress");
  });
});

describe("a stop during a migration", () => {
  it("that the source took is repeated at the target", async () => {
    const { source, target } = await begin();
    expect(await rack.call("POST", "/v1/instances/web/stop?project=p")).toMatchObject({ status: 202 });
    sledOf(source).migrate(source, "out", "completed", "destroyed");
    sledOf(target).migrate(target, "in", "completed", "running");
    await rack.settled();
    // At the first question it may still tell news.
    await rack.pass("instance_watcher");
    await rack.pass("instance_watcher");
    await rack.settled();
    expect(await state()).toBe("stopping");
    sledOf(target).change(target, "destroyed");
    await rack.settled();
    expect(await state()).toBe("stopped");
  });
});

describe("another Nexus", () => {
  it("finishes a migration's setup that was interrupted", async () => {
    const { id, there } = await run();
    const sled = rack.sleds[there];
    const gate = Promise.withResolvers<void>();
    sled?.gates.set("vmm_register", gate.promise);
    const asked = migrate(id, there);
    await expect.poll(() => sled?.calls).toContain("vmm_register");
    sled?.gates.clear();
    const { store, config, world } = rack.nexus;
    const next = contextOn(store, config, world);
    const recovered = await next.sagas.recover({ adopt: "all" });
    await Promise.all(recovered.map(({ result }) => result));
    await Promise.all(rack.sleds.map((each) => each.settled()));
    expect(await state()).toBe("migrating");
    gate.resolve();
    expect((await asked).status).toBe(503);
    await rack.settled();
    const [target = ""] = sled?.vmms.keys() ?? [];
    sled?.migrate(target, "in", "completed", "running");
    await rack.settled();
    expect(await theOneThatRuns()).toBe(target);
  });
});
