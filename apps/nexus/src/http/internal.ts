/** The handlers of the internal API: for sled-agents and dpds, which have no credentials. */
import type { Handlers } from "@racklet/api-kit";
import type { nexusInternalApi } from "@racklet/api-types/nexus-internal/api";
import type { NexusContext } from "../context.ts";
import { natHandlers } from "./internal/nat.ts";
import { sledHandlers } from "./internal/sleds.ts";
import { vmmHandlers } from "./internal/vmms.ts";

export const internalHandlers: Handlers<NexusContext, (typeof nexusInternalApi)["operations"]> = {
  ping: () => ({ status: "ok" }),
  ...natHandlers,
  ...sledHandlers,
  ...vmmHandlers,
};
