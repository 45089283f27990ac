import { forbidden } from "../errors.ts";
import type { Actor, OpContext } from "../op-context.ts";

/** The user behind a request. Throws `forbidden` for internal actors, which belong to no silo. */
export function callingUser(op: OpContext): Extract<Actor, { kind: "silo-user" }> {
  if (op.actor.kind !== "silo-user") throw forbidden();
  return op.actor;
}
