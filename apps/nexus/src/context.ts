/** Everything Nexus' code needs from outside itself. One per process; handlers add an OpContext per request. */
import type { Metrics } from "@racklet/api-kit";
import type { Store } from "@racklet/store";
import type { World } from "@racklet/world";
import type { NexusConfig } from "./config.ts";
import type { NexusTables } from "./db/schema.ts";

export interface NexusContext {
  readonly world: World;
  readonly config: NexusConfig;
  readonly store: Store<NexusTables>;
  readonly metrics: Metrics;
}
