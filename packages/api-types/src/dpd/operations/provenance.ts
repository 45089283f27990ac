/** Who wrote what is in the tables. */
import { declare } from "@racklet/api-kit";
import { tableName } from "../params.ts";
import { TableProvenance } from "../v13_1/provenance.ts";
import { V } from "../versions.ts";

export const provenanceOperations = {
  table_provenance: declare({
    operationId: "table_provenance",
    method: "GET",
    path: "/table/{table}/provenance",
    params: tableName,
    summary: "Get who wrote each entry of a P4 table",
    description:
      "For each entry the request that wrote it first, with the NAT group and generation or the tag that it gave. An extension of racklet.",
    revisions: [{ since: V.NAT_GROUPS, response: TableProvenance }],
  }),
};
