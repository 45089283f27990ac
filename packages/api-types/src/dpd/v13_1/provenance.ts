/** Who wrote the entries of a table. Upstream has no such view. */
import { s, type Infer } from "@racklet/api-kit";

export const EntryOrigin = s.named(
  "EntryOrigin",
  s.object({
    request_id: s.nullish(s.described("`x-request-id` of the answer; absent for what dpd did by itself.", s.string())),
    operation: s.described("The operation that wrote it.", s.string()),
    time: s.dateTime(),
    group: s.nullish(s.described("The NAT group it was written for.", s.string())),
    generation: s.nullish(s.described("The generation of the group that the request stated.", s.i64())),
    tag: s.nullish(s.described("The tag that the request gave.", s.string())),
  }),
  "The request that wrote an entry.",
);
export type EntryOrigin = Infer<typeof EntryOrigin>;

export const TracedEntry = s.named(
  "TracedEntry",
  s.object({
    keys: s.described("Key fields by name, as text.", s.map(s.string())),
    action: s.string(),
    action_args: s.map(s.string()),
    origin: s.nullish(EntryOrigin),
  }),
  "An entry of a P4 table and who wrote it.",
);

export const TableProvenance = s.named(
  "TableProvenance",
  s.object({ name: s.string(), entries: s.array(TracedEntry) }),
  "The entries of a P4 table and who wrote them.",
);
export type TableProvenance = Infer<typeof TableProvenance>;
