import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memorySagaLog, SagaExecutor, type SagaDefinition } from "@racklet/saga";
import { checkSaga, type SagaFixture } from "@racklet/saga/testing";
import type { NexusContext } from "../src/context.ts";
import { externalIpAttach } from "../src/sagas/external-ip-attach.ts";
import { externalIpDetach } from "../src/sagas/external-ip-detach.ts";
import { instanceCreate, type ExternalIpPlan, type InstanceCreateParams } from "../src/sagas/instance-create.ts";
import { instanceDelete } from "../src/sagas/instance-delete.ts";
import { instanceMigrate } from "../src/sagas/instance-migrate.ts";
import { instanceStart, type InstanceStartParams } from "../src/sagas/instance-start.ts";
import { instanceUpdate } from "../src/sagas/instance-update.ts";
import { planMemberships } from "../src/multicast/instance-create.ts";
import { getInstance } from "../src/instance/record.ts";
import { runState } from "../src/instance/run-state.ts";
import { defaultNic, planNics } from "../src/nic/plan.ts";
import { emptyRack, rackSnapshot } from "./support/rack-rows.ts";
import { smallInstance, startRack, type Rack } from "./support/rack.ts";

describe("every saga withstands errors, repetition and crashes at any node:", () => {
  let rack: Rack;
  beforeAll(async () => {
    rack = await startRack();
    await rack.ok("POST", "/v1/me/ssh-keys", { name: "key", description: "", public_key: "ssh-ed25519 AAAA" });
    const pools = "/v1/system/ip-pools";
    await rack.ok("POST", pools, { name: "groups", description: "", pool_type: "multicast" });
    await rack.ok("POST", `${pools}/groups/ranges/add`, { first: "224.1.0.1", last: "224.1.0.9" });
    await rack.ok("POST", `${pools}/groups/silos`, { silo: rack.siloId, is_default: true });
  });
  afterAll(() => rack.close());

  /** Runs the check on the rack, which is empty before each run but for what `prepare` makes. */
  async function check<P, R>(
    saga: SagaDefinition<P, NexusContext, R>,
    prepare: () => Promise<Pick<SagaFixture<P, NexusContext, R>, "params" | "checkDone">>,
  ): Promise<void> {
    const { nexus } = rack;
    const passed = await checkSaga({
      saga,
      setup: async () => {
        await emptyRack(rack);
        const { params, checkDone } = await prepare();
        await rack.settled();
        return {
          params,
          services: nexus,
          world: nexus.world,
          snapshot: async () => {
            for (const sled of rack.sleds) await sled.settled();
            return rackSnapshot(rack);
          },
          checkDone: async (result) => {
            await rack.settled();
            await checkDone(result);
          },
        };
      },
    });
    expect(passed.length).toBeGreaterThan(5);
  }

  const make = (more: object = {}): Promise<{ id: string }> =>
    rack.ok("POST", "/v1/instances?project=p", smallInstance("web", { start: false, ...more }));
  const start = async () => {
    await rack.ok("POST", "/v1/instances/web/start?project=p");
    await rack.settled();
  };
  const makeFloating = (): Promise<{ id: string; ip: string }> =>
    rack.ok("POST", "/v1/floating-ips?project=p", {
      name: "fip",
      description: "",
      address_allocator: { type: "auto", pool_selector: { type: "auto", ip_version: "v4" } },
    });
  const liveIps = () =>
    rack.nexus.store.db
      .selectFrom("external_ip")
      .select(["kind", "state", "parent_id"])
      .where("time_deleted", "is", null)
      .orderBy("kind")
      .execute();

  const memberships = () =>
    rack.nexus.store.db
      .selectFrom("multicast_group_member")
      .select(["parent_id", "multicast_ip", "source_ips", "state"])
      .where("time_deleted", "is", null)
      .orderBy("multicast_ip")
      .execute();

  it("instance-create", async () => {
    await check(instanceCreate, async () => {
      const { nexus } = rack;
      const floating = await makeFloating();
      const keys = await nexus.store.db.selectFrom("ssh_key").select("id").execute();
      const instanceId = nexus.world.ids.uuid();
      const externalIps: ExternalIpPlan[] = [
        { kind: "ephemeral", id: nexus.world.ids.uuid(), pool: { kind: "auto", ipVersion: "v6" } },
        { kind: "floating", id: floating.id },
      ];
      const params: InstanceCreateParams = {
        instanceId,
        siloId: rack.siloId,
        columns: {
          project_id: rack.projectId,
          name: "web",
          description: "",
          ncpus: 1,
          memory_bytes: 2 ** 30,
          hostname: "web",
          user_data: "",
          auto_restart_policy: null,
          cpu_platform: null,
          enable_jumbo_frames: 0,
        },
        sshKeyIds: keys.map(({ id }) => id),
        nics: await planNics(nexus, rack.projectId, [defaultNic("web", "dual")]),
        snatIpId: nexus.world.ids.uuid(),
        externalIps,
        multicastGroups: planMemberships(nexus, [
          { group: { ip: "224.1.0.5" }, sources: ["10.0.0.1"], ipVersion: null },
          { group: { name: "video" }, sources: null, ipVersion: null },
        ]),
      };
      const checkDone = async () => {
        expect(await memberships()).toEqual([
          { parent_id: instanceId, multicast_ip: "224.1.0.1", source_ips: "[]", state: "joining" },
          { parent_id: instanceId, multicast_ip: "224.1.0.5", source_ips: '["10.0.0.1"]', state: "joining" },
        ]);
        expect(runState(await getInstance(nexus, instanceId))).toBe("stopped");
        expect(await liveIps()).toEqual(
          ["ephemeral", "floating", "snat"].map((kind) => ({ kind, state: "attached", parent_id: instanceId })),
        );
        expect(await nexus.store.db.selectFrom("instance_ssh_key").selectAll().execute()).toHaveLength(1);
        expect((await rack.ok("GET", "/v1/network-interfaces?project=p&instance=web")).items).toHaveLength(1);
      };
      return { params, checkDone };
    });
  });

  const startParams = async (): Promise<InstanceStartParams> => {
    const { id: instanceId } = await make();
    return { instanceId, propolisId: rack.nexus.world.ids.uuid(), from: "no_vmm", intendedBefore: "stopped" };
  };

  it("instance-start", async () => {
    await check(instanceStart, async () => {
      const params = await startParams();
      const checkDone = async () => {
        expect(runState(await getInstance(rack.nexus, params.instanceId))).toBe("running");
        expect(rack.sleds.flatMap(({ vmms }) => [...vmms.keys()])).toEqual([params.propolisId]);
        expect(await rack.nat()).toHaveLength(1);
        expect(await rack.nexus.store.db.selectFrom("sled_resource_vmm").selectAll().execute()).toHaveLength(1);
      };
      return { params, checkDone };
    });
  });

  it("instance-update, which releases what an ended VMM held", async () => {
    await check(instanceUpdate, async () => {
      const { id: instanceId } = await make();
      await start();
      const { active_propolis_id: propolisId } = await getInstance(rack.nexus, instanceId);
      if (propolisId === null) throw new Error("the instance has no VMM");
      for (const sled of rack.sleds) sled.vmms.clear();
      await rack.nexus.store.db.updateTable("vmm").set({ state: "destroyed" }).where("id", "=", propolisId).execute();
      const checkDone = async () => {
        expect(runState(await getInstance(rack.nexus, instanceId))).toBe("stopped");
        expect(await rack.nat()).toEqual([]);
        expect(await rack.nexus.store.db.selectFrom("sled_resource_vmm").selectAll().execute()).toEqual([]);
      };
      return { params: { instanceId }, checkDone };
    });
  });

  /** A running instance and a sled that it is not on. */
  const running = async () => {
    const { id: instanceId } = await make();
    await start();
    const { active_propolis_id: sourceId, vmm_sled_id } = await getInstance(rack.nexus, instanceId);
    const sledId = rack.sledIds.find((id) => id !== vmm_sled_id);
    if (sourceId === null || sledId === undefined) throw new Error("the instance does not run");
    return { instanceId, sourceId, sledId };
  };

  it("instance-migrate", async () => {
    await check(instanceMigrate, async () => {
      const { ids } = rack.nexus.world;
      const params = { ...(await running()), migrationId: ids.uuid(), targetId: ids.uuid() };
      const checkDone = async () => {
        expect(runState(await getInstance(rack.nexus, params.instanceId))).toBe("migrating");
        const here = rack.sleds[rack.sledIds.indexOf(params.sledId)];
        expect([...(here?.vmms.keys() ?? [])]).toEqual([params.targetId]);
        expect(here?.vmms.get(params.targetId)?.migrationIn).toMatchObject({ state: "in_progress" });
        expect(await rack.nexus.store.db.selectFrom("sled_resource_vmm").selectAll().execute()).toHaveLength(2);
      };
      return { params, checkDone };
    });
  });

  it.each(["completed", "failed"] as const)("instance-update after a migration that %s", async (outcome) => {
    await check(instanceUpdate, async () => {
      const { db } = rack.nexus.store;
      const { instanceId, sourceId, sledId } = await running();
      await rack.ok("POST", `/instances/${instanceId}/migrate`, { dst_sled_id: sledId }, { api: "lockstep" });
      await rack.settled();
      const isMoved = outcome === "completed";
      // As the reports would have it, if they had not set off the update themselves.
      await db.updateTable("migration").set({ source_state: outcome, target_state: outcome }).execute();
      await db
        .updateTable("vmm")
        .set({ state: isMoved ? "destroyed" : "failed" })
        .where("id", isMoved ? "=" : "<>", sourceId)
        .execute();
      await db
        .updateTable("vmm")
        .set({ state: "running" })
        .where("id", isMoved ? "<>" : "=", sourceId)
        .execute();
      const checkDone = async () => {
        const instance = await getInstance(rack.nexus, instanceId);
        expect(runState(instance)).toBe("running");
        expect(instance).toMatchObject({ migration_id: null, target_propolis_id: null, updater_id: null });
        expect(instance.vmm_sled_id === sledId).toBe(isMoved);
        const room = await db.selectFrom("sled_resource_vmm").selectAll().execute();
        expect(room).toMatchObject([{ vmm_id: instance.active_propolis_id, sled_id: instance.vmm_sled_id }]);
        const { underlay_address: address } = await db
          .selectFrom("sled")
          .select("underlay_address")
          .where("id", "=", instance.vmm_sled_id ?? "")
          .executeTakeFirstOrThrow();
        expect(await rack.nat()).toEqual([expect.stringContaining(` -> ${address} `)]);
      };
      return { params: { instanceId }, checkDone };
    });
  });

  it("instance-delete", async () => {
    await check(instanceDelete, async () => {
      const floating = await makeFloating();
      const { id: instanceId } = await make({
        external_ips: [
          { type: "floating", floating_ip: floating.id },
          { type: "ephemeral", pool_selector: { type: "auto", ip_version: "v6" } },
        ],
        multicast_groups: [{ group: "video" }, { group: "224.1.0.5", source_ips: ["10.0.0.1"] }],
      });
      const checkDone = async () => {
        expect(await memberships()).toEqual([]);
        expect((await rack.ok("GET", "/v1/multicast-groups")).items).toEqual([]);
        expect((await rack.call("GET", `/v1/instances/${instanceId}`)).status).toBe(404);
        expect(await liveIps()).toEqual([{ kind: "floating", state: "detached", parent_id: null }]);
      };
      return { params: { instanceId }, checkDone };
    });
  });

  it.each(["running", "stopped"])("external-ip-attach of a floating IP to a %s instance", async (state) => {
    await check(externalIpAttach, async () => {
      const floating = await makeFloating();
      const { id: instanceId } = await make();
      if (state === "running") await start();
      const checkDone = async () => {
        expect(await liveIps()).toMatchObject([
          { kind: "floating", state: "attached", parent_id: instanceId },
          { kind: "snat", state: "attached" },
        ]);
        expect(await rack.nat()).toHaveLength(state === "running" ? 2 : 0);
        const atSleds = rack.sleds.flatMap(({ vmms }) => [...vmms.values()].flatMap((vmm) => [...vmm.externalIps]));
        expect(atSleds).toEqual(state === "running" ? [`floating ${floating.ip}`] : []);
      };
      return {
        params: { instanceId, siloId: rack.siloId, ip: { kind: "floating" as const, id: floating.id } },
        checkDone,
      };
    });
  });

  it("external-ip-attach of a new ephemeral IP", async () => {
    await check(externalIpAttach, async () => {
      const { id: instanceId } = await make();
      await start();
      const id = rack.nexus.world.ids.uuid();
      const ip = { kind: "ephemeral", id, pool: { kind: "auto", ipVersion: "v4" } } as const;
      const checkDone = async ({ ipId }: { readonly ipId: string }) => {
        expect(ipId).toBe(id);
        expect(await rack.nat()).toHaveLength(2);
      };
      return { params: { instanceId, siloId: rack.siloId, ip }, checkDone };
    });
  });

  it("external-ip-detach", async () => {
    await check(externalIpDetach, async () => {
      const floating = await makeFloating();
      const { id: instanceId } = await make({ external_ips: [{ type: "floating", floating_ip: "fip" }] });
      await start();
      // The VMM was registered with the address, as a real one is; the fake only lists those given to it live.
      for (const { vmms } of rack.sleds)
        for (const vmm of vmms.values()) vmm.externalIps.add(`floating ${floating.ip}`);
      const checkDone = async () => {
        expect(await liveIps()).toMatchObject([
          { kind: "floating", state: "detached", parent_id: null },
          { kind: "snat", state: "attached" },
        ]);
        expect(await rack.nat()).toHaveLength(1);
        expect(rack.sleds.flatMap(({ vmms }) => [...vmms.values()].flatMap((vmm) => [...vmm.externalIps]))).toEqual([]);
      };
      return { params: { instanceId, ipId: floating.id }, checkDone };
    });
  });

  it("a start whose sled cannot be reached any more is taken back, and the reaper ends its VMM when the sled is there again", async () => {
    await emptyRack(rack);
    const params = await startParams();
    const { nexus } = rack;
    const executor = new SagaExecutor<NexusContext>({
      world: nexus.world,
      log: memorySagaLog(),
      sagas: [instanceStart],
      services: nexus,
      owner: "test",
    });
    for (const sled of rack.sleds) sled.broken.set("vmm_put_state", new Error("broken"));
    for (const sled of rack.sleds) sled.broken.set("vmm_unregister", new Error("broken too"));
    const saga = await executor.start(instanceStart, params);
    await expect(saga.result).rejects.toMatchObject({ kind: "internal" });
    expect(runState(await getInstance(nexus, params.instanceId))).toBe("stopped");
    expect(await rack.nat()).toEqual([]);
    expect(rack.sleds.flatMap(({ vmms }) => [...vmms.keys()])).toEqual([params.propolisId]);
    expect(await rack.pass("abandoned_vmm_reaper")).toMatchObject({ found: 1, reaped: 0 });
    for (const sled of rack.sleds) sled.broken.clear();
    expect(await rack.pass("abandoned_vmm_reaper")).toMatchObject({ found: 1, reaped: 1, errors: [] });
    expect(rack.sleds.flatMap(({ vmms }) => [...vmms.keys()])).toEqual([]);
    expect(await rack.pass("abandoned_vmm_reaper")).toMatchObject({ found: 0 });
  });
});
