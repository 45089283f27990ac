/** The API's own health. */
import { declare } from "@racklet/api-kit";
import { Ping } from "../latest.ts";
import { V } from "../versions.ts";

export const systemOperations = {
  ping: declare({
    operationId: "ping",
    method: "GET",
    path: "/v1/ping",
    tags: ["system/status"],
    summary: "Ping the API",
    description: "Answers `ok` whenever it answers at all. Needs no credentials.",
    revisions: [{ since: V.INITIAL, response: Ping }],
  }),
};
