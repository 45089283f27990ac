/** Everything Nexus' code needs from outside itself. One per process; handlers add an OpContext per request. */
import { Metrics } from "@racklet/api-kit";
import { openStore, type Store } from "@racklet/store";
import type { World } from "@racklet/world";
import type { NexusConfig } from "./config.ts";
import { migrations } from "./db/migrations.ts";
import type { NexusTables } from "./db/schema.ts";

export interface NexusContext {
  readonly world: World;
  readonly config: NexusConfig;
  readonly store: Store<NexusTables>;
  readonly metrics: Metrics;
}

/** Opens the database and brings it to this version's schema. Throws what `openStore` throws. Close it with `context.store.close()`. */
export async function createContext(config: NexusConfig, world: World): Promise<NexusContext> {
  const store = await openStore<NexusTables>({ url: config.database, migrations, world });
  return { world, config, store, metrics: new Metrics() };
}
