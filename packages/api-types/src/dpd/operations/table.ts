/** The P4 tables as they are. */
import { declare } from "@racklet/api-kit";
import { Table, TableCounters, TableNames } from "../latest.ts";
import { forceSync, fromHardware, tableName } from "../params.ts";
import { V } from "../versions.ts";

export const tableOperations = {
  table_list: declare({
    operationId: "table_list",
    method: "GET",
    path: "/table",
    summary: "List the names of the P4 tables",
    revisions: [{ since: V.INITIAL, response: TableNames }],
  }),
  table_dump: declare({
    operationId: "table_dump",
    method: "GET",
    path: "/table/{table}/dump",
    params: tableName,
    summary: "Get the contents of a P4 table",
    description: "The name may be in any case.",
    revisions: [
      { since: V.SNAPSHOT, query: fromHardware, response: Table },
      { since: V.INITIAL, response: Table, upQuery: () => ({ from_hardware: false }) },
    ],
  }),
  table_counters: declare({
    operationId: "table_counters",
    method: "GET",
    path: "/table/{table}/counters",
    params: tableName,
    query: forceSync,
    summary: "Get the counters of a P4 table",
    description: "One for each entry; none for a table that does not count. The name may be in any case.",
    revisions: [{ since: V.INITIAL, response: TableCounters }],
  }),
};
