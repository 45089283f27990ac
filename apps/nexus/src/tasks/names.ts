/** Names of the tasks that look after instances: what activates them. */
export const INSTANCE_WATCHER = "instance_watcher";
export const INSTANCE_UPDATER = "instance_updater";
export const ABANDONED_VMM_REAPER = "abandoned_vmm_reaper";
export const V2P_MANAGER = "v2p_manager";
export const VPC_FIREWALL_RULES = "vpc_firewall_rules";
