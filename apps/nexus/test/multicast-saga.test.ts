/** The saga that brings a group onto the switches: all of them or none, whatever fails. */
import { HttpError } from "@racklet/api-kit";
import { checkSaga } from "@racklet/saga/testing";
import { storeLegs } from "@racklet/store/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { contextOn, type NexusContext } from "../src/context.ts";
import { ipSort } from "../src/db/ip-sort.ts";
import { ensureUnderlayRow } from "../src/multicast/underlay-rows.ts";
import { multicastGroupDpdEnsure } from "../src/sagas/multicast-group-dpd-ensure.ts";
import { domain, type Domain } from "./support/domain.ts";
import { FakeDpd } from "./support/fake-dpd.ts";

const [leg] = storeLegs();
const BOTH = [0, 1] as const;

describe("multicast-group-dpd-ensure", () => {
  let d: Domain;
  let nexus: NexusContext;
  let dpds: FakeDpd[];
  beforeEach(async () => {
    if (leg === undefined) throw new Error("there is always SQLite in memory");
    d = await domain(leg);
    const base = d.nexus.world;
    dpds = BOTH.map((slot) => new FakeDpd(base, slot));
    const fetch = async (request: Request) => {
      const dpd = dpds[Number(new URL(request.url).host.slice(3))];
      if (dpd === undefined) throw new TypeError("fetch failed");
      return dpd.fetch(request);
    };
    nexus = contextOn(
      d.nexus.store,
      { ...d.nexus.config, dpdUrls: ["http://dpd0", "http://dpd1"] },
      { ...base, fetch },
    );
  });
  afterEach(() => d.close());

  let pool: Promise<string> | undefined;
  let next = 0;
  beforeEach(() => (pool = undefined));

  /** A group that is `creating`, created by its own call. */
  async function makeGroup(ip = `224.1.0.${++next}`): Promise<string> {
    const { db } = nexus.store;
    pool ??= d.pool("m", [{ first: "224.1.0.0", last: "239.255.255.255" }], { type: "multicast" });
    const ip_pool_id = await pool;
    const range = await db.selectFrom("ip_pool_range").select("id").executeTakeFirstOrThrow();
    const id = nexus.world.ids.uuid();
    const time = new Date(nexus.world.clock.now()).toISOString();
    await db
      .insertInto("multicast_group")
      .values({
        id,
        name: `g-${ip.replaceAll(".", "-")}`,
        description: "",
        time_created: time,
        time_modified: time,
        time_deleted: null,
        vni: 77,
        ip_pool_id,
        ip_pool_range_id: range.id,
        multicast_ip: ip,
        ip_sort: ipSort(ip),
        ip_version: "v4",
        underlay_group_id: null,
        underlay_salt: null,
        tag: `${id}:${ip}`,
        state: "creating",
        explicitly_created: 1,
        default_source_ips: "[]",
        mvlan: null,
        version_added: 1,
        version_removed: null,
      })
      .execute();
    return id;
  }
  const mapped = async (ip?: string): Promise<string> => {
    const id = await makeGroup(ip);
    await ensureUnderlayRow(nexus, id);
    return id;
  };
  const stateOf = async (id: string) =>
    (await nexus.store.db.selectFrom("multicast_group").select("state").where("id", "=", id).executeTakeFirst())?.state;
  const held = () =>
    dpds.map(({ groups }) => [...groups.values()].map(({ group_ip, tag }) => `${group_ip} ${tag}`).sort());
  const run = async (groupId: string, slots: readonly (0 | 1)[] = BOTH) =>
    (await nexus.sagas.start(multicastGroupDpdEnsure, { groupId, slots })).result;

  it("withstands errors, repetition and crashes at any node", async () => {
    const passed = await checkSaga({
      saga: multicastGroupDpdEnsure,
      setup: async () => {
        for (const { groups } of dpds) groups.clear();
        const groupId = await mapped();
        return {
          params: { groupId, slots: [...BOTH] },
          services: nexus,
          world: nexus.world,
          snapshot: async () => ({ held: held(), state: await stateOf(groupId) }),
          checkDone: async () => {
            expect(await stateOf(groupId)).toBe("active");
            for (const groups of held()) expect(groups).toHaveLength(2);
          },
        };
      },
    });
    expect(passed.length).toBeGreaterThan(20);
  });

  it.each(["multicast_group_create_underlay", "multicast_group_create_external"])(
    "leaves nothing on the one switch when %s fails on the other",
    async (operation) => {
      dpds[1]?.broken.set(operation, new HttpError(507, "table full"));
      const id = await mapped();
      await expect(run(id)).rejects.toThrow("table full");
      expect(held()).toEqual([[], []]);
      expect(await stateOf(id)).toBe("creating");
      dpds[1]?.broken.clear();
      await run(id);
      expect(await stateOf(id)).toBe("active");
      expect(held()[0]).toEqual(held()[1]);
    },
  );

  it("comes to its end even when a switch cannot be cleared any more", async () => {
    dpds[1]?.broken.set("multicast_group_create_external", new HttpError(500, "broken"));
    dpds[0]?.broken.set("multicast_reset_by_tag", new HttpError(500, "broken"));
    const id = await mapped();
    await expect(run(id)).rejects.toThrow();
    // What stays is found by comparing the whole switch.
    expect(held()[0]).toHaveLength(2);
    dpds.forEach(({ broken }) => broken.clear());
    await run(id);
    expect(held()[0]).toEqual(held()[1]);
  });

  it("activates a group on the switches it was told of", async () => {
    const id = await mapped();
    await run(id, [1]);
    expect(held().map(({ length }) => length)).toEqual([0, 2]);
    expect(await stateOf(id)).toBe("active");
  });

  it("refuses a group that is being deleted, and clears what it did when that happens meanwhile", async () => {
    const id = await mapped();
    await nexus.store.db.updateTable("multicast_group").set({ state: "deleting" }).where("id", "=", id).execute();
    await expect(run(id)).rejects.toThrow("is gone");
    expect(held()).toEqual([[], []]);
  });

  it("does not take down what another saga has made active", async () => {
    const id = await mapped();
    await Promise.all([run(id), run(id)]);
    expect(await stateOf(id)).toBe("active");
    expect(held()[0]).toHaveLength(2);
    dpds[1]?.broken.set("multicast_group_create_underlay", new HttpError(500, "broken"));
    await expect(run(id)).rejects.toThrow();
    expect(held()[0]).toHaveLength(2);
  });

  it("maps groups that fall on one underlay address with different salts, and each only once", async () => {
    // 0xe0010001 and the group whose halves give the same number.
    const one = await makeGroup("224.1.0.1");
    const other = await makeGroup("224.1.0.2");
    await nexus.store.db.updateTable("multicast_group").set({ underlay_salt: 3 }).where("id", "=", other).execute();
    expect(await ensureUnderlayRow(nexus, one)).toBe("ff04::e001:1");
    expect(await ensureUnderlayRow(nexus, one)).toBe("ff04::e001:1");
    // 2 with salt 3 is 1, which is taken; salt 4 gives 6.
    expect(await ensureUnderlayRow(nexus, other)).toBe("ff04::e001:6");
    const row = await nexus.store.db
      .selectFrom("multicast_group")
      .select("underlay_salt")
      .where("id", "=", other)
      .executeTakeFirst();
    expect(row?.underlay_salt).toBe(4);
    expect(await nexus.store.db.selectFrom("underlay_multicast_group").selectAll().execute()).toHaveLength(2);
    expect(await ensureUnderlayRow(nexus, nexus.world.ids.uuid())).toBeUndefined();
  });
});
