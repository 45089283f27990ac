/** Clearing what clients have set. */
import type { settingsOperations } from "@racklet/api-types/dpd/operations/settings";
import type { DpdHandlers } from "./handlers.ts";

export const settingsHandlers: DpdHandlers<typeof settingsOperations> = {
  reset_all: ({ nat }) => nat.entries.resetAll(),
  // Nothing that carries such a tag is served yet: NAT entries, groups and their names are not concerned by it.
  reset_all_tagged: () => {},
};
