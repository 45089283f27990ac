import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { emptyRack } from "./support/rack-rows.ts";
import { smallInstance, startRack, type Rack } from "./support/rack.ts";
import type { FakeSledAgent } from "./support/fake-sled-agent.ts";

let rack: Rack;
beforeAll(async () => {
  rack = await startRack({ sleds: 3 });
});
afterAll(() => rack.close());

type Step =
  | { readonly kind: "migrate"; readonly sled: number }
  | { readonly kind: "crash"; readonly sled: number }
  | { readonly kind: "mute"; readonly sled: number }
  | { readonly kind: "take" | "give" | "keep" | "lose" | "end" | "stop" | "start" | "watch" | "update" | "reap" };

const SLEDS = 3;
const sled = fc.nat({ max: SLEDS - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("migrate" as const), sled }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("crash" as const, "mute" as const), sled }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom("take" as const, "give" as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("keep" as const, "lose" as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom("end", "stop", "start", "start", "watch", "update", "reap") }),
  },
) as fc.Arbitrary<Step>; // fast-check widens the words

/** At least one of them is another sled than the instance is on. */
const SOMEWHERE: Step[] = [
  { kind: "migrate", sled: 0 },
  { kind: "migrate", sled: 1 },
];

interface End {
  readonly sled: FakeSledAgent;
  readonly id: string;
}

/** The ends of the migration that is under way, where their sleds still have them. */
function ends(): { readonly source: End | undefined; readonly target: End | undefined } {
  const all = rack.sleds.flatMap((agent) => [...agent.vmms].map(([id, vmm]) => ({ sled: agent, id, vmm })));
  return {
    source: all.find(({ vmm }) => vmm.migrationOut?.state === "in_progress"),
    target: all.find(({ vmm }) => vmm.migrationIn?.state === "in_progress"),
  };
}

/** As propolis does it: the target takes the guest only from a source that gave it away. */
async function perform(action: Step, instanceId: string): Promise<void> {
  const { source, target } = ends();
  switch (action.kind) {
    case "migrate": {
      const dst_sled_id = rack.sledIds[action.sled];
      await rack.call("POST", `/instances/${instanceId}/migrate`, { dst_sled_id }, { api: "lockstep" });
      return;
    }
    case "crash":
      return rack.sleds[action.sled]?.crash();
    case "mute":
      for (const [index, agent] of rack.sleds.entries()) agent.reporting = index !== action.sled;
      return;
    case "take":
      if (source === undefined || target === undefined) return;
      source.sled.migrate(source.id, "out", "completed", "destroyed");
      return target.sled.migrate(target.id, "in", "completed", "running");
    case "give":
      return source?.sled.migrate(source.id, "out", "completed", "destroyed");
    case "keep":
      return source?.sled.migrate(source.id, "out", "failed", "running");
    case "lose":
      return target?.sled.migrate(target.id, "in", "failed", "failed");
    case "end": {
      const [one] = rack.sleds.flatMap((agent) => [...agent.vmms.keys()].map((id) => ({ agent, id })));
      return one?.agent.change(one.id, "destroyed");
    }
    case "stop":
    case "start":
      await rack.call("POST", `/v1/instances/web/${action.kind}?project=p`);
      return;
    default:
      await rack.pass(
        { watch: "instance_watcher", update: "instance_updater", reap: "abandoned_vmm_reaper" }[action.kind],
      );
  }
}

/** Whatever is still under way ends as it would by itself, and every task has had its turn. */
async function settle(): Promise<void> {
  for (const agent of rack.sleds) agent.speak();
  await rack.settled();
  for (let round = 0; round < 3; round++) {
    const { source, target } = ends();
    source?.sled.migrate(source.id, "out", "failed", "running");
    target?.sled.migrate(target.id, "in", "failed", "failed");
    await rack.settled();
    for (const task of ["instance_watcher", "instance_updater", "abandoned_vmm_reaper"]) {
      await rack.pass(task);
      await rack.settled();
    }
  }
}

it("whatever happens to migrations, in the end one VMM has the guest or none, and everything says so", async () => {
  const outcomes = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { maxLength: 6 }), async (rounds) => {
      for (const agent of rack.sleds) agent.reporting = true;
      await emptyRack(rack);
      const { id } = await rack.ok("POST", "/v1/instances?project=p", smallInstance("web"));
      await rack.settled();
      for (const together of rounds) {
        await Promise.all(together.map((action) => perform(action, id)));
        const shown = await rack.ok("GET", "/debug/vmms", undefined, { api: "lockstep" });
        expect(shown.filter((vmm: { state: string }) => vmm.state === "running").length).toBeLessThanOrEqual(1);
      }
      await settle();
      const { db } = rack.nexus.store;
      const instance = await db.selectFrom("instance").selectAll().executeTakeFirstOrThrow();
      expect(instance).toMatchObject({ migration_id: null, target_propolis_id: null, updater_id: null });
      const active = instance.active_propolis_id;
      const live = await db.selectFrom("vmm").select(["id", "sled_id"]).where("time_deleted", "is", null).execute();
      expect(live.map((vmm) => vmm.id)).toEqual(active === null ? [] : [active]);
      const at = rack.sleds.map(({ vmms }) => [...vmms.keys()]);
      expect(at).toEqual(rack.sledIds.map((sledId) => (live[0]?.sled_id === sledId ? [active] : [])));
      const room = await db.selectFrom("sled_resource_vmm").select("vmm_id").execute();
      expect(room.map((each) => each.vmm_id)).toEqual(active === null ? [] : [active]);
      const address = await db
        .selectFrom("sled")
        .select("underlay_address")
        .where("id", "=", live[0]?.sled_id ?? "")
        .executeTakeFirst();
      const nat = (await rack.nat()).map((entry) => entry.split(" ")[3]);
      expect(nat).toEqual(active === null ? [] : [address?.underlay_address]);
      expect(await rack.nexus.sagas.list({ states: ["stuck"], limit: 10 })).toEqual([]);
      for (const { source_state, target_state } of await db.selectFrom("migration").selectAll().execute()) {
        const outcome = `${source_state}/${target_state}`;
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
    }),
    {
      numRuns: 50,
      examples: [[[SOMEWHERE, [{ kind: "take" }]]], [[SOMEWHERE, [{ kind: "lose" }], [{ kind: "keep" }]]]],
    },
  );
  // Else nothing of the kind was tried.
  expect([...outcomes.keys()]).toEqual(expect.arrayContaining(["completed/completed", "failed/failed"]));
});
