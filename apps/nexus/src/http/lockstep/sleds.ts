import type { Handlers } from "@racklet/api-kit";
import type { nexusLockstepApi } from "@racklet/api-types/nexus-lockstep/api";
import type { NexusContext } from "../../context.ts";
import { expungeSled } from "../../sled/expunge.ts";
import { sledPolicyView } from "../hardware.ts";

type Operations = Pick<(typeof nexusLockstepApi)["operations"], "sled_expunge">;

export const sledHandlers: Handlers<NexusContext, Operations> = {
  sled_expunge: async (nexus, { body }) => sledPolicyView(await expungeSled(nexus, body.sled)),
};
