/** Random requests to several VMMs, whose propolises may die at any moment, while the network to Nexus misbehaves; a failure prints the seed that replays it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { simulation } from "@racklet/sim";
import { propolisBackends } from "../src/propolis/backend.ts";
import { embeddedHost } from "../src/propolis/embedded.ts";
import { VMM, newest } from "./bodies.ts";
import { QUICK, startPropolis, type RunningPropolis } from "./propolis.ts";
import { FakeNexus, NEXUS, rig, stateIn, type Rig } from "./rig.ts";

const ids = [1, 2, 3].map((n) => `${VMM.slice(0, -1)}${n}`);

const step = fc.record({
  vmm: fc.constantFrom(...ids),
  act: fc.constantFrom(
    "register",
    "running",
    "running",
    "stopped",
    "reboot",
    "unregister",
    "ephemeral",
    "floating",
    "crash",
  ),
  thenMs: fc.constantFrom(0, 1, 30, 90, 400),
  nexus: fc.constantFrom("as it is", "as it is", "down", "up"),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A sled-agent whose propolises can be killed under it. */
function sled(seed: number): { r: Rig; crash: (vmm: string) => void } {
  const sim = simulation({ seed });
  const world = sim.world("sled-agent");
  const nexus = new FakeNexus(sim.world("nexus"));
  sim.network.listen("nexus", NEXUS, (request) => nexus.app.fetch(request));
  const hosted = new Map<string, RunningPropolis>();
  const host = embeddedHost(async (propolisId, listen) => {
    const propolis = await startPropolis({ ...QUICK, listen }, world);
    hosted.set(propolisId, propolis);
    return propolis;
  });
  const r = rig({ sim, nexus, overrides: { backends: propolisBackends(host, world) } });
  return { r, crash: (vmm) => void hosted.get(vmm)?.kill() };
}

async function take(r: Rig, { vmm, act }: Step): Promise<number> {
  const path = `/vmms/${vmm}`;
  if (act === "register") return (await r.ask("PUT", path, newest())).status;
  if (act === "unregister") return (await r.ask("DELETE", path)).status;
  if (act === "ephemeral" || act === "floating") {
    return (await r.ask("PUT", `${path}/external-ip`, { type: act, value: "10.0.0.1" })).status;
  }
  return (await r.ask("PUT", `${path}/state`, { state: { type: act } })).status;
}

test("whatever is asked and however the network behaves, every VMM that ends by itself is reported, and nothing is left", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.array(step, { minLength: 5, maxLength: 60 }), async (seed, steps) => {
      const { r, crash } = sled(seed);
      r.sim.network.setFaults("sled-agent", "nexus", {
        delayMs: [0, 50],
        dropRequest: 0.2,
        dropResponse: 0.2,
        duplicate: 0.2,
        refuse: 0.1,
      });
      const known = new Map<string, number>();
      for (const each of steps) {
        if (each.nexus === "down") r.sim.network.down("nexus");
        if (each.nexus === "up") r.sim.network.up("nexus");
        if (each.act === "crash") crash(each.vmm);
        const status = each.act === "crash" ? 200 : await r.sim.clock.run(take(r, each));
        expect([200, 204, 400, 403, 404, 410], `${each.act}: ${status}`).toContain(status);
        if (each.act === "unregister") known.delete(each.vmm);
        await r.sim.clock.advance(each.thenMs);
        for (const id of ids) {
          const seen = await r.ask("GET", `/vmms/${id}/state`);
          const gen = stateIn(seen)?.gen ?? 0;
          // Forgotten ones begin again.
          if (seen.status === 404) known.delete(id);
          else expect(gen).toBeGreaterThanOrEqual(known.get(id) ?? 0);
          if (seen.status === 200) known.set(id, gen);
        }
        // Ports belong to registered VMMs only, one per interface.
        const owners = r.ctx.opte.ports.list().map(({ owner }) => owner);
        expect(new Set(owners).size).toBe(owners.length);
        for (const owner of owners) expect(known.has(owner)).toBe(true);
      }
      r.sim.network.up("nexus");
      r.sim.network.clearFaults();
      const left = [...known.keys()];
      for (const id of left) await r.sim.clock.run(take(r, { vmm: id, act: "stopped", thenMs: 0, nexus: "up" }));
      await r.sim.clock.runUntil(() => r.ctx.vmms.countByState().size === 0, { deadlineMs: 120_000 });
      expect(r.ctx.opte.ports.size).toBe(0);
      for (const id of left) {
        const reports = r.nexus.reports.filter((report) => report.id === id);
        const newestReport = reports.findLast(({ state }) => state === "destroyed" || state === "failed");
        expect(newestReport, `${id} was never reported as ended`).toBeDefined();
      }
    }),
    { numRuns: 60 },
  );
});
