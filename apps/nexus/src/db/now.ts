import type { NexusContext } from "../context.ts";

/** The present as the database keeps times: ISO 8601, UTC. */
export function nowText(nexus: NexusContext): string {
  return new Date(nexus.world.clock.now()).toISOString();
}
