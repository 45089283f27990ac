/** The workflow that fetches NAT entries from Nexus. Where it is off its generation stays 0 and a trigger does nothing. */
import type { natPullOperations } from "@racklet/api-types/dpd/operations/nat-pull";
import type { DpdContext } from "../context.ts";
import type { DpdHandlers } from "./handlers.ts";

const generation = ({ nat }: DpdContext): number => nat.feed.position().generation;

function trigger({ puller }: DpdContext): null {
  puller?.trigger();
  return null;
}

export const natPullHandlers: DpdHandlers<typeof natPullOperations> = {
  nat_generation: generation,
  ipv4_nat_generation: generation,
  nat_trigger_update: trigger,
  ipv4_nat_trigger_update: trigger,
};
