/** Clearing what clients have set. */
import type { settingsOperations } from "@racklet/api-types/dpd/operations/settings";
import { resetAll, resetTagged } from "../reset/reset.ts";
import type { DpdHandlers } from "./handlers.ts";

export const settingsHandlers: DpdHandlers<typeof settingsOperations> = {
  reset_all: (ctx) => resetAll(ctx),
  reset_all_tagged: (ctx, { params }) => resetTagged(ctx, params.tag),
};
