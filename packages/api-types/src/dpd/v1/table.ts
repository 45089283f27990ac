/** What a P4 table holds, as text: the same shape for every table. */
import { s, type Infer } from "@racklet/api-kit";

const keys = s.described("Key fields by name, as text.", s.map(s.string()));

export const TableEntry = s.named(
  "TableEntry",
  s.object({
    keys,
    action: s.described("What is done with a packet that matches.", s.string()),
    action_args: s.described("Arguments of the action by name, as text.", s.map(s.string())),
  }),
  "One entry of a P4 table.",
);

export const Table = s.named(
  "Table",
  s.object({
    name: s.string(),
    size: s.described("How many entries the table can hold.", s.uint()),
    entries: s.array(TableEntry),
  }),
  "A P4 table and its entries.",
);
export type Table = Infer<typeof Table>;

export const CounterData = s.named(
  "CounterData",
  s.object({ pkts: s.nullish(s.u64()), bytes: s.nullish(s.u64()) }),
  "Packets and bytes, as far as the table counts them.",
);

export const TableCounterEntry = s.named(
  "TableCounterEntry",
  s.object({ keys, data: CounterData }),
  "The counter of one entry of a P4 table.",
);
export type TableCounterEntry = Infer<typeof TableCounterEntry>;

export const TableNames = s.array(s.string());
export const TableCounters = s.array(TableCounterEntry);
export const CounterNames = s.array(s.string());
