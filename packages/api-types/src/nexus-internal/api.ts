/** Nexus' internal API: what sled-agents, dpds and other services of the rack call. Versioned by its clients: one version. */
import { apiVersions, declare, defineApi, param, query, s } from "@racklet/api-kit";
import { NatEntryView, Ping, SledAgentInfo, SledVmmReport, SwitchPutRequest, SwitchPutResponse } from "./types.ts";

const versions = apiVersions([[1, "INITIAL"]] as const);
const { V } = versions;

const sledId = { sled_id: param.uuid() };

export const nexusInternalApi = defineApi({
  ident: "nexus-internal",
  title: "Nexus internal API",
  description: "What the services of the rack ask of Nexus and report to it.",
  versions,
  onMissing: "refuse",
  bodyLimit: 1024 * 1024,
  operations: {
    ping: declare({
      operationId: "ping",
      method: "GET",
      path: "/v1/ping",
      summary: "Ping API",
      description: "Answers ok whenever it answers at all.",
      revisions: [{ since: V.INITIAL, response: Ping }],
    }),
    sled_agent_get: declare({
      operationId: "sled_agent_get",
      method: "GET",
      path: "/sled-agents/{sled_id}",
      summary: "Show what a sled-agent reported",
      description: "404 when no sled-agent of this sled has registered.",
      params: sledId,
      revisions: [{ since: V.INITIAL, response: SledAgentInfo }],
    }),
    sled_agent_put: declare({
      operationId: "sled_agent_put",
      method: "POST",
      path: "/sled-agents/{sled_id}",
      summary: "Register a sled-agent, or report what changed of its sled",
      description:
        "Recorded only when the generation is greater than the recorded one and the sled is not decommissioned, else 409. Repeating a lost request is safe.",
      params: sledId,
      idempotent: true,
      revisions: [{ since: V.INITIAL, body: SledAgentInfo }],
    }),
    switch_put: declare({
      operationId: "switch_put",
      method: "PUT",
      path: "/switch/{switch_id}",
      summary: "Register a switch",
      params: { switch_id: param.uuid() },
      revisions: [{ since: V.INITIAL, body: SwitchPutRequest, response: SwitchPutResponse }],
    }),
    cpapi_instances_put: declare({
      operationId: "cpapi_instances_put",
      method: "PUT",
      path: "/vmms/{propolis_id}",
      summary: "Report the state of a VMM",
      description: "A state whose generation is not greater than the recorded one changes nothing.",
      params: { propolis_id: param.uuid() },
      revisions: [{ since: V.INITIAL, body: SledVmmReport }],
    }),
    ipv4_nat_changeset: declare({
      operationId: "ipv4_nat_changeset",
      method: "GET",
      path: "/nat/ipv4/changeset/{from_gen}",
      summary: "Fetch NAT ChangeSet",
      description:
        "Changes after generation `from_gen`, oldest first, at most `limit`, of both address families in spite of the name. Empty when there are none.",
      params: {
        from_gen: { ...param.i64(), description: "the last change that the caller has seen" },
      },
      query: { limit: query.required(param.u32()) },
      revisions: [{ since: V.INITIAL, response: s.array(NatEntryView) }],
    }),
  },
});
