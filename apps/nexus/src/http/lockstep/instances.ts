/** What operators do with instances that users cannot. */
import type { Handlers } from "@racklet/api-kit";
import type { nexusLockstepApi } from "@racklet/api-types/nexus-lockstep/api";
import type { NexusContext } from "../../context.ts";
import { migrateInstance } from "../../instance/migrate.ts";
import { instanceView } from "../instance-view.ts";

type Operations = Pick<(typeof nexusLockstepApi)["operations"], "instance_migrate">;

export const instanceHandlers: Handlers<NexusContext, Operations> = {
  instance_migrate: async (nexus, { params, body }) =>
    instanceView(await migrateInstance(nexus, params.instance_id, body.dst_sled_id)),
};
