/** The tasks that hold switches and sleds to what multicast groups and their members ask for. */
import type { Task } from "@racklet/reconcile";
import type { NexusContext } from "../context.ts";

export const multicastTaskNames: readonly string[] = [];

export function multicastTasks(_nexus: NexusContext): readonly Task<unknown>[] {
  return [];
}
