/** Everything Nexus' code needs from outside itself. One per process; handlers add an OpContext per request. */
import { Metrics } from "@racklet/api-kit";
import { TaskRunner } from "@racklet/reconcile";
import { openStore, type Store } from "@racklet/store";
import type { World } from "@racklet/world";
import { createPasswords, type Passwords } from "./authn/passwords.ts";
import type { NexusConfig } from "./config.ts";
import { migrations } from "./db/migrations.ts";
import type { NexusTables } from "./db/schema.ts";
import { allTasks } from "./tasks/all.ts";
import { natSyncTaskNames } from "./tasks/nat.ts";

export interface NexusContext {
  readonly world: World;
  readonly config: NexusConfig;
  readonly store: Store<NexusTables>;
  readonly metrics: Metrics;
  readonly passwords: Passwords;
  /** Not started by `createContext`: a context alone does nothing by itself. */
  readonly tasks: TaskRunner;
  /** Says that NAT entries changed: the switches hear of it at once. */
  readonly natChanged: () => void;
}

/** Opens the database and brings it to this version's schema. Throws what `openStore` throws. Close it with `context.store.close()`. */
export async function createContext(config: NexusConfig, world: World): Promise<NexusContext> {
  return contextOn(await openStore<NexusTables>({ url: config.database, migrations, world }), config, world);
}

/** A context on a store that is open already, with `migrations` applied. */
export function contextOn(store: Store<NexusTables>, config: NexusConfig, world: World): NexusContext {
  const nexus: NexusContext = {
    world,
    config,
    store,
    metrics: new Metrics(),
    passwords: createPasswords(world),
    // Tasks take the context they are part of, so they are made when it is.
    get tasks() {
      return tasks;
    },
    natChanged: () => natSyncTaskNames.forEach((name) => tasks.activate(name)),
  };
  const tasks = new TaskRunner({ world, tasks: allTasks(nexus) });
  return nexus;
}
