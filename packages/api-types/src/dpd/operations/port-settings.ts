/** The whole configuration of a port, stated at once. */
import { declare, param, query } from "@racklet/api-kit";
import { PortSettings } from "../latest-network.ts";
import { port } from "../params-network.ts";
import { PortSettings as V1PortSettings } from "../v1/port-settings.ts";
import { downPortSettings, upPortSettings } from "../v13/link.ts";
import { V } from "../versions.ts";

/** The tag that the addresses of the links get, and of which addresses are looked at. */
const tag = { tag: query.optional(param.string()) };

const RESULT = "Answers the settings as they are afterwards.";

export const portSettingsOperations = {
  port_settings_get: declare({
    operationId: "port_settings_get",
    method: "GET",
    path: "/port/{port_id}/settings",
    params: port,
    query: tag,
    summary: "Get the settings of a port",
    description: "With a tag, only the addresses that carry it.",
    revisions: [
      { since: V.ALLOW_DDM_TRAFFIC, response: PortSettings },
      { since: V.INITIAL, response: V1PortSettings, down: downPortSettings },
    ],
  }),
  port_settings_apply: declare({
    operationId: "port_settings_apply",
    method: "POST",
    path: "/port/{port_id}/settings",
    params: port,
    query: tag,
    idempotent: true,
    summary: "Make a port have exactly these settings",
    description: `Links that are not named are removed, others created or changed; of the addresses only those with the tag are removed. What fails is undone, and nothing has changed then. ${RESULT}`,
    revisions: [
      { since: V.ALLOW_DDM_TRAFFIC, body: PortSettings, response: PortSettings },
      { since: V.INITIAL, body: V1PortSettings, response: V1PortSettings, up: upPortSettings, down: downPortSettings },
    ],
  }),
  port_settings_clear: declare({
    operationId: "port_settings_clear",
    method: "DELETE",
    path: "/port/{port_id}/settings",
    params: port,
    query: tag,
    summary: "Remove all links of a port",
    description: RESULT,
    revisions: [
      { since: V.ALLOW_DDM_TRAFFIC, response: PortSettings },
      { since: V.INITIAL, response: V1PortSettings, down: downPortSettings },
    ],
  }),
};
