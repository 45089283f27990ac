/**
 * The sequence `multicast_generation`: whatever changes what switches or sleds must hold for multicast takes a number, in the
 * transaction that does it. A switch or sled that acknowledges generation N holds everything that was decided up to N.
 */
import type { Transaction } from "kysely";
import type { NexusTables } from "../db/schema.ts";

type Tx = Transaction<NexusTables>;

const NAME = "multicast_generation";

/** Takes the next number. Transactions that do so run one after another. */
export async function takeMulticastGeneration(tx: Tx): Promise<number> {
  const { value } = await tx
    .updateTable("counter")
    .set((eb) => ({ value: eb("value", "+", 1) }))
    .where("name", "=", NAME)
    .returning("value")
    .executeTakeFirstOrThrow();
  return value;
}

export async function currentMulticastGeneration(tx: Pick<Tx, "selectFrom">): Promise<number> {
  const { value } = await tx.selectFrom("counter").select("value").where("name", "=", NAME).executeTakeFirstOrThrow();
  return value;
}
