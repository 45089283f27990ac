import { describe, expect, test } from "vitest";
import { storeLegs } from "@racklet/store/testing";
import { realWorld } from "@racklet/world";
import { DEFAULT_CONFIG } from "../src/config.ts";
import { createContext, type NexusContext } from "../src/context.ts";
import { FIRST_SILO, populate } from "../src/populate/populate.ts";

const world = realWorld({ name: "nexus" });

async function contents({ store: { db } }: NexusContext) {
  return {
    racks: (await db.selectFrom("rack").selectAll().execute()).length,
    silos: (await db.selectFrom("silo").select("name").orderBy("name").execute()).map(({ name }) => name),
    users: (await db.selectFrom("silo_user").select("external_id").orderBy("external_id").execute()).length,
    roles: (await db.selectFrom("role_assignment").selectAll().execute()).length,
    quotas: (await db.selectFrom("silo_quotas").selectAll().execute()).length,
  };
}

describe.each(storeLegs())("populating on $name", (leg) => {
  test("makes everything once, however often and by however many it is done", async () => {
    const database = await leg.fresh();
    const config = { ...DEFAULT_CONFIG, database: database.url };
    const first = await createContext(config, world);
    const second = leg.shared ? await createContext(config, world) : first;
    await Promise.all([populate(first), populate(second)]);
    await populate(first);
    const silos = ["default-silo", FIRST_SILO];
    expect(await contents(first)).toEqual({ racks: 1, silos, users: 3, roles: 3, quotas: 2 });
    await first.store.close();
    if (second !== first) await second.store.close();
    await database.dispose();
  });

  test("with default pools makes them once, completes a start that was cut short, and respects deletion", async () => {
    const database = await leg.fresh();
    const nexus = await createContext({ ...DEFAULT_CONFIG, database: database.url, populateDefaultPools: true }, world);
    const { db } = nexus.store;
    const pools = async () =>
      db
        .selectFrom("ip_pool")
        .innerJoin("ip_pool_silo", "ip_pool_silo.ip_pool_id", "ip_pool.id")
        .innerJoin("ip_pool_range", "ip_pool_range.ip_pool_id", "ip_pool.id")
        .select(["ip_pool.name", "ip_pool_silo.is_default", "ip_pool_range.first_address as first"])
        .where("ip_pool.time_deleted", "is", null)
        .orderBy("ip_pool.name")
        .execute();
    const all = [
      { name: "default", is_default: 1, first: "10.0.1.0" },
      { name: "default-ipv6", is_default: 1, first: "fc00::1" },
    ];
    await populate(nexus);
    await populate(nexus);
    expect(await pools()).toEqual(all);
    await db.deleteFrom("ip_pool_range").execute();
    await populate(nexus);
    expect(await pools()).toEqual(all);
    const time_deleted = new Date(0).toISOString();
    await db.updateTable("ip_pool").set({ time_deleted }).where("name", "=", "default").execute();
    await populate(nexus);
    expect(await pools()).toEqual(all.slice(1));
    await nexus.store.close();
    await database.dispose();
  });
});
