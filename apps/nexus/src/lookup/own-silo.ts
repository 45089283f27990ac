import { NexusError } from "../errors.ts";
import type { OpContext } from "../op-context.ts";

/** The silo that names are looked up in: the caller's. Nexus itself is in none and must use ids. */
export function ownSilo(op: OpContext): string {
  if (op.actor.kind === "silo-user") return op.actor.siloId;
  throw new NexusError("internal", `${op.actor.name} looked something up by name, but is in no silo`);
}
