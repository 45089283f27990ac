/** A Nexus context on a fresh database with a silo in it, and rows to start from: for tests of the domain without HTTP. */
import type { IpRange } from "@racklet/net";
import type { StoreLeg } from "@racklet/store/testing";
import { realWorld } from "@racklet/world";
import { contextOn, type NexusContext } from "../../src/context.ts";
import { ipSort } from "../../src/db/ip-sort.ts";
import { migrations } from "../../src/db/migrations.ts";
import { nowText } from "../../src/db/now.ts";
import type { NexusTables } from "../../src/db/schema.ts";
import { internalOpContext, type OpContext } from "../../src/op-context.ts";

export interface Domain {
  readonly nexus: NexusContext;
  /** Nexus itself: may do everything. */
  readonly op: OpContext;
  readonly siloId: string;
  silo(name: string): Promise<string>;
  project(name: string): Promise<string>;
  /** An instance with one interface of the given stack; `creating` as its create saga has it. */
  instance(
    name: string,
    options?: { stack?: "v4" | "v6" | "dual"; state?: "creating" | "no_vmm" | "failed" },
  ): Promise<string>;
  /** A pool linked to the silo, with the ranges given. */
  pool(name: string, ranges: readonly IpRange[], options?: PoolOptions): Promise<string>;
  close(): Promise<void>;
}

export interface PoolOptions {
  readonly type?: "unicast" | "multicast";
  readonly isDefault?: boolean;
  readonly linked?: boolean;
}

export async function domain(leg: StoreLeg): Promise<Domain> {
  const world = realWorld({ name: "test" });
  const store = await leg.open<NexusTables>({ migrations, world });
  const config = {
    external: { host: "127.0.0.1", port: 0 },
    internal: { host: "127.0.0.1", port: 0 },
    lockstep: { host: "127.0.0.1", port: 0 },
    database: "sqlite::memory:",
    dpdUrls: [],
    rackId: world.ids.uuid(),
    initialPassword: "oxide",
    allowSpoof: true,
    populateDefaultPools: false,
    sessionMaxAgeMs: 3_600_000,
    sessionIdleMs: 3_600_000,
  };
  const nexus = contextOn(store, config, world);
  const identity = (name: string) => ({
    id: world.ids.uuid(),
    name,
    description: `the ${name}`,
    time_created: nowText(nexus),
    time_modified: nowText(nexus),
    time_deleted: null,
  });
  const silo = async (name: string): Promise<string> => {
    const row = { ...identity(name), discoverable: 1 as const, identity_mode: "local_only" as const };
    await store.db
      .insertInto("silo")
      .values({ ...row, admin_group_name: null, mapped_fleet_roles: "{}" })
      .execute();
    return row.id;
  };
  const siloId = await silo("silo-a");
  const project = async (name: string): Promise<string> => {
    const row = { ...identity(name), silo_id: siloId };
    await store.db.insertInto("project").values(row).execute();
    return row.id;
  };
  let network: Promise<{ projectId: string; vpcId: string; subnetId: string }> | undefined;
  const makeNetwork = async () => {
    const projectId = await project("instances");
    const vpc = { ...identity("net"), project_id: projectId, system_router_id: world.ids.uuid(), vni: 1024 };
    await store.db
      .insertInto("vpc")
      .values({ ...vpc, ipv6_prefix: "fd00::/48", dns_name: "net" })
      .execute();
    const subnet = { ...identity("net"), vpc_id: vpc.id, ipv4_block: "10.0.0.0/8", ipv6_block: "fd00::/64" };
    await store.db
      .insertInto("vpc_subnet")
      .values({ ...subnet, custom_router_id: null })
      .execute();
    return { projectId, vpcId: vpc.id, subnetId: subnet.id };
  };
  let nics = 0;
  return {
    nexus,
    op: internalOpContext("test", world.log),
    siloId,
    silo,
    project,
    async instance(name, { stack = "dual", state = "no_vmm" } = {}) {
      const { projectId, vpcId, subnetId } = await (network ??= makeNetwork());
      const row = identity(name);
      await store.db
        .insertInto("instance")
        .values({
          ...row,
          project_id: projectId,
          ncpus: 2,
          memory_bytes: 2 ** 30,
          hostname: name,
          user_data: "",
          auto_restart_policy: null,
          cpu_platform: null,
          enable_jumbo_frames: 0,
          boot_disk_id: null,
          state,
          time_state_updated: row.time_created,
          state_gen: 1,
          intended_state: "stopped",
          active_propolis_id: null,
          target_propolis_id: null,
          migration_id: null,
          updater_id: null,
          updater_gen: 1,
        })
        .execute();
      const n = ++nics;
      await store.db
        .insertInto("network_interface")
        .values({
          ...identity("net0"),
          instance_id: row.id,
          vpc_id: vpcId,
          subnet_id: subnetId,
          mac: `A8:40:25:F0:00:${n.toString(16).padStart(2, "0").toUpperCase()}`,
          ipv4: stack === "v6" ? null : `10.0.${n >> 8}.${n & 255}`,
          ipv6: stack === "v4" ? null : `fd00::${n.toString(16)}`,
          transit_ips_v4: "[]",
          transit_ips_v6: "[]",
          slot: 0,
          is_primary: 1,
        })
        .execute();
      return row.id;
    },
    async pool(name, ranges, { type = "unicast", isDefault = true, linked = true } = {}) {
      const version = ranges[0]?.first.includes(":") === true ? "v6" : "v4";
      const row = identity(name);
      const kind = { pool_type: type, ip_version: version } as const;
      await store.db
        .insertInto("ip_pool")
        .values({ ...row, ...kind, assignment: "silos", rcgen: 1 })
        .execute();
      if (linked) {
        const link = { ip_pool_id: row.id, silo_id: siloId, is_default: isDefault ? 1 : 0, ...kind } as const;
        await store.db.insertInto("ip_pool_silo").values(link).execute();
      }
      for (const [i, { first, last }] of ranges.entries()) {
        const time = new Date(world.clock.now() + i).toISOString();
        await store.db
          .insertInto("ip_pool_range")
          .values({
            id: world.ids.uuid(),
            ip_pool_id: row.id,
            first_address: first,
            last_address: last,
            first_sort: ipSort(first),
            last_sort: ipSort(last),
            rcgen: 1,
            time_created: time,
            time_modified: time,
            time_deleted: null,
          })
          .execute();
      }
      return row.id;
    },
    close: () => store.close(),
  };
}
