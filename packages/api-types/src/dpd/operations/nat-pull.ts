/**
 * The workflow that fetches NAT entries from Nexus. There has only ever been one generation for both families: version 2
 * took the family out of the paths.
 */
import { declare } from "@racklet/api-kit";
import { NatGeneration, Null } from "../latest.ts";
import { V } from "../versions.ts";

const generation = {
  summary: "Get the generation of NAT entries fetched from Nexus",
  description: "The last one processed; 0 after a start, after a reset, and where dpd does not fetch.",
};
const trigger = {
  summary: "Fetch NAT entries from Nexus now",
  description: "Does not wait for it.",
  idempotent: true,
};

export const natPullOperations = {
  nat_generation: declare({
    operationId: "nat_generation",
    method: "GET",
    path: "/rpw/nat/gen",
    ...generation,
    revisions: [{ since: V.DUAL_STACK_NAT_WORKFLOW, response: NatGeneration }],
  }),
  ipv4_nat_generation: declare({
    operationId: "ipv4_nat_generation",
    method: "GET",
    path: "/rpw/nat/ipv4/gen",
    ...generation,
    revisions: [
      { since: V.DUAL_STACK_NAT_WORKFLOW, removed: true },
      { since: V.INITIAL, response: NatGeneration },
    ],
  }),
  nat_trigger_update: declare({
    operationId: "nat_trigger_update",
    method: "POST",
    path: "/rpw/nat/trigger",
    ...trigger,
    revisions: [{ since: V.DUAL_STACK_NAT_WORKFLOW, response: Null }],
  }),
  ipv4_nat_trigger_update: declare({
    operationId: "ipv4_nat_trigger_update",
    method: "POST",
    path: "/rpw/nat/ipv4/trigger",
    ...trigger,
    revisions: [
      { since: V.DUAL_STACK_NAT_WORKFLOW, removed: true },
      { since: V.INITIAL, response: Null },
    ],
  }),
};
