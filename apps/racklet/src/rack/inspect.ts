/** Looks at the services of a running rack through their APIs. A service that does not answer costs one deadline, not the view. */
import { ApiError, dpdClient, type Schemas as DpdSchemas } from "@racklet/dpd-client";
import { nexusLockstepClient, type Schemas as LockstepSchemas } from "@racklet/nexus-internal-client/lockstep";
import { deadlineSignal, type World } from "@racklet/world";
import type { RackStatus } from "../control/protocol.ts";
import { errorText } from "../failure.ts";

const DEADLINE_MS = 1_000;
/** The group in which Nexus keeps the NAT entries of instances. */
const NEXUS_GROUP = "nexus-instances";

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

export interface ApiVersions {
  readonly latest: string;
  readonly supported: readonly string[];
}

export interface SwitchNat {
  readonly switch: string;
  /** What Nexus' task last brought the switch to. */
  readonly desired: number | undefined;
  /** Undefined: the switch has no such group yet. */
  readonly group: Answer<DpdSchemas["NatGroupState"] | undefined>;
}

export interface RackViews {
  /** By name of the service; missing: it did not say. */
  readonly versions: ReadonlyMap<string, ApiVersions>;
  readonly tasks: Answer<Readonly<Record<string, LockstepSchemas["BackgroundTask"]>>>;
  readonly nat: readonly SwitchNat[];
}

export async function inspectRack(rack: RackStatus, world: World): Promise<RackViews> {
  const options = { world, deadlineMs: DEADLINE_MS, retries: { attempts: 0 } };
  // Not asked: a paused service would only cost the deadline.
  const idle = new Map(
    rack.services.flatMap(({ name, phase }) => (phase === "running" ? [] : [[name, phase] as const])),
  );
  const ask = <T>(service: string, call: () => Promise<T>): Promise<Answer<T>> => {
    const phase = idle.get(service);
    return phase === undefined ? answerOf(call()) : Promise.resolve({ ok: false, error: `${service} is ${phase}` });
  };
  const [versions, tasks, groups] = await Promise.all([
    Promise.all(
      rack.services.map(async ({ name, url }) => [name, await ask(name, () => findVersions(url, world))] as const),
    ),
    ask("nexus", () => nexusLockstepClient({ ...options, baseUrl: rack.nexus.lockstep }).bgtask_list()),
    Promise.all(
      rack.dpd.map((each) => ask(`dpd/${each.switch}`, () => findGroup(dpdClient({ ...options, baseUrl: each.url })))),
    ),
  ]);
  return {
    versions: new Map(versions.flatMap(([name, found]) => (found.ok ? [[name, found.value] as const] : []))),
    tasks,
    nat: rack.dpd.map((each, slot) => ({
      switch: each.switch,
      desired: tasks.ok ? generationOf(tasks.value[`nat_sync_${each.switch}`]) : undefined,
      group: groups[slot] ?? { ok: false, error: "not asked" },
    })),
  };
}

async function answerOf<T>(call: Promise<T>): Promise<Answer<T>> {
  try {
    return { ok: true, value: await call };
  } catch (error) {
    return { ok: false, error: errorText(error) };
  }
}

async function findGroup(dpd: ReturnType<typeof dpdClient>): Promise<DpdSchemas["NatGroupState"] | undefined> {
  try {
    return await dpd.nat_group_get({ path: { group: NEXUS_GROUP } });
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

function generationOf(task: LockstepSchemas["BackgroundTask"] | undefined): number | undefined {
  if (task?.last.last_result !== "completed") return undefined;
  const { sync } = (task.last.details.details ?? {}) as { sync?: { generation?: unknown } };
  return typeof sync?.generation === "number" ? sync.generation : undefined;
}

/** The list of versions is outside the versioned API, so no client has it. */
async function findVersions(url: string, world: World): Promise<ApiVersions> {
  const { signal, cancel } = deadlineSignal(world.timers, DEADLINE_MS);
  try {
    const response = await world.fetch(new Request(`${url}/.well-known/api-versions`, { signal }));
    const { latest, supported } = (await response.json()) as { latest?: unknown; supported?: unknown };
    if (typeof latest === "string" && Array.isArray(supported)) return { latest, supported: supported.map(String) };
    throw new Error(`${url} does not list its versions`);
  } finally {
    cancel();
  }
}
