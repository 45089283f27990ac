/** The API's own health. */
import type { Handlers } from "@racklet/api-kit";
import type { systemOperations } from "@racklet/api-types/nexus/operations/system";
import type { NexusContext } from "../context.ts";

export const systemHandlers: Handlers<NexusContext, typeof systemOperations> = {
  ping: () => ({ status: "ok" }),
};
