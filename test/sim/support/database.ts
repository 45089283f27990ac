/**
 * What every run begins with: a project, floating IPs, and pools of every kind. It is made once for a test file, by a rack without
 * sleds, and what a run has made of it is taken back before the next.
 */
import { migrations, type NexusTables } from "@racklet/nexus/testing";
import { openStore, type Store } from "@racklet/store";
import { rewindable } from "@racklet/store/testing";
import { realWorld } from "@racklet/world";
import { SimRack } from "./rack.ts";
import { FLOATING } from "./scenario.ts";

const POOLS = [
  { name: "addresses", first: "10.1.0.0", last: "10.1.0.63", isDefault: true, of: {} },
  { name: "any4", first: "224.1.0.0", last: "224.1.255.255", isDefault: true, of: { pool_type: "multicast" } },
  {
    name: "any6",
    first: "ff0e::1",
    last: "ff0e::ffff",
    isDefault: true,
    of: { pool_type: "multicast", ip_version: "v6" },
  },
  // A silo has one default of each kind and version.
  { name: "some4", first: "232.1.0.0", last: "232.1.255.255", isDefault: false, of: { pool_type: "multicast" } },
] as const;

interface Database {
  readonly store: Store<NexusTables>;
  readonly rewind: () => Promise<void>;
}

let database: Promise<Database> | undefined;

/** For one run at a time: it lives on, and the next run finds it as it was. */
export async function freshDatabase(): Promise<Store<NexusTables>> {
  const { store, rewind } = await (database ??= makeDatabase());
  await rewind();
  return store;
}

/** At the end of a test file. */
export async function closeDatabase(): Promise<void> {
  const open = await database;
  database = undefined;
  await open?.store.close();
}

async function makeDatabase(): Promise<Database> {
  // Nothing is run again after a pause: a database in memory has no other users to lose against.
  const store = await openStore<NexusTables>({
    url: "sqlite::memory:",
    migrations,
    world: realWorld({ name: "database" }),
  });
  const rack = await SimRack.start({ seed: 0, sleds: 0, database: store });
  await rack.ok("POST", "/v1/projects", { name: "p", description: "" });
  for (const { name, first, last, isDefault, of } of POOLS) {
    await rack.ok("POST", "/v1/system/ip-pools", { name, description: "", ...of });
    await rack.ok("POST", `/v1/system/ip-pools/${name}/ranges/add`, { first, last });
    await rack.ok("POST", `/v1/system/ip-pools/${name}/silos`, { silo: "default-silo", is_default: isDefault });
  }
  for (const name of FLOATING) await rack.ok("POST", "/v1/floating-ips?project=p", { name, description: "" });
  await rack.stop();
  return { store, rewind: await rewindable(store) };
}
