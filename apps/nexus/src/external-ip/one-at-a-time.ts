/**
 * Allocations of one process queue up instead of racing: all of them want the lowest free address, so on PostgreSQL all but
 * one would lose and be run again. Other processes are still kept apart by the database.
 */
import type { Transaction } from "kysely";
import { Mutex } from "@racklet/world";
import type { NexusContext } from "../context.ts";
import type { NexusTables } from "../db/schema.ts";

const queues = new WeakMap<NexusContext["store"], Mutex>();

export function allocation<T>({ store }: NexusContext, work: (tx: Transaction<NexusTables>) => Promise<T>): Promise<T> {
  let queue = queues.get(store);
  if (queue === undefined) queues.set(store, (queue = new Mutex()));
  return queue.run(() => store.transaction(work));
}
