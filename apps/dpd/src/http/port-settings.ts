/** The whole configuration of a port. Without a tag, the empty tag is meant, as upstream has it. */
import type { portSettingsOperations } from "@racklet/api-types/dpd/operations/port-settings";
import type { DpdHandlers } from "./handlers.ts";
import { settingsFromWire, settingsToWire } from "./wire-link.ts";

export const portSettingsHandlers: DpdHandlers<typeof portSettingsOperations> = {
  port_settings_get: ({ ports }, { params, query }) =>
    settingsToWire(ports.getSettings(params.port_id, query.tag ?? "")),
  port_settings_apply: async ({ ports }, { params, query, body }) =>
    settingsToWire(await ports.applySettings(params.port_id, settingsFromWire(body), query.tag ?? "")),
  port_settings_clear: async ({ ports }, { params, query }) =>
    settingsToWire(await ports.clearSettings(params.port_id, query.tag ?? "")),
};
