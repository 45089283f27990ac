/** The identity columns of a new row, and of a change to one. */
import type { NexusContext } from "../context.ts";
import { nowText } from "./now.ts";
import type { Identity } from "./schema.ts";

export interface NewIdentity {
  readonly name: string;
  readonly description: string;
}

export interface IdentityChange {
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
}

export function newIdentity(nexus: NexusContext, { name, description }: NewIdentity): Identity {
  const now = nowText(nexus);
  return { id: nexus.world.ids.uuid(), name, description, time_created: now, time_modified: now, time_deleted: null };
}

/** Only what is given changes, and the time of change always. */
export function changedIdentity(
  nexus: NexusContext,
  { name, description }: IdentityChange,
): { name?: string; description?: string; time_modified: string } {
  return {
    ...(name == null ? {} : { name }),
    ...(description == null ? {} : { description }),
    time_modified: nowText(nexus),
  };
}
