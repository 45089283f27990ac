/** Counters of the P4 program that belong to no table, and of bringing links up. */
import { declare } from "@racklet/api-kit";
import { TableCounters } from "../latest.ts";
import { CounterNames, LinkFsmCounters, LinkUpCounter, LinkUpCounters } from "../latest-network.ts";
import { counter, link } from "../params-network.ts";
import { forceSync } from "../params.ts";
import { V } from "../versions.ts";

export const counterOperations = {
  counter_list: declare({
    operationId: "counter_list",
    method: "GET",
    path: "/counters/p4",
    summary: "List the names of the counters",
    revisions: [{ since: V.INITIAL, response: CounterNames }],
  }),
  counter_get: declare({
    operationId: "counter_get",
    method: "GET",
    path: "/counters/p4/{counter}",
    params: counter,
    query: forceSync,
    summary: "Get the values of a counter",
    description: "The name may be in any case and without underscores.",
    revisions: [{ since: V.INITIAL, response: TableCounters }],
  }),
  counter_reset: declare({
    operationId: "counter_reset",
    method: "POST",
    path: "/counters/p4/{counter}/reset",
    params: counter,
    idempotent: true,
    summary: "Set a counter to zero",
    revisions: [{ since: V.INITIAL }],
  }),
  link_up_counters_list: declare({
    operationId: "link_up_counters_list",
    method: "GET",
    path: "/counters/linkup",
    summary: "List how often each link came up",
    revisions: [{ since: V.INITIAL, response: LinkUpCounters }],
  }),
  link_up_counters_get: declare({
    operationId: "link_up_counters_get",
    method: "GET",
    path: "/counters/linkup/{port_id}/{link_id}",
    params: link,
    summary: "Get how often a link came up",
    revisions: [{ since: V.INITIAL, response: LinkUpCounter }],
  }),
  link_fsm_counters_get: declare({
    operationId: "link_fsm_counters_get",
    method: "GET",
    path: "/counters/fsm/{port_id}/{link_id}",
    params: link,
    summary: "Get the states that a link has entered",
    revisions: [{ since: V.INITIAL, response: LinkFsmCounters }],
  }),
};
