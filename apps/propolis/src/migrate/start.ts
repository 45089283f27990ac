/** Where the link of a migration out of a VM meets the VM's queue. */
import type { Channel } from "@racklet/world";
import type { Vm } from "../vm/vm.ts";
import { Link } from "./link.ts";
import { sendVm, type SourceOptions } from "./source.ts";

/** Gives the VM away when its turn comes. A refusal is told to the target over the link. Never throws. */
export function startMigrationOut(vm: Vm, channel: Channel, options: Omit<SourceOptions, "link">): void {
  const link = new Link(channel, options.timers);
  try {
    vm.putMigrationOut(
      () => sendVm(vm, { ...options, link }),
      (reason) => link.fail(reason),
    );
  } catch (error) {
    link.fail(error);
  }
}
