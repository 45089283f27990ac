/** The handlers of the internal API: for sled-agents and dpds, which have no credentials. */
import type { Handlers } from "@racklet/api-kit";
import type { nexusInternalApi } from "@racklet/api-types/nexus-internal/api";
import type { NexusContext } from "../context.ts";
import { natHandlers } from "./internal/nat.ts";

export const internalHandlers: Partial<Handlers<NexusContext, (typeof nexusInternalApi)["operations"]>> = {
  ping: () => ({ status: "ok" }),
  ...natHandlers,
};
