/** Everything Nexus' code needs from outside itself. One per process; handlers add an OpContext per request. */
import { Metrics } from "@racklet/api-kit";
import { TaskRunner } from "@racklet/reconcile";
import { SagaExecutor, sqlSagaLog } from "@racklet/saga";
import { openStore, type Store } from "@racklet/store";
import type { World } from "@racklet/world";
import { createPasswords, type Passwords } from "./authn/passwords.ts";
import type { NexusConfig } from "./config.ts";
import { migrations } from "./db/migrations.ts";
import type { NexusTables } from "./db/schema.ts";
import { SledAgentClients } from "./peers/sled-agent-clients.ts";
import { allSagas } from "./sagas/index.ts";
import { AppliedState } from "./sled/applied.ts";
import { allTasks } from "./tasks/all.ts";
import { multicastTaskNames } from "./tasks/multicast.ts";
import { natSyncTaskNames } from "./tasks/nat.ts";

export interface NexusContext {
  /** This process among those that share the database; another one after a restart. Owns the sagas it starts. */
  readonly processId: string;
  readonly world: World;
  readonly config: NexusConfig;
  readonly store: Store<NexusTables>;
  readonly metrics: Metrics;
  readonly passwords: Passwords;
  /** Not started by `createContext`: a context alone does nothing by itself. */
  readonly tasks: TaskRunner;
  /** Those a dead process left are taken up by `recover`, before anything is served. */
  readonly sagas: SagaExecutor<NexusContext>;
  readonly sledAgents: SledAgentClients;
  /** What this process last brought each sled to. */
  readonly applied: AppliedState;
  /** Says that NAT entries changed: the switches hear of it at once. */
  readonly natChanged: () => void;
  /** Says that a multicast group, a member or where it runs changed: switches and sleds hear of it at once. */
  readonly multicastChanged: () => void;
}

/** Opens the database and brings it to this version's schema. Throws what `openStore` throws. Close it with `context.store.close()`. */
export async function createContext(
  config: NexusConfig,
  world: World,
  passwords: Passwords = createPasswords(world),
): Promise<NexusContext> {
  return contextOn(await openStore<NexusTables>({ url: config.database, migrations, world }), config, world, passwords);
}

/** A context on a store that is open already, with `migrations` applied. */
export function contextOn(
  store: Store<NexusTables>,
  config: NexusConfig,
  world: World,
  passwords: Passwords = createPasswords(world),
): NexusContext {
  const processId = world.ids.uuid();
  const nexus: NexusContext = {
    processId,
    world,
    config,
    store,
    metrics: new Metrics(),
    passwords,
    sledAgents: new SledAgentClients(world),
    applied: new AppliedState(),
    // Tasks and sagas take the context they are part of, so they are made when it is.
    get sagas() {
      return sagas;
    },
    get tasks() {
      return tasks;
    },
    natChanged: () => natSyncTaskNames.forEach((name) => tasks.activate(name)),
    multicastChanged: () => multicastTaskNames.forEach((name) => tasks.activate(name)),
  };
  const tasks = new TaskRunner({ world, tasks: allTasks(nexus) });
  const sagas = new SagaExecutor<NexusContext>({
    world,
    log: sqlSagaLog(store),
    sagas: allSagas,
    services: nexus,
    owner: processId,
  });
  return nexus;
}
