/** Names of the tasks that look after instances: what activates them. */
export const INSTANCE_WATCHER = "instance_watcher";
export const INSTANCE_UPDATER = "instance_updater";
export const ABANDONED_VMM_REAPER = "abandoned_vmm_reaper";
