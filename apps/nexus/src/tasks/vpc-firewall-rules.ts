/** Brings firewall rules that changed to the sleds whose ports they concern. */
import { defineTask, type Task } from "@racklet/reconcile";
import { mapBounded } from "../bounded.ts";
import type { NexusContext } from "../context.ts";
import { sledAgentOf } from "../peers/sled-agent.ts";
import { desiredSledRules, type SledRules } from "../vpc/sled-rules.ts";
import { VPC_FIREWALL_RULES } from "./names.ts";
import { throwIfAnyFailed } from "./sled-failures.ts";

const PERIOD_MS = 30_000;
const AT_ONCE = 16;
const DEADLINE_MS = 5_000;

export interface VpcFirewallRulesDetails {
  /** Pairs of a sled and a VPC that has a VMM there. */
  readonly checked: number;
  /** How many of them were told their rules. */
  readonly told: number;
}

/** A sled-agent cannot be asked for its rules: what it was last told is remembered, and told again when that is unknown. */
export function vpcFirewallRulesTask(nexus: NexusContext): Task<VpcFirewallRulesDetails> {
  return defineTask({
    name: VPC_FIREWALL_RULES,
    description: "keeps the firewall rules of every sled's ports equal to those of their VPCs",
    periodMs: PERIOD_MS,
    run: async ({ signal }) => {
      const wanted = await desiredSledRules(nexus.store.db);
      nexus.applied.keepRulesOf(new Set(wanted.flatMap(({ vmms }) => vmms.map(({ vmmId }) => vmmId))));
      const results = await mapBounded(wanted, AT_ONCE, async (rules) => {
        try {
          return { isTold: await bring(nexus, rules, signal) };
        } catch (error) {
          return { sled: rules.sled, error };
        }
      });
      return { checked: wanted.length, told: throwIfAnyFailed(results).filter(({ isTold }) => isTold).length };
    },
  });
}

/** Whether there was anything to tell. */
async function bring(nexus: NexusContext, wanted: SledRules, signal: AbortSignal): Promise<boolean> {
  const { sled, vpcId, vni, rules, vmms } = wanted;
  if (vmms.every(({ vmmId, digest }) => nexus.applied.rulesOf(sled.id, vmmId) === digest)) return false;
  const request = { path: { vpc_id: vpcId }, body: { vni, rules } };
  await sledAgentOf(nexus, sled).vpc_firewall_rules_put(request, { signal, deadlineMs: DEADLINE_MS });
  const told = new Map(vmms.map(({ vmmId, digest, hasPorts }) => [vmmId, hasPorts ? digest : undefined]));
  nexus.applied.rulesReplaced(sled.id, vni, told);
  return true;
}
