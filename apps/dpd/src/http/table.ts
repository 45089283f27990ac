/** The P4 tables as they are. */
import type { tableOperations } from "@racklet/api-types/dpd/operations/table";
import { getTable, listTableNames } from "../table/catalogue.ts";
import { dumpTable, readCounters } from "../table/dump.ts";
import type { DpdHandlers } from "./handlers.ts";

export const tableHandlers: DpdHandlers<typeof tableOperations> = {
  table_list: () => listTableNames(),
  // A dump is always read from the ASIC: there is no driver's copy that could differ.
  table_dump: async ({ dump }, { params }) => {
    const { name, size, entries } = await dumpTable(dump, getTable(params.table));
    return {
      name,
      size,
      entries: entries.map(({ keys, action, actionArgs }) => ({ keys, action, action_args: actionArgs })),
    };
  },
  table_counters: async ({ dump }, { params }) => {
    const counters = await readCounters(dump, getTable(params.table));
    return counters.map(({ keys, packets, bytes }) => ({ keys, data: { pkts: packets, bytes } }));
  },
};
