/** The sequence `nat_version`: every entry added and every entry removed takes one number, in the transaction that does it. */
import type { Transaction } from "kysely";
import type { NexusTables } from "../db/schema.ts";

type Tx = Transaction<NexusTables>;

/** Takes `count` numbers and answers the first. Transactions that do so run one after another. */
export async function takeNatVersions(tx: Tx, count: number): Promise<number> {
  const { value } = await tx
    .updateTable("counter")
    .set((eb) => ({ value: eb("value", "+", count) }))
    .where("name", "=", "nat_version")
    .returning("value")
    .executeTakeFirstOrThrow();
  return value - count + 1;
}

export async function currentNatVersion(tx: Tx): Promise<number> {
  const { value } = await tx
    .selectFrom("counter")
    .select("value")
    .where("name", "=", "nat_version")
    .executeTakeFirstOrThrow();
  return value;
}

/** The greatest number whose removal was purged: changes since an older one can no longer be told. */
export async function purgedNatVersion(tx: Tx): Promise<number> {
  const row = await tx.selectFrom("counter").select("value").where("name", "=", "nat_purged").executeTakeFirst();
  return row?.value ?? 0;
}
