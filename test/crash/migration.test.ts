/**
 * The services started one by one, without the launcher. First many instances at once; then kill -9 of one of those who take
 * part in a live migration, at each of its phases. However far it was, it ends with the instance running on exactly one sled,
 * or failed and nowhere; and nobody ever sees two VMMs run.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { manyInstances } from "../support/many-instances.ts";
import { ok } from "../support/oxide.ts";
import { until } from "../support/until.ts";
import { vmmsOf, watchVmms, type SeenVmm } from "../support/vmms.ts";
import { MigrationRack, sledId, type PropolisKind } from "./support/migration-rack.ts";
import { follow, phaseOf, PHASES, stateOf, type Phase } from "./support/propolis-watch.ts";

const START_UP = 60_000;

/** `RACKLET_CRASH=all` kills everybody in every phase; otherwise each end, with its VMs, dies once. */
const EVERYTHING = process.env["RACKLET_CRASH"] === "all";

type Victim = "source propolis" | "target propolis" | "source sled-agent" | "target sled-agent";

interface Case {
  readonly victim: Victim;
  readonly phase: (typeof PHASES)[number];
}

const every = (victims: readonly Victim[]): Case[] =>
  victims.flatMap((victim) => PHASES.map((phase) => ({ victim, phase })));
const CASES: readonly { readonly kind: PropolisKind; readonly cases: readonly Case[] }[] = EVERYTHING
  ? [
      { kind: "embedded", cases: every(["source sled-agent", "target sled-agent"]) },
      {
        kind: "process",
        cases: every(["source propolis", "target propolis", "source sled-agent", "target sled-agent"]),
      },
    ]
  : [
      {
        kind: "embedded",
        cases: [
          { victim: "source sled-agent", phase: "RamPush" },
          { victim: "target sled-agent", phase: "RamPush" },
        ],
      },
    ];

describe.each(CASES)("without the launcher, with $kind VMs,", ({ kind, cases }) => {
  let rack: MigrationRack;
  beforeAll(async () => {
    rack = await MigrationRack.start(kind);
  }, START_UP);
  afterAll(() => rack?.stop(), START_UP);

  it(
    "instances created at the same time run, and nothing of them is left once they are deleted",
    { timeout: 60_000 },
    () => manyInstances(rack.story),
  );

  it.each(cases)("a migration whose $victim is killed at $phase", { timeout: 90_000 }, async ({ victim, phase }) => {
    const { methods } = rack.story.oxide;
    const name = `vm-${victim}-${phase}`.toLowerCase().replaceAll(" ", "-");
    const at = { path: { instance: name }, query: { project: "story" } };
    const body = { name, description: "", hostname: name, ncpus: 1, memory: 2 ** 30 };
    await ok(
      methods.instanceCreate({ query: at.query, body: { ...body, networkInterfaces: { type: "default_ipv4" } } }),
    );
    const state = async () => (await ok(methods.instanceView(at))).runState;
    await until(`${name} runs`, state, (seen) => seen === "running");
    const { id } = await ok(methods.instanceView(at));
    const [snat] = (await ok(methods.instanceExternalIpList(at))).items;
    const [source] = await vmmsOf(rack.rack, id);
    if (source === undefined) throw new Error(`${name} has no VMM`);
    const here = source.sled_id === sledId(0) ? 0 : 1;
    const there = 1 - here;
    const watch = watchVmms(rack.rack, id);

    await rack.lockstep.instance_migrate({ path: { instance_id: id }, body: { dst_sled_id: sledId(there) } });
    const [target] = (await vmmsOf(rack.rack, id)).filter((vmm) => vmm.id !== source.id);
    if (target === undefined) throw new Error("the migration has no target");
    const survivor =
      survives(victim, kind) === "source" ? follow(rack.rack, source, "out") : follow(rack.rack, target, "in");
    await reached(rack, source, phase);
    if (victim === "source propolis") await rack.killPropolis(here, source.id);
    else if (victim === "target propolis") await rack.killPropolis(there, target.id);
    else await rack.killSled(victim === "source sled-agent" ? here : there);

    const end = await until(
      `${name} is settled after ${victim} was killed at ${phase}`,
      async () => outcome(await state(), await vmmsOf(rack.rack, id), source.id),
      (seen) => !seen.startsWith("not yet"),
      { deadlineMs: 60_000, everyMs: 50 },
    );
    expect(end).toBe(expected(victim, kind, await survivor.stop()));
    const seen = await watch.stop();
    for (const { running } of seen) expect(running.length).toBeLessThanOrEqual(1);
    // Whoever has not got the guest does not run it either, wherever it was last seen.
    const others = new Map(seen.flatMap(({ vmms }) => vmms.map((vmm) => [vmm.id, vmm])));
    others.delete(end === "source" ? source.id : end === "target" ? target.id : "");
    for (const vmm of others.values()) {
      await until(
        `VMM ${vmm.id} does not run`,
        () => stateOf(vmm),
        (now) => now !== "Running",
      );
    }
    const on = end === "source" ? here : there;
    const entry = `${snat?.ip} ${snat?.kind === "snat" ? snat.firstPort : ""}`;
    const nat = (await rack.nat()).filter(({ external }) => external === entry);
    expect(nat.map(({ sled }) => sled)).toEqual(end === "failed" ? [] : [on]);
    if (end !== "failed") {
      // A process' VM runs on while its sled-agent is only starting again: until then a stop is answered 502.
      await until(
        `${name} takes a stop`,
        () => ok(methods.instanceStop(at)),
        () => true,
      );
    }
    await until(`${name} is off`, state, (seen) => seen === "stopped" || seen === "failed", { deadlineMs: 30_000 });
    await ok(methods.instanceDelete(at));
    const { items: sagas } = await rack.lockstep.saga_list({ query: { limit: 1_000 } });
    expect(sagas.filter((saga) => saga.state.state === "stuck")).toEqual([]);
  });
});

/** `source` or `target`: it runs there, in truth. `failed`: it is nowhere. */
async function outcome(state: string, vmms: readonly SeenVmm[], sourceId: string): Promise<string> {
  const [vmm, other] = vmms;
  if (state === "failed" && vmm === undefined) return "failed";
  const propolis = vmm === undefined ? "none" : await stateOf(vmm);
  if (state === "running" && other === undefined && vmm !== undefined && propolis === "Running") {
    return vmm.id === sourceId ? "source" : "target";
  }
  return `not yet: ${state}, propolis ${propolis}, ${JSON.stringify(vmms)}`;
}

/** Who of the two is there to say afterwards who has the guest. Of processes both outlive their sled-agents. */
function survives(victim: Victim, kind: PropolisKind): "source" | "target" {
  return victim.startsWith("source") || (kind === "process" && victim === "target sled-agent") ? "target" : "source";
}

/** What the survivor says decides. Of a source that is gone, having said nothing, the guest has gone as well. */
function expected(
  victim: Victim,
  kind: PropolisKind,
  { phase, answers }: { readonly phase: Phase; readonly answers: boolean },
): string {
  if (survives(victim, kind) === "target") {
    if (phase === "Finish") return "target";
    return kind === "process" && victim.endsWith("sled-agent") ? "source" : "failed";
  }
  const isKept = phase === "Error" || (phase !== "Finish" && answers);
  return isKept ? "source" : "failed";
}

/** Resolves when the source has come as far as the phase, or is through. */
async function reached(rack: MigrationRack, source: SeenVmm, phase: Case["phase"]): Promise<void> {
  if (phase === "before") return;
  await until(
    `the migration is at ${phase}`,
    async () => {
      const [now] = (await vmmsOf(rack.rack, source.instance_id)).filter(({ id }) => id === source.id);
      return phaseOf(now ?? source, "out");
    },
    (seen) => seen === undefined || seen === "Error" || PHASES.indexOf(seen) >= PHASES.indexOf(phase),
    { everyMs: 2 },
  );
}
