/** What operators see of multicast: rows, what each switch and sled holds, why a member does or does not receive, and a wait. */
import { declare, param, query, s, type Infer } from "@racklet/api-kit";

const state = {
  condition: s.described("Which row of the table of states applies now.", s.string()),
  action: s.described("What that row does.", s.string()),
};

export const MulticastGroupStatus = s.named(
  "MulticastGroupStatus",
  s.object({
    id: s.uuid(),
    name: s.string(),
    multicast_ip: s.ip(),
    underlay_ip: s.described("Null until the group is mapped.", s.nullable(s.ipv6())),
    state: s.enum(["creating", "active", "deleting"]),
    explicit: s.described("Created by its own call: stays when empty.", s.boolean()),
    sources: s.described("What switches let through; null: any source.", s.nullable(s.array(s.ip()))),
    members: s.u32(),
    joined: s.u32(),
    ...state,
  }),
);
export type MulticastGroupStatus = Infer<typeof MulticastGroupStatus>;

export const MulticastMemberStatus = s.named(
  "MulticastMemberStatus",
  s.object({
    id: s.uuid(),
    multicast_ip: s.ip(),
    instance_id: s.uuid(),
    instance_name: s.described("Null when the instance is gone.", s.nullable(s.string())),
    state: s.enum(["joining", "joined", "left"]),
    ended: s.described("Given up; the row stays until its sled has let go.", s.boolean()),
    sled_id: s.nullable(s.uuid()),
    source_ips: s.array(s.ip()),
    ...state,
  }),
);
export type MulticastMemberStatus = Infer<typeof MulticastMemberStatus>;

export const MulticastTargetStatus = s.named(
  "MulticastTargetStatus",
  s.object({
    target: s.described("`switch0`, `switch1` or `sled:{id}`.", s.string()),
    outcome: s.described(
      "Of reading it just now: `in_sync`; `differs` from what it must hold; not reached; or too old for multicast.",
      s.enum(["in_sync", "differs", "unreachable", "unsupported"]),
    ),
    checked: s.described("Entries that it must hold.", s.u32()),
    differences: s.described(
      "What has to be done there, and what stands in the way, in words; at most 100.",
      s.array(s.string()),
    ),
    generation: s.described("The newest there is.", s.u64()),
    acknowledged_generation: s.described("The newest that it was last known to hold completely.", s.u64()),
    time_acknowledged: s.nullable(s.dateTime()),
    last_error: s.described("Why the last attempt did not complete; null when it did.", s.nullable(s.string())),
    failing_since: s.nullable(s.dateTime()),
  }),
);
export type MulticastTargetStatus = Infer<typeof MulticastTargetStatus>;

export const MulticastWhyStep = s.named(
  "MulticastWhyStep",
  s.object({
    step: s.string(),
    ok: s.boolean(),
    detail: s.string(),
    since: s.described("When it came to be so, where that is known.", s.nullable(s.dateTime())),
  }),
);
export type MulticastWhyStep = Infer<typeof MulticastWhyStep>;

export const MulticastWhy = s.named(
  "MulticastWhy",
  s.object({
    multicast_ip: s.nullable(s.ip()),
    instance_id: s.nullable(s.uuid()),
    complete: s.described("Every step is as it must be.", s.boolean()),
    steps: s.array(MulticastWhyStep),
  }),
  "From intent to table: whether an instance receives a group, and where it ends if not.",
);
export type MulticastWhy = Infer<typeof MulticastWhy>;

export const MulticastApplied = s.named(
  "MulticastApplied",
  s.object({
    generation: s.u64(),
    applied: s.described("Targets that hold everything decided up to it.", s.array(s.string())),
    exempt: s.described(
      "Targets that could not be waited for, each with the reason: those that cannot be reached, or are too old.",
      s.array(s.object({ target: s.string(), reason: s.string() })),
    ),
  }),
);
export type MulticastApplied = Infer<typeof MulticastApplied>;

/** The API has one version: `since` is its. */
export const multicastOperations = (since: number) => ({
  multicast_group_status_list: declare({
    operationId: "multicast_group_status_list",
    method: "GET",
    path: "/multicast/groups",
    summary: "List multicast groups",
    description: "With those that are being deleted. Reads every switch and sled.",
    revisions: [{ since, response: s.array(MulticastGroupStatus) }],
  }),
  multicast_member_status_list: declare({
    operationId: "multicast_member_status_list",
    method: "GET",
    path: "/multicast/members",
    summary: "List members of multicast groups",
    description: "With those that have ended. Reads every switch and sled.",
    revisions: [{ since, response: s.array(MulticastMemberStatus) }],
  }),
  multicast_target_status_list: declare({
    operationId: "multicast_target_status_list",
    method: "GET",
    path: "/multicast/targets",
    summary: "Compare every switch and sled with what it must hold",
    description: "Reads them, and changes nothing.",
    revisions: [{ since, response: s.array(MulticastTargetStatus) }],
  }),
  multicast_why: declare({
    operationId: "multicast_why",
    method: "GET",
    path: "/multicast/why/{group}/{instance}",
    summary: "Tell why an instance does or does not receive a multicast group",
    description: "The group by id, address or name; the instance by id, or by a name that only one has.",
    params: { group: param.string(), instance: param.string() },
    revisions: [{ since, response: MulticastWhy }],
  }),
  multicast_wait: declare({
    operationId: "multicast_wait",
    method: "GET",
    path: "/multicast/wait",
    summary: "Wait until what was decided is applied",
    description:
      "Answers when every switch and sled that can be reached holds all that was decided up to `generation` (default: now). 504, naming those that lag and why, after `timeout_ms` (default 10 s, at most 60 s).",
    query: { generation: query.optional(param.u64()), timeout_ms: query.optional(param.u32()) },
    revisions: [{ since, response: MulticastApplied }],
  }),
});
