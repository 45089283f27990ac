/** The handlers of the lockstep API, and the views beside it: for operators' tools of the same release. */
import type { Handlers } from "@racklet/api-kit";
import type { nexusLockstepApi } from "@racklet/api-types/nexus-lockstep/api";
import type { NexusContext } from "../context.ts";
import { bgtaskHandlers } from "./lockstep/bgtasks.ts";

export const lockstepHandlers: Partial<Handlers<NexusContext, (typeof nexusLockstepApi)["operations"]>> = {
  ...bgtaskHandlers,
};

/** By path. */
export function lockstepViews(_nexus: NexusContext): Readonly<Record<string, () => unknown>> {
  return {};
}
