/** The handlers of the lockstep API, and the views beside it: for operators' tools of the same release. */
import type { Handlers } from "@racklet/api-kit";
import type { nexusLockstepApi } from "@racklet/api-types/nexus-lockstep/api";
import type { NexusContext } from "../context.ts";
import { listVmms } from "../instance/vmm-list.ts";
import { bgtaskHandlers } from "./lockstep/bgtasks.ts";
import { instanceHandlers } from "./lockstep/instances.ts";
import { multicastLockstepHandlers } from "./lockstep/multicast.ts";
import { sagaHandlers } from "./lockstep/sagas.ts";
import { sledHandlers } from "./lockstep/sleds.ts";

export const lockstepHandlers: Handlers<NexusContext, (typeof nexusLockstepApi)["operations"]> = {
  ...bgtaskHandlers,
  ...instanceHandlers,
  ...multicastLockstepHandlers,
  ...sagaHandlers,
  ...sledHandlers,
};

/** By path. */
export function lockstepViews(nexus: NexusContext): Readonly<Record<string, () => unknown>> {
  return { "/debug/vmms": () => listVmms(nexus) };
}
