/** A new row's parent may have been deleted since it was looked up: asked again inside the transaction that inserts the row. */
import type { Transaction } from "kysely";
import { notFoundById } from "../errors.ts";
import type { NexusTables } from "./schema.ts";

const TYPES = {
  silo: "silo",
  project: "project",
  vpc: "vpc",
  vpc_subnet: "vpc-subnet",
  vpc_router: "vpc-router",
} as const;

/** Throws object-not-found. Transactions are serializable: a parent that is live here cannot be deleted without this row being seen. */
export async function requireLive(tx: Transaction<NexusTables>, table: keyof typeof TYPES, id: string): Promise<void> {
  const row = await tx
    .selectFrom(table)
    .select("id")
    .where("id", "=", id)
    .where("time_deleted", "is", null)
    .executeTakeFirst();
  if (row === undefined) throw notFoundById(TYPES[table], id);
}
