/** Multicast as operators see it, and the wait for what was decided. */
import type { Handlers } from "@racklet/api-kit";
import type { nexusLockstepApi } from "@racklet/api-types/nexus-lockstep/api";
import type { MulticastTargetStatus } from "@racklet/api-types/nexus-lockstep/multicast";
import type { NexusContext } from "../../context.ts";
import { inspect, type SeenTarget } from "../../multicast/reconcile/inspect.ts";
import type { MulticastRows } from "../../multicast/reconcile/rows.ts";
import { groupRule, memberRule } from "../../multicast/reconcile/states.ts";
import { DEFAULT_TIMEOUT_MS, waitApplied } from "../../multicast/reconcile/wait.ts";
import { why } from "../../multicast/reconcile/why.ts";

type Operations = Pick<
  (typeof nexusLockstepApi)["operations"],
  `multicast_${"group" | "member" | "target"}_status_list` | "multicast_why" | "multicast_wait"
>;

const MAX_DIFFERENCES = 100;

export const multicastLockstepHandlers: Handlers<NexusContext, Operations> = {
  multicast_group_status_list: async (nexus) => {
    const { snapshot, facts } = await inspect(nexus);
    const { rows, intent } = snapshot;
    const live = Map.groupBy(
      rows.members.filter(({ deleted }) => !deleted),
      ({ groupId }) => groupId,
    );
    return rows.groups.map((group) => {
      const members = live.get(group.id) ?? [];
      const { when, does } = groupRule(facts.group(group));
      const sources = intent.switches.groups.get(group.ip)?.sources ?? null;
      return {
        id: group.id,
        name: group.name,
        multicast_ip: group.ip,
        underlay_ip: group.underlayIp,
        state: group.state,
        explicit: group.explicit,
        sources: sources === null ? null : [...sources],
        members: members.length,
        joined: members.filter(({ state }) => state === "joined").length,
        condition: when,
        action: does,
      };
    });
  },

  multicast_member_status_list: async (nexus) => {
    const { snapshot, facts } = await inspect(nexus);
    const names = await nexus.store.db
      .selectFrom("instance")
      .select(["id", "name"])
      .where("time_deleted", "is", null)
      .execute();
    const nameOf = new Map(names.map(({ id, name }) => [id, name]));
    return snapshot.rows.members.map((member) => {
      const { when, does } = memberRule(facts.member(member));
      return {
        id: member.id,
        multicast_ip: member.groupIp,
        instance_id: member.instanceId,
        instance_name: nameOf.get(member.instanceId) ?? null,
        state: member.state,
        ended: member.deleted,
        sled_id: member.sledId,
        source_ips: [...member.sources],
        condition: when,
        action: does,
      };
    });
  },

  multicast_target_status_list: async (nexus) => {
    const { snapshot, targets } = await inspect(nexus);
    return [...targets.values()].map((seen) => targetToWire(snapshot.rows, seen));
  },

  multicast_why: async (nexus, { params }) => {
    const { groupIp, instanceId, steps } = await why(nexus, params.group, params.instance);
    return {
      multicast_ip: groupIp,
      instance_id: instanceId,
      complete: steps.at(-1)?.step === "subscription" && steps.every(({ ok }) => ok === true),
      steps: steps.map((step) => ({ ...step })),
    };
  },

  multicast_wait: async (nexus, { query }) => {
    const { generation, applied, exempt } = await waitApplied(
      nexus,
      query.generation,
      query.timeout_ms ?? DEFAULT_TIMEOUT_MS,
    );
    return { generation, applied: [...applied], exempt: [...exempt] };
  },
};

const OUTCOMES = {
  applied: "in_sync",
  failed: "differs",
  unreachable: "unreachable",
  unsupported: "unsupported",
} as const;

function targetToWire(
  { generation, targets }: MulticastRows,
  { report, differences }: SeenTarget,
): MulticastTargetStatus {
  const row = targets.find(({ target }) => target === report.target);
  return {
    target: report.target,
    outcome: OUTCOMES[report.outcome],
    checked: report.checked,
    differences: differences.slice(0, MAX_DIFFERENCES),
    generation,
    acknowledged_generation: row?.acknowledged ?? 0,
    time_acknowledged: row?.timeAcknowledged ?? null,
    last_error: row?.lastError ?? null,
    failing_since: row === undefined || row.lastError === null ? null : row.timeAttempted,
  };
}
