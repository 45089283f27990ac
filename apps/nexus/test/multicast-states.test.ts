/** The table of states, row by row: what each row needs to apply, what its action does to the rows, and that the docs print it. */
import { storeLegs } from "@racklet/store/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ipSort } from "../src/db/ip-sort.ts";
import type { MulticastGroupState, MulticastMemberState } from "../src/db/schema.ts";
import { placeMembers } from "../src/multicast/instance-hooks.ts";
import { commitChanges, type GroupChange, type MemberChange } from "../src/multicast/reconcile/commit.ts";
import { readRows } from "../src/multicast/reconcile/rows.ts";
import {
  GROUP_RULES,
  groupRule,
  MEMBER_RULES,
  memberRule,
  type GroupFacts,
  type MemberFacts,
} from "../src/multicast/reconcile/states.ts";
import { domain, type Domain } from "./support/domain.ts";

const GROUP: GroupFacts = {
  state: "creating",
  members: 1,
  explicit: false,
  ageMs: 60_000,
  programmable: true,
  mapped: true,
  switchReachable: true,
  held: true,
  cleared: true,
  unreleased: 0,
};

/** What differs from the above for each row to be the first that fits. */
const GROUPS: Readonly<Record<string, Partial<GroupFacts>>> = {
  "creating-orphan-young": { members: 0, ageMs: 10_000 },
  "creating-orphan-old": { members: 0, ageMs: 10_001 },
  "creating-no-sources": { programmable: false },
  "creating-no-switch": { switchReachable: false },
  "creating-unmapped": { mapped: false },
  "creating-mapped": {},
  "active-orphan-young": { state: "active", members: 0, ageMs: 10_000 },
  "active-orphan-old": { state: "active", members: 0, ageMs: 10_001 },
  "active-held": { state: "active" },
  "active-drifted": { state: "active", held: false },
  "deleting-unreleased": { state: "deleting", unreleased: 1 },
  "deleting-unmapped": { state: "deleting", mapped: false, cleared: false },
  "deleting-held": { state: "deleting", cleared: false },
  "deleting-cleared": { state: "deleting" },
};

const MEMBER: MemberFacts = {
  state: "joining",
  deleted: false,
  groupState: "active",
  valid: true,
  sled: "a",
  recorded: "a",
  resolvable: true,
  applied: false,
  released: false,
};
const INVALID = { valid: false, sled: null };
const ENDED = { state: "left", deleted: true } as const;

const MEMBERS: Readonly<Record<string, Partial<MemberFacts>>> = {
  "group-gone": { state: "joined", groupState: "deleting" },
  "joining-invalid": INVALID,
  "joining-moved": { recorded: null },
  "joining-creating": { groupState: "creating" },
  "joining-nowhere": { sled: null },
  "joining-unresolvable": { resolvable: false },
  "joining-unapplied": {},
  "joining-applied": { applied: true },
  "joined-invalid": { state: "joined", ...INVALID },
  "joined-moved-applied": { state: "joined", recorded: "b", applied: true },
  "joined-moved": { state: "joined", recorded: "b" },
  "joined-nowhere": { state: "joined", sled: null },
  "joined-unresolvable": { state: "joined", resolvable: false },
  "joined-held": { state: "joined", applied: true },
  "joined-drifted": { state: "joined" },
  "left-invalid": { state: "left", ...INVALID },
  "left-creating": { state: "left", groupState: "creating" },
  "left-wakes": { state: "left" },
  "ended-released": { ...ENDED, released: true },
  "ended-held": ENDED,
  "ended-free": { ...ENDED, recorded: null },
};

describe("the table of states", () => {
  it("has a case for every row, and no other", () => {
    expect(GROUP_RULES.map(({ id }) => id)).toEqual(Object.keys(GROUPS));
    expect(MEMBER_RULES.map(({ id }) => id)).toEqual(Object.keys(MEMBERS));
  });

  it.each(Object.entries(GROUPS))("of groups comes to row %s", (id, facts) => {
    expect(groupRule({ ...GROUP, ...facts }).id).toBe(id);
  });

  it.each(Object.entries(MEMBERS))("of members comes to row %s", (id, facts) => {
    expect(memberRule({ ...MEMBER, ...facts }).id).toBe(id);
  });

  it("keeps a group that was created by its own call, however empty", () => {
    for (const state of ["creating", "active"] as const) {
      const { action } = groupRule({ ...GROUP, state, members: 0, explicit: true });
      expect(action).not.toBe("markDeleting");
    }
  });

  it("has a row for every combination", () => {
    const bits = [true, false];
    for (const state of ["joining", "joined", "left"] as const) {
      for (const groupState of ["creating", "active", "deleting"] as const) {
        for (const deleted of bits)
          for (const valid of bits)
            for (const applied of bits)
              for (const sled of ["a", null]) {
                for (const recorded of ["a", "b", null]) {
                  for (const resolvable of bits)
                    for (const released of bits) {
                      const facts = {
                        state,
                        groupState,
                        deleted,
                        valid,
                        applied,
                        sled,
                        recorded,
                        resolvable,
                        released,
                      };
                      expect(() => memberRule(facts)).not.toThrow();
                    }
                }
              }
      }
    }
  });

  it("is printed in the docs", async () => {
    await expect(rendered()).toMatchFileSnapshot("../../../docs/multicast-states.md");
  });
});

function rendered(): string {
  const table = (rules: readonly { state: string; when: string; does: string; next: string }[]): string[] => [
    "| state | condition | action | next |",
    "| --- | --- | --- | --- |",
    ...rules.map(({ state, when, does, next }) => `| ${state} | ${when} | ${does} | ${next} |`),
  ];
  return [
    "# States of multicast groups and members",
    "",
    "Printed from the table that the reconciler goes by (`apps/nexus/src/multicast/reconcile/states.ts`); a test holds the two equal and goes",
    "through every row. The first row that fits applies. *Ended* memberships are those that were given up: users see them no more.",
    "",
    "## Groups",
    "",
    ...table(GROUP_RULES),
    "",
    "## Members",
    "",
    ...table(MEMBER_RULES),
    "",
  ].join("\n");
}

describe.each(storeLegs().filter(({ name }) => name !== "sqlite file"))("the actions of the table on $name", (leg) => {
  let d: Domain;
  let pool: { id: string; range: string };
  let n = 0;
  beforeAll(async () => {
    d = await domain(leg);
    const id = await d.pool("m", [{ first: "224.1.0.0", last: "224.1.255.255" }], { type: "multicast" });
    const range = await d.nexus.store.db.selectFrom("ip_pool_range").select("id").executeTakeFirstOrThrow();
    pool = { id, range: range.id };
    for (const name of ["a", "b"]) await insertSled(name);
  });
  afterAll(() => d.close());

  const insertSled = (id: string) =>
    d.nexus.store.db
      .insertInto("sled")
      .values({
        id,
        time_created: "t",
        time_modified: "t",
        rack_id: "r",
        sled_agent_address: `[fd00::${id}]:1`,
        underlay_address: `fd00::${id}`,
        dpd_url: null,
        serial_number: id,
        part_number: "p",
        revision: 1,
        is_scrimlet: 0,
        usable_hardware_threads: 1,
        usable_physical_ram: 1,
        reservoir_size: 1,
        cpu_family: "unknown",
        sled_agent_gen: 1,
        slot: null,
        policy: "in_service",
        provision_policy: "provisionable",
        state: "active",
      })
      .execute();

  async function insertGroup(
    state: MulticastGroupState,
    more: { explicit?: boolean; mapped?: boolean } = {},
  ): Promise<string> {
    const { db } = d.nexus.store;
    const id = d.nexus.world.ids.uuid();
    const ip = `224.1.${n >> 8}.${n++ & 255}`;
    const versions = { version_added: 1, version_removed: null };
    const times = {
      time_created: "2026-01-01T00:00:00.000Z",
      time_modified: "t",
      time_deleted: state === "deleting" ? "t" : null,
    };
    const underlay = more.mapped === true ? d.nexus.world.ids.uuid() : null;
    if (underlay !== null) {
      const row = { id: underlay, multicast_ip: `ff04::${n}`, tag: `${id}:${ip}`, ...versions };
      await db
        .insertInto("underlay_multicast_group")
        .values({ ...row, ...times, time_deleted: null })
        .execute();
    }
    await db
      .insertInto("multicast_group")
      .values({
        id,
        name: `g${n}`,
        description: "",
        ...times,
        vni: 77,
        ip_pool_id: pool.id,
        ip_pool_range_id: pool.range,
        multicast_ip: ip,
        ip_sort: ipSort(ip),
        ip_version: "v4",
        underlay_group_id: underlay,
        underlay_salt: null,
        tag: `${id}:${ip}`,
        state,
        explicitly_created: more.explicit === true ? 1 : 0,
        default_source_ips: "[]",
        mvlan: null,
        ...versions,
      })
      .execute();
    return id;
  }

  async function insertMember(
    groupId: string,
    state: MulticastMemberState,
    more: { sled?: string; deleted?: boolean } = {},
  ): Promise<string> {
    const id = d.nexus.world.ids.uuid();
    const parent = await d.instance(`i${n++}`);
    await d.nexus.store.db
      .insertInto("multicast_group_member")
      .values({
        id,
        time_created: "t",
        time_modified: "t",
        time_deleted: more.deleted === true ? "t" : null,
        external_group_id: groupId,
        parent_id: parent,
        sled_id: more.sled ?? null,
        state,
        multicast_ip: "224.1.0.0",
        source_ips: "[]",
        version_added: 1,
        version_removed: null,
      })
      .execute();
    return id;
  }

  const memberNow = async (id: string) => (await readRows(d.nexus)).members.find((member) => member.id === id);
  const groupNow = async (id: string) => (await readRows(d.nexus)).groups.find((group) => group.id === id);
  async function onMember(id: string, action: MemberChange["action"], stale: object = {}): Promise<number> {
    const member = await memberNow(id);
    if (member === undefined) throw new Error("no such member");
    return (await commitChanges(d.nexus, [], [{ action, member: { ...member, ...stale } }])).members.length;
  }
  async function onGroup(id: string, action: GroupChange["action"], stale: object = {}): Promise<number> {
    const group = await groupNow(id);
    if (group === undefined) throw new Error("no such group");
    return (await commitChanges(d.nexus, [{ action, group: { ...group, ...stale } }], [])).groups.length;
  }

  it.each([
    ["rest", "joined", "a", { state: "left", sledId: null, deleted: false }],
    ["softDelete", "joined", "a", { state: "left", sledId: "a", deleted: true }],
    ["complete", "joining", "a", { state: "joined", sledId: "a" }],
    ["wake", "left", undefined, { state: "joining", sledId: null }],
    ["rejoin", "joined", "a", { state: "joining", sledId: null }],
    ["recordSled", "joining", "a", { state: "joining", sledId: null }],
  ] as const)("%s takes a %s member where it should", async (action, state, sled, expected) => {
    const id = await insertMember(await insertGroup("active"), state, sled === undefined ? {} : { sled });
    expect(await onMember(id, action)).toBe(1);
    expect(await memberNow(id)).toMatchObject(expected);
  });

  it("wakes a member on the sled its instance runs on", async () => {
    const id = await insertMember(await insertGroup("active"), "left");
    const vmm = { id: "v", sledId: "b", state: "running" };
    expect(await onMember(id, "wake", { instanceState: "vmm", vmm })).toBe(1);
    expect(await memberNow(id)).toMatchObject({ state: "joining", sledId: "b" });
  });

  it("lets a dormant member be, when its instance starts, until its group is active", async () => {
    for (const [group, expected] of [
      ["creating", { state: "left", sledId: null }],
      ["active", { state: "joining", sledId: "b" }],
    ] as const) {
      const id = await insertMember(await insertGroup(group), "left");
      const { instanceId } = (await memberNow(id))!;
      const moved = await d.nexus.store.transaction((tx) => placeMembers(d.nexus, tx, instanceId, "b"));
      expect([moved, await memberNow(id)]).toMatchObject([group === "active", expected]);
    }
  });

  it("releases an ended member, then deletes its row, but not while a sled is recorded", async () => {
    const id = await insertMember(await insertGroup("active"), "left", { sled: "a", deleted: true });
    expect(await onMember(id, "deleteRow")).toBe(0);
    expect(await onMember(id, "release")).toBe(1);
    expect(await onMember(id, "deleteRow")).toBe(1);
    expect(await memberNow(id)).toBeUndefined();
  });

  it.each([
    ["complete", "joining", { state: "joined" }],
    ["rest", "joined", { sledId: "b" }],
    ["rest", "joined", { sledId: null }],
    ["softDelete", "joined", { deleted: true }],
  ] as const)("%s does nothing to a member that has changed since", async (action, state, stale) => {
    const id = await insertMember(await insertGroup("active"), state, { sled: "a" });
    const before = await memberNow(id);
    expect(await onMember(id, action, stale)).toBe(0);
    expect(await memberNow(id)).toEqual(before);
  });

  it("marks an empty group, but none with members, none created by its own call, and none twice", async () => {
    const empty = await insertGroup("active");
    expect(await onGroup(empty, "markDeleting")).toBe(1);
    expect(await groupNow(empty)).toMatchObject({ state: "deleting" });
    expect(await onGroup(empty, "markDeleting", { state: "active" })).toBe(0);
    expect(await onGroup(await insertGroup("active", { explicit: true }), "markDeleting")).toBe(0);
    const used = await insertGroup("creating");
    await insertMember(used, "joining");
    expect(await onGroup(used, "markDeleting")).toBe(0);
    expect(await groupNow(used)).toMatchObject({ state: "creating" });
  });

  it("deletes the rows of a group with its underlay group, but only a deleting one without members", async () => {
    const id = await insertGroup("deleting", { mapped: true });
    const member = await insertMember(id, "left", { deleted: true });
    expect(await onGroup(id, "deleteRows")).toBe(0);
    await onMember(member, "deleteRow");
    expect(await onGroup(id, "deleteRows")).toBe(1);
    expect(await groupNow(id)).toBeUndefined();
    expect(
      await d.nexus.store.db
        .selectFrom("underlay_multicast_group")
        .select("id")
        .where("tag", "like", `${id}%`)
        .execute(),
    ).toEqual([]);
    expect(await onGroup(await insertGroup("active"), "deleteRows")).toBe(0);
  });

  it("counts a change of what targets must hold, and no other", async () => {
    const generation = async () => (await readRows(d.nexus)).generation;
    const before = await generation();
    const id = await insertMember(await insertGroup("active"), "joining", { sled: "a" });
    await onMember(id, "complete");
    expect(await generation()).toBe(before);
    await onMember(id, "rest");
    expect(await generation()).toBe(before + 1);
  });
});
