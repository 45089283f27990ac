/** Every background task of Nexus. */
import type { Task } from "@racklet/reconcile";
import type { NexusContext } from "../context.ts";
import { abandonedVmmReaperTask } from "./abandoned-vmm-reaper.ts";
import { instanceUpdaterTask } from "./instance-updater.ts";
import { instanceWatcherTask } from "./instance-watcher.ts";
import { multicastTasks } from "./multicast.ts";
import { natTasks } from "./nat.ts";
import { sagaRecoveryTask } from "./saga-recovery.ts";
import { v2pManagerTask } from "./v2p-manager.ts";
import { vpcFirewallRulesTask } from "./vpc-firewall-rules.ts";

export function allTasks(nexus: NexusContext): readonly Task<unknown>[] {
  return [
    abandonedVmmReaperTask(nexus),
    instanceUpdaterTask(nexus),
    instanceWatcherTask(nexus),
    sagaRecoveryTask(nexus),
    v2pManagerTask(nexus),
    vpcFirewallRulesTask(nexus),
    ...multicastTasks(nexus),
    ...natTasks(nexus),
  ];
}
