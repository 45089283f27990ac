/** NAT groups: sets of NAT entries stated as a whole, guarded by a generation, applied as a whole or not at all. */
import { declare } from "@racklet/api-kit";
import {
  NatGroupChanges,
  NatGroupEnsure,
  NatGroupEnsureResult,
  NatGroupEntryPage,
  NatGroupState,
  NatGroupStatePage,
} from "../latest.ts";
import { BULK_BODY_LIMIT } from "../limits.ts";
import { dryRun, natGroup, upToGeneration } from "../params.ts";
import { V } from "../versions.ts";

const CONFLICTS =
  "An entry that another group owns, or an entry without a group that overlaps and is not identical, is a conflict (409 `NatEntryConflict`); an identical one without a group is adopted. Over capacity is 507. Whatever the error, nothing is changed.";

export const natGroupOperations = {
  nat_group_list: declare({
    operationId: "nat_group_list",
    method: "GET",
    path: "/nat/groups",
    paginated: true,
    summary: "List the NAT groups",
    description: "In the order of their names. An extension of racklet.",
    revisions: [{ since: V.NAT_GROUPS, response: NatGroupStatePage }],
  }),
  nat_group_get: declare({
    operationId: "nat_group_get",
    method: "GET",
    path: "/nat/groups/{group}",
    params: natGroup,
    summary: "Get the state of a NAT group",
    description: "An extension of racklet.",
    revisions: [{ since: V.NAT_GROUPS, response: NatGroupState }],
  }),
  nat_group_ensure: declare({
    operationId: "nat_group_ensure",
    method: "PUT",
    path: "/nat/groups/{group}",
    params: natGroup,
    query: dryRun,
    bodyLimit: BULK_BODY_LIMIT,
    summary: "Make a NAT group hold exactly these entries",
    description: `Applied if the generation is above the stored one. The same generation with the same entries restores what is missing and is otherwise no change; with other entries it is refused (409 \`NatGenerationMismatch\`), and so is a lower generation (409 \`NatGenerationStale\`). ${CONFLICTS} An extension of racklet.`,
    revisions: [{ since: V.NAT_GROUPS, body: NatGroupEnsure, response: NatGroupEnsureResult }],
  }),
  nat_group_changes: declare({
    operationId: "nat_group_changes",
    method: "POST",
    path: "/nat/groups/{group}/changes",
    params: natGroup,
    query: dryRun,
    bodyLimit: BULK_BODY_LIMIT,
    summary: "Change some entries of a NAT group",
    description: `Applied only if the stored generation is \`from_generation\`; otherwise it is refused (409 \`NatGenerationMismatch\`) and the whole set has to be sent. Costs what the changes cost, whatever the size of the group. ${CONFLICTS} An extension of racklet.`,
    revisions: [{ since: V.NAT_GROUPS, body: NatGroupChanges, response: NatGroupEnsureResult }],
  }),
  nat_group_entries_list: declare({
    operationId: "nat_group_entries_list",
    method: "GET",
    path: "/nat/groups/{group}/entries",
    params: natGroup,
    paginated: true,
    summary: "List the entries of a NAT group",
    description: "IPv4 first, then by address, then by port. An extension of racklet.",
    revisions: [{ since: V.NAT_GROUPS, response: NatGroupEntryPage }],
  }),
  nat_group_delete: declare({
    operationId: "nat_group_delete",
    method: "DELETE",
    path: "/nat/groups/{group}",
    params: natGroup,
    query: upToGeneration,
    summary: "Delete a NAT group and its entries",
    description:
      "Refused (409 `NatGenerationStale`) if the stored generation is above the given one. That there is no such group is no error. An extension of racklet.",
    revisions: [{ since: V.NAT_GROUPS }],
  }),
};
