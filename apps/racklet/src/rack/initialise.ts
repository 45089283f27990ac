/** From running services to a rack that can be used: token, pools, sleds in service, and both switches in agreement with Nexus. */
import { nexusClient, type NexusClient } from "@racklet/nexus-client";
import { nexusLockstepClient, type NexusLockstepClient } from "@racklet/nexus-internal-client/lockstep";
import { deadlineSignal, type World } from "@racklet/world";
import { Failure } from "../failure.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import type { Rack } from "./layout.ts";
import { createPools } from "./pools.ts";
import { taskError } from "./task-error.ts";
import { obtainToken } from "./token.ts";

const DEADLINE_MS = 60_000;
const POLL_MS = 15;

export interface InitialiseOptions {
  readonly world: World;
  readonly rack: Rack;
  readonly supervisor: Pick<Supervisor, "until" | "list">;
  readonly dir: string;
  readonly password: string;
  readonly createPools: boolean;
  /** A step is done; for people who watch. */
  readonly onStep: (step: string) => void;
  readonly signal: AbortSignal;
}

export interface Initialised {
  readonly token: string;
}

/** Throws Failure when a service dies before it ever answered, or when the rack is not complete within a minute. */
export async function initialise(options: InitialiseOptions): Promise<Initialised> {
  const { world, supervisor, rack } = options;
  const { signal, cancel } = deadlineSignal(world.timers, DEADLINE_MS, options.signal);
  // Loads the platform's fetch now, while there is nothing else to do, and not when Nexus waits to be asked.
  void new Request(rack.nexus.external);
  const missing = new Set(["nexus", "the sleds", "the switches", "the token"]);
  const tick = (step: string) => {
    missing.delete(step);
    options.onStep(step);
  };
  const isUp = (...names: string[]) =>
    supervisor.until((services) => {
      const dead = services.find(({ lastExit }) => lastExit !== undefined);
      if (dead !== undefined) throw diedEarly(dead.name, dead.lastExit?.lastLine);
      return services.every(({ name, phase }) => !names.includes(name) || phase === "running");
    }, signal);
  const switches = async (): Promise<void> => {
    await isUp("nexus", ...rack.dpd.map((each) => `dpd/${each.switch}`));
    await switchesInStep(nexusLockstepClient({ baseUrl: rack.nexus.lockstep, world, signal }), rack, world, signal);
    tick("the switches");
  };
  const sleds = async (nexus: NexusClient): Promise<void> => {
    await isUp(...rack.services.map(({ name }) => name));
    await sledsInService(nexus, rack, world, signal);
    tick("the sleds");
  };
  const silo = async (): Promise<string> => {
    await isUp("nexus");
    tick("nexus");
    const token = await obtainToken({ ...options, url: rack.nexus.external, signal });
    tick("the token");
    const headers = { authorization: `Bearer ${token}` };
    const nexus = nexusClient({ baseUrl: rack.nexus.external, world, signal, headers });
    await Promise.all([sleds(nexus), options.createPools ? createPools(nexus, signal) : undefined]);
    return token;
  };
  try {
    const [token] = await Promise.all([silo(), switches(), isUp(...rack.services.map(({ name }) => name))]);
    return { token };
  } catch (error) {
    if (signal.aborted && !options.signal.aborted) {
      throw new Failure(
        `the rack is not ready after ${DEADLINE_MS / 1000} s: still waiting for ${[...missing].join(", ")}`,
      );
    }
    throw error;
  } finally {
    cancel();
  }
}

async function sledsInService(nexus: NexusClient, rack: Rack, world: World, signal: AbortSignal): Promise<void> {
  const wanted = new Set(rack.sledAgents.map(({ id }) => id));
  for (;;) {
    const { items } = await nexus.sled_list({ query: { limit: 1000 } }, { signal });
    // One that was given up, before the last stop, will not come back into service.
    const settled = items.filter(
      ({ id, policy }) => wanted.has(id) && ["in_service", "expunged"].includes(policy.kind),
    );
    if (settled.length === wanted.size) return;
    await world.timers.sleep(POLL_MS, signal);
  }
}

/** Every switch's task has completed a pass without an error since it was asked to. */
async function switchesInStep(
  lockstep: NexusLockstepClient,
  rack: Rack,
  world: World,
  signal: AbortSignal,
): Promise<void> {
  const names = rack.dpd.map((each) => `nat_sync_${each.switch}`);
  const unfinished = new Set(names);
  // Nexus may have looked before the switches were up; the next look by itself would be a second later.
  await lockstep.bgtask_activate({ body: { bgtask_names: names } }, { signal });
  for (;;) {
    const tasks = await lockstep.bgtask_list({}, { signal });
    for (const name of names) {
      const last = tasks[name]?.last;
      if (last?.last_result !== "completed") continue;
      if (taskError(last.details.details) === undefined) unfinished.delete(name);
    }
    if (unfinished.size === 0) return;
    await world.timers.sleep(POLL_MS, signal);
  }
}

function diedEarly(name: string, lastLine: string | undefined): Failure {
  return new Failure(`${name} ended while the rack was starting${lastLine === undefined ? "" : `: ${lastLine}`}`);
}
