/**
 * A VMM that moves from one sled to another, told to as Nexus tells it: both sled-agents and the propolises they host on one
 * virtual clock. Whatever is cut or killed on the way, there is never more than one that runs.
 */
import { mortal, simulation, type Simulation } from "@racklet/sim";
import { describe, expect, test } from "vitest";
import { MIGRATION, NIC, TARGET, VMM, newest } from "./bodies.ts";
import { FakeNexus, NEXUS, rig, type Rig } from "./rig.ts";

interface Sleds {
  readonly sim: Simulation;
  readonly nexus: FakeNexus;
  readonly source: Rig;
  readonly target: Rig;
  /** `ip:port` of the source's propolis. */
  readonly sourceAddress: string;
  kill(which: "source" | "target"): void;
}

/** The VMM runs on the source, and the target is registered. */
async function sleds(): Promise<Sleds> {
  const sim = simulation({ seed: 1, faults: { delayMs: [0, 2] } });
  const nexus = new FakeNexus(sim.world("nexus"));
  sim.network.listen("nexus", NEXUS, (request) => nexus.app.fetch(request));
  const worlds = { source: mortal(sim.world("source")), target: mortal(sim.world("target")) };
  const source = rig({ sim, nexus, world: worlds.source });
  const target = rig({ sim, nexus, world: worlds.target });
  await source.ask("PUT", `/vmms/${VMM}`, newest());
  await source.ask("PUT", `/vmms/${VMM}/state`, { state: { type: "running" } });
  await sim.clock.runUntil(() => nexus.statesOf(VMM).at(-1) === "running");
  const runtime = { state: "migrating", gen: 1, time_updated: "2026-01-01T00:00:00Z" };
  const registration = newest({}, { migration_id: MIGRATION, vmm_runtime: runtime });
  expect((await target.ask("PUT", `/vmms/${TARGET}`, registration)).body).toMatchObject({
    vmm_state: { state: "migrating", gen: 1 },
    migration_in: { migration_id: MIGRATION, state: "pending", gen: 1 },
  });
  const sourceAddress = nexus.addresses.at(-1) ?? "";
  return { sim, nexus, source, target, sourceAddress, kill: (which) => worlds[which].kill() };
}

const begin = ({ target, sourceAddress }: Sleds, address = sourceAddress) =>
  target.ask("PUT", `/vmms/${TARGET}/state`, {
    state: { type: "migration_target", value: { src_propolis_addr: address } },
  });

/** Of what the VMM's reports said of its migration, each thing once. */
const said = ({ nexus }: Sleds, id: string, side: "migration_in" | "migration_out") => [
  ...new Set(
    nexus.bodies.flatMap((body) =>
      body.id === id && body[side] != null ? `${body[side].state} ${body[side].gen}` : [],
    ),
  ),
];

const last = ({ nexus }: Sleds, id: string) => nexus.statesOf(id).at(-1);

describe("a migration", () => {
  test("lets the target run and ends the source, and both report it by its own generations", async () => {
    const it = await sleds();
    expect((await begin(it)).body).toEqual({ updated_runtime: null });
    await it.sim.clock.runUntil(() => last(it, VMM) === "destroyed" && last(it, TARGET) === "running");
    expect(said(it, TARGET, "migration_in")).toEqual(["in_progress 2", "completed 3"]);
    expect(said(it, VMM, "migration_out")).toEqual(["in_progress 2", "completed 3"]);
    expect(it.nexus.statesOf(VMM)).not.toContain("failed");
    await it.sim.clock.advance(10);
    expect((await it.source.ask("GET", `/vmms/${VMM}/state`)).status).toBe(404);
    expect(it.source.ctx.opte.ports.size).toBe(0);
    expect(it.target.ctx.opte.ports.list()[0]?.port.nic.id).toBe(NIC);
    const spec = await it.sim.clock.run(
      it.sim.world("operator").fetch(
        new Request(`http://${it.nexus.bodies.findLast(({ id }) => id === TARGET)?.propolis_addr}/instance/spec`, {
          headers: { "api-version": "6.0.0" },
        }),
      ),
    );
    // Its interface is on the target's port, whatever it was called at the source.
    expect(await spec.json()).toMatchObject({
      spec: { value: { components: { [NIC]: { component: { vnic_name: "opte0" } } } } },
    });
  });

  test("from where nothing answers fails the target and leaves the source alone", async () => {
    const it = await sleds();
    await begin(it, "[::1]:9");
    await it.sim.clock.runUntil(() => last(it, TARGET) === "failed");
    expect(said(it, TARGET, "migration_in")).toEqual(["failed 2"]);
    expect(it.nexus.reasons.at(-1)).toContain("it could not be started");
    expect(last(it, VMM)).toBe("running");
    expect(said(it, VMM, "migration_out")).toEqual([]);
  });

  test("of a VMM that is not running is refused, and it stays as it is", async () => {
    const it = await sleds();
    await it.source.ask("PUT", `/vmms/${VMM}/state`, { state: { type: "stopped" } });
    await it.sim.clock.runUntil(() => last(it, VMM) === "destroyed");
    await begin(it);
    await it.sim.clock.runUntil(() => last(it, TARGET) === "failed");
  });

  // A migration takes 95 ms here: in each phase, and after it.
  const moments = Array.from({ length: 10 }, (_, i) => i * 12);

  test.each(moments)("during which the target's sled dies after %d ms leaves at most one VM", async (ms) => {
    const it = await sleds();
    await begin(it);
    await it.sim.clock.advance(ms);
    it.kill("target");
    await it.sim.clock.advance(20_000);
    // Until the source has let go, it runs on; after that it is gone, and so is the target with its sled.
    const out = said(it, VMM, "migration_out").at(-1);
    if (last(it, VMM) === "running") expect(out ?? "failed 3").toMatch(/^failed /);
    else expect([last(it, VMM), out]).toEqual(["destroyed", "completed 3"]);
  });

  test.each(moments)(
    "during which the source's sled dies after %d ms ends in one VM or in a target that says so",
    async (ms) => {
      const it = await sleds();
      await begin(it);
      await it.sim.clock.advance(ms);
      it.kill("source");
      await it.sim.clock.advance(20_000);
      const into = said(it, TARGET, "migration_in").at(-1);
      if (last(it, TARGET) === "running") expect(into).toMatch(/^completed /);
      else expect([last(it, TARGET), into?.split(" ")[0]]).toEqual(["failed", "failed"]);
    },
  );

  test.each(moments)("during which the network is cut after %d ms for a while leaves at most one VM", async (ms) => {
    const it = await sleds();
    await begin(it);
    await it.sim.clock.advance(ms);
    it.sim.network.partition(["source"], ["target"]);
    await it.sim.clock.advance(1_000);
    it.sim.network.heal();
    await it.sim.clock.advance(30_000);
    const ends = [last(it, VMM), last(it, TARGET)];
    expect([
      ["running", "failed"],
      ["destroyed", "running"],
      ["destroyed", "failed"],
    ]).toContainEqual(ends);
  });
});
