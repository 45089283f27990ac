import fc from "fast-check";
import { openStore } from "@racklet/store";
import { storeLegs, type StoreLeg } from "@racklet/store/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { contextOn, type NexusContext } from "../src/context.ts";
import { migrations } from "../src/db/migrations.ts";
import type { NexusTables } from "../src/db/schema.ts";
import { nowText } from "../src/db/now.ts";
import { NexusError } from "../src/errors.ts";
import { removeRange } from "../src/ip-pool/ranges.ts";
import { unlinkSilo } from "../src/ip-pool/silo-links.ts";
import { createGroup, deleteGroup } from "../src/multicast/explicit.ts";
import { currentMulticastGeneration } from "../src/multicast/generation.ts";
import { placeMembers, restMembers } from "../src/multicast/instance-hooks.ts";
import { joinGroup, leaveGroup } from "../src/multicast/join.ts";
import { endMembershipsOf } from "../src/multicast/members.ts";
import { writeMulticast } from "../src/multicast/writer.ts";
import type { OpContext } from "../src/op-context.ts";
import { domain, type Domain } from "./support/domain.ts";
import { MembershipModel, membershipLines } from "./support/membership-model.ts";

const POOLS = { asm: ["224.1.0.1", "224.1.0.2", "224.1.0.3"], ssm: ["232.1.0.1", "232.1.0.2"] };
const NAMES = ["a", "b", "c", "d", "e"];

const name = fc.constantFrom(...NAMES);
const who = fc.nat({ max: 2 });
const sources = fc.option(fc.uniqueArray(fc.constantFrom("10.0.0.1", "10.0.0.2", "10.0.0.3"), { maxLength: 2 }));
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("join" as const), who, name, sources }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("leave" as const), who, name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("create" as const), name, sources }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("delete" as const), name }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("activate" as const), name }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("start" as const), who, sled: fc.nat({ max: 1 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("stop" as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("end" as const), who }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** The user of a silo, as requests have one. */
const userOf = (d: Domain): OpContext => ({
  actor: { kind: "silo-user", siloUserId: d.nexus.world.ids.uuid(), siloId: d.siloId },
  log: d.nexus.world.log,
});

async function pools(d: Domain): Promise<void> {
  for (const [kind, ips] of Object.entries(POOLS)) {
    const range = { first: ips[0] ?? "", last: ips.at(-1) ?? "" };
    await d.pool(kind, [range], { type: "multicast", isDefault: false });
  }
}

/** True when it was accepted, false when it was refused for what users are told. */
async function accepted(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (error instanceof NexusError && error.kind !== "internal") return false;
    throw error;
  }
}

describe.each(storeLegs().filter(({ name: leg }) => leg !== "sqlite file"))("memberships on $name", (leg) => {
  let d: Domain;
  let op: OpContext;
  let sleds: string[];
  beforeAll(async () => {
    d = await domain(leg);
    op = userOf(d);
    await pools(d);
    sleds = [await addSled(d.nexus, 0), await addSled(d.nexus, 1)];
  });
  afterAll(() => d.close());

  async function perform(nexus: NexusContext, instances: readonly string[], model: MembershipModel, each: Step) {
    const { db } = nexus.store;
    const instance = "who" in each ? (instances[each.who] ?? "") : "";
    switch (each.do) {
      case "join": {
        const request = { group: { name: each.name }, sources: each.sources, ipVersion: null };
        return [await accepted(joinGroup(nexus, op, instance, request)), model.join(instance, each.name, each.sources)];
      }
      case "leave":
        return [await accepted(leaveGroup(nexus, instance, { name: each.name })), model.leave(instance, each.name)];
      case "create": {
        const group = { name: each.name, description: "", ip: null, pool: null, sources: each.sources, mvlan: null };
        return [await accepted(createGroup(nexus, op, group)), model.create(each.name, each.sources ?? [])];
      }
      case "delete":
        return [await accepted(deleteGroup(nexus, { name: each.name })), model.delete(each.name)];
      case "activate":
        await db
          .updateTable("multicast_group")
          .set({ state: "active" })
          .where("name", "=", each.name)
          .where("time_deleted", "is", null)
          .execute();
        model.activate(each.name);
        return [];
      case "start": {
        const sled = sleds[each.sled] ?? "";
        const live = await db
          .selectFrom("instance")
          .select("id")
          .where("id", "=", instance)
          .where("time_deleted", "is", null)
          .executeTakeFirst();
        if (live === undefined) return [];
        await nexus.store.transaction(async (tx) => {
          const vmm = nexus.world.ids.uuid();
          const now = nowText(nexus);
          const row = {
            id: vmm,
            instance_id: instance,
            sled_id: sled,
            propolis_address: "[::1]:1",
            state: "running",
          } as const;
          const times = {
            state_gen: 1,
            time_state_updated: now,
            failure_reason: null,
            time_created: now,
            time_deleted: null,
          };
          await tx
            .insertInto("vmm")
            .values({ ...row, ...times })
            .execute();
          await tx
            .updateTable("instance")
            .set({ state: "vmm", active_propolis_id: vmm })
            .where("id", "=", instance)
            .execute();
          await placeMembers(nexus, tx, instance, sled);
        });
        model.start(instance, sled);
        return [];
      }
      case "stop":
        await nexus.store.transaction(async (tx) => {
          await tx
            .updateTable("instance")
            .set({ state: "no_vmm", active_propolis_id: null })
            .where("id", "=", instance)
            .execute();
          await restMembers(nexus, tx, instance);
        });
        model.stop(instance);
        return [];
      case "end":
        await writeMulticast(nexus, async (writer) => {
          await writer.tx
            .updateTable("instance")
            .set({ time_deleted: writer.now, state: "destroyed", active_propolis_id: null })
            .where("id", "=", instance)
            .execute();
          await endMembershipsOf(writer, instance);
        });
        model.end(instance);
        return [];
    }
  }

  it("are what a small model says after any sequence of steps, and take a generation when they change", async () => {
    let runs = 0;
    const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const { nexus } = d;
      const { db } = nexus.store;
      runs += 1;
      const instances = [];
      for (let i = 0; i < 3; i++) instances.push(await d.instance(`i${runs}-${i}`));
      const model = new MembershipModel(POOLS);
      for (const each of steps) {
        const [lines, generation] = [await membershipLines(nexus), await currentMulticastGeneration(db)];
        const [done, expected] = await perform(nexus, instances, model, each);
        expect(done, JSON.stringify(each)).toBe(expected);
        const after = await membershipLines(nexus);
        expect(after, JSON.stringify(each)).toEqual(model.lines());
        const advanced = (await currentMulticastGeneration(db)) - generation;
        expect(advanced, JSON.stringify(each)).toBe(after.join() === lines.join() ? 0 : 1);
      }
      await db.deleteFrom("multicast_group_member").execute();
      await db.deleteFrom("multicast_group").execute();
    });
    await fc.assert(property, { numRuns: leg.name === "postgres" ? 10 : 40 });
  });
});

describe.each(storeLegs().filter(({ shared }) => shared))("two processes on one $name", (leg) => {
  let d: Domain;
  let other: NexusContext;
  let dispose: () => Promise<void>;
  beforeEach(async () => {
    const database = await leg.fresh();
    const open: StoreLeg["open"] = (options) => openStore({ ...options, url: database.url });
    d = await domain({ ...leg, open });
    const { config, world } = d.nexus;
    other = contextOn(await open<NexusTables>({ migrations, world }), config, world);
    dispose = async () => {
      await other.store.close();
      await d.close();
      await database.dispose();
    };
    await pools(d);
  });
  afterEach(() => dispose());

  it("lose no join and no leave, and make one group of a name", async () => {
    const op = userOf(d);
    const instances = [];
    for (let i = 0; i < 6; i++) instances.push(await d.instance(`i${i}`));
    const request = { group: { name: "video" }, sources: null, ipVersion: null };
    await Promise.all(
      instances.map(async (instance, i) => {
        const nexus = i % 2 === 0 ? d.nexus : other;
        for (let round = 0; round < 3; round++) {
          await joinGroup(nexus, op, instance, request);
          if (round < 2) await leaveGroup(nexus, instance, { name: "video" });
        }
      }),
    );
    const lines = await membershipLines(d.nexus);
    expect(lines).toHaveLength(1 + instances.length);
    for (const instance of instances) expect(lines).toContain(`video ${instance}  joining null`);
    await Promise.all(instances.map((instance, i) => leaveGroup(i < 3 ? d.nexus : other, instance, { name: "video" })));
    expect(await membershipLines(d.nexus)).toEqual([]);
  });

  it.each([
    ["range", (pool: string) => removeRange(other, d.op, { id: pool }, { first: "224.8.0.1", last: "224.8.0.9" })],
    ["link", (pool: string) => unlinkSilo(other, d.op, { id: pool }, { id: d.siloId })],
  ])("make a group or take away its pool's %s, but not both", async (_, takeAway) => {
    const op = userOf(d);
    const instance = await d.instance("web");
    for (let round = 0; round < 4; round++) {
      const range = { first: "224.8.0.1", last: "224.8.0.9" };
      const pool = await d.pool(`pool-${round}`, [range], { type: "multicast", isDefault: false });
      const request = { group: { ip: "224.8.0.5" }, sources: null, ipVersion: null };
      const outcomes = await Promise.all([
        accepted(joinGroup(d.nexus, op, instance, request)),
        accepted(takeAway(pool)),
      ]);
      expect(outcomes.filter(Boolean), `round ${round}`).toHaveLength(1);
      await accepted(leaveGroup(d.nexus, instance, { ip: "224.8.0.5" }));
      await accepted(removeRange(d.nexus, d.op, { id: pool }, range));
    }
  });

  it("refuse the 33rd group, whoever asks first", async () => {
    await d.pool("big", [{ first: "224.9.0.1", last: "224.9.0.99" }], { type: "multicast", isDefault: true });
    const op = userOf(d);
    const instance = await d.instance("web");
    const joinBy = (nexus: NexusContext, group: string) =>
      accepted(joinGroup(nexus, op, instance, { group: { name: group }, sources: null, ipVersion: null }));
    for (let i = 0; i < 30; i++) await joinBy(d.nexus, `g${i}`);
    const late = await Promise.all(["w", "x", "y", "z"].map((group, i) => joinBy(i < 2 ? d.nexus : other, group)));
    expect(late.filter(Boolean)).toHaveLength(2);
    expect(await membershipLines(d.nexus)).toHaveLength(64);
  });
});

async function addSled(nexus: NexusContext, n: number): Promise<string> {
  const id = nexus.world.ids.uuid();
  const now = nowText(nexus);
  await nexus.store.db
    .insertInto("sled")
    .values({
      id,
      time_created: now,
      time_modified: now,
      rack_id: nexus.config.rackId,
      sled_agent_address: `[fd00::${n + 1}]:12345`,
      underlay_address: `fd00::${n + 1}`,
      dpd_url: null,
      serial_number: `BRM0${n}`,
      part_number: "913",
      revision: 1,
      is_scrimlet: 0,
      usable_hardware_threads: 8,
      usable_physical_ram: 2 ** 34,
      reservoir_size: 2 ** 33,
      cpu_family: "amd_milan",
      sled_agent_gen: 1,
      slot: n,
      policy: "in_service",
      provision_policy: "provisionable",
      state: "active",
    })
    .execute();
  return id;
}
