/** Runs a scenario on a simulated rack, ends every fault, and holds the rack to what its database says. */
import type { TraceEntry } from "@racklet/sim";
import { freshDatabase } from "./database.ts";
import { brokenInvariants, differences } from "./expectations.ts";
import { LeaveWatch } from "./leave-watch.ts";
import { SimRack, type Answer } from "./rack.ts";
import { describeStep, scenario, type FaultStep, type ScenarioOptions, type Step, type UserStep } from "./scenario.ts";

export interface RunOptions extends Omit<ScenarioOptions, "services"> {
  readonly sleds: number;
  readonly asicFaults: number;
}

/** Link delays without faults. */
const CALM = { delayMs: [0, 2] } as const;

/** Answers all that went over the network. Throws with the story of the run when the rack does not come to rest right. */
export async function runSeed(options: RunOptions): Promise<readonly TraceEntry[]> {
  const rack = await SimRack.start({ ...options, database: await freshDatabase() });
  const steps = scenario({ ...options, services: rack.services });
  try {
    const watch = new LeaveWatch(rack);
    const answers = await play(rack, steps, watch);
    const atRest = async (): Promise<true | string> => {
      await watch.check();
      return (await differences(rack, options)) || true;
    };
    await rack.settled(atRest, "the rack holds what the database says");
    if (answers.length > 0) throw new Error(`unexpected answers:\n${answers.join("\n")}`);
    const broken = await rack.sim.clock.run(brokenInvariants(rack));
    if (broken !== "") throw new Error(broken);
    await dismantle(rack);
    await rack.settled(async () => (await differences(rack, options)) || true, "nothing is left of what was deleted");
    return rack.sim.network.trace.entries();
  } catch (error) {
    throw new Error(
      `seed ${options.seed}: ${error instanceof Error ? error.message : String(error)}\n${story(rack, steps)}`,
      {
        cause: error,
      },
    );
  } finally {
    await rack.stop();
  }
}

function story(rack: SimRack, steps: readonly Step[]): string {
  return [...steps.map(describeStep), "", rack.sim.network.trace.format().split("\n").slice(-60).join("\n")].join("\n");
}

/** Asks and injects as the scenario says, then ends every fault and waits for the answers. Answers those that no fault excuses. */
async function play(rack: SimRack, steps: readonly Step[], watch: LeaveWatch): Promise<string[]> {
  const { clock } = rack.sim;
  const begin = clock.monotonicMs();
  const unexpected: string[] = [];
  const asked: Promise<unknown>[] = [];
  for (const step of steps) {
    await clock.advance(Math.max(0, begin + step.atMs - clock.monotonicMs()));
    if (isFault(step)) inject(rack, step);
    else {
      const request = async (): Promise<Answer> => {
        const answer = await ask(rack, step);
        if (answer.status === 500) unexpected.push(`${describeStep(step)} → ${JSON.stringify(answer.body)}`);
        return answer;
      };
      asked.push(step.do === "join" || step.do === "leave" ? watch.around(step, request) : request());
    }
    await clock.run(watch.check());
  }
  await endFaults(rack);
  await clock.run(Promise.all(asked));
  return unexpected;
}

const isFault = (step: UserStep | FaultStep): step is FaultStep =>
  ["kill", "kill at statement", "disturb", "cut off"].includes(step.do);

function ask(rack: SimRack, step: UserStep): Promise<Answer> {
  if (step.do === "expunge") {
    return rack.call("POST", "/sleds/expunge", { sled: rack.sledIds[step.sled] }, "lockstep");
  }
  const path = `/v1/instances/${step.instance}`;
  switch (step.do) {
    case "create":
      return rack.call("POST", "/v1/instances?project=p", {
        name: step.instance,
        description: "",
        hostname: step.instance,
        ncpus: 1,
        memory: 2 ** 30,
        network_interfaces: { type: "default_dual_stack" },
        external_ips: step.ephemeral ? [{ type: "ephemeral" }] : [],
        ...(step.groups.length === 0
          ? {}
          : { multicast_groups: step.groups.map((group) => ({ group, ip_version: "v4" })) }),
      });
    case "delete":
      return rack.call("DELETE", `${path}?project=p`);
    case "attach":
      return rack.call("POST", `/v1/floating-ips/${step.floating}/attach?project=p`, {
        kind: "instance",
        parent: step.instance,
      });
    case "detach":
      return rack.call("POST", `/v1/floating-ips/${step.floating}/detach?project=p`);
    case "join":
      return rack.call("PUT", `${path}/multicast-groups/${step.group}?project=p`, {
        source_ips: step.sources.length === 0 ? null : step.sources,
        ...(step.group === "news" ? { ip_version: "v4" } : {}),
      });
    case "migrate":
      return migrate(rack, step.instance);
    case "leave":
      return rack.call("DELETE", `${path}/multicast-groups/${step.group}?project=p`);
    default:
      return rack.call("POST", `${path}/${step.do}?project=p`);
  }
}

/** To some other sled, by the operators' API, which knows instances by id. */
async function migrate(rack: SimRack, name: string): Promise<Answer> {
  const row = await rack.store.db
    .selectFrom("instance")
    .leftJoin("vmm", "vmm.id", "instance.active_propolis_id")
    .select(["instance.id", "vmm.sled_id"])
    .where("instance.name", "=", name)
    .where("instance.time_deleted", "is", null)
    .executeTakeFirst();
  if (row === undefined) return { status: 404, body: undefined };
  const to = rack.sledIds.find((id) => id !== row.sled_id);
  return rack.call("POST", `/instances/${row.id}/migrate`, { dst_sled_id: to }, "lockstep");
}

function inject(rack: SimRack, step: FaultStep): void {
  const { clock, network } = rack.sim;
  const later = (what: string, fn: () => void): void => void clock.schedule(step.forMs, what, fn);
  switch (step.do) {
    case "kill":
      rack.kill(step.service);
      return later(`restart ${step.service}`, () => void rack.start(step.service));
    case "kill at statement":
      rack.killNexusAtStatement(step.statement);
      // Nothing happens to a Nexus that has not come that far.
      return later("restart nexus", () => void rack.start("nexus"));
    case "disturb":
      network.setFaults(step.from, step.to, step.faults);
      return later(`calm ${step.from} -> ${step.to}`, () => network.setFaults(step.from, step.to, CALM));
    case "cut off":
      network.partition(
        [step.service],
        rack.services.filter((name) => name !== step.service),
      );
      return later(`heal ${step.service}`, () => network.heal());
  }
}

async function endFaults(rack: SimRack): Promise<void> {
  rack.sim.network.clearFaults();
  rack.sim.network.heal();
  rack.calmAsics();
  rack.killNexusAtStatement(Infinity);
  for (const name of rack.services) await rack.sim.clock.run(rack.start(name));
}

/** Deletes everything, as a user who repeats what is refused until it is done. */
async function dismantle(rack: SimRack): Promise<void> {
  await rack.settled(async () => {
    const { body } = await rack.call("GET", "/v1/instances?project=p");
    const instances = body.items as { name: string; run_state: string }[];
    for (const { name, run_state: state } of instances) {
      if (state === "stopped" || state === "failed") await rack.call("DELETE", `/v1/instances/${name}?project=p`);
      else await rack.call("POST", `/v1/instances/${name}/stop?project=p`);
    }
    return instances.length === 0 || JSON.stringify(instances.map(({ name, run_state: state }) => [name, state]));
  }, "every instance can be deleted");
}
