/** Every background task of Nexus. */
import type { Task } from "@racklet/reconcile";
import type { NexusContext } from "../context.ts";
import { natTasks } from "./nat.ts";

export function allTasks(nexus: NexusContext): readonly Task<unknown>[] {
  return [...natTasks(nexus)];
}
