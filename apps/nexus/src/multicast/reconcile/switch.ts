/** Reads what a switch holds of multicast, and does the steps of a plan there. */
import type { Schemas } from "@racklet/dpd-client/v8";
import { ApiError } from "@racklet/dpd-client";
import { mapBounded } from "../../bounded.ts";
import { underlayMac } from "../underlay.ts";
import type { GroupPlan, HeldGroup, HeldMember, PortOf, SwitchStep } from "./diff-switch.ts";
import type { Intent, SwitchGroup } from "./intent.ts";
import type { MulticastSwitch } from "./peers.ts";

/** dpd's longest page. */
const PAGE = 10_000;
/** What dpd says when it refuses everything. Another 503, as when group ids run out, is about one group. */
const NO_ASIC = "AsicUnavailable";
/** Plans carried out at once on one switch. */
const AT_ONCE = 8;

/** All groups, in pages. Throws what the client throws. */
export async function readSwitch({ dpd }: MulticastSwitch, signal: AbortSignal): Promise<HeldGroup[]> {
  const held: HeldGroup[] = [];
  for await (const group of dpd.pages.multicast_groups_list({ query: { limit: PAGE } }, { signal }))
    held.push(heldOf(group));
  return held;
}

/** Undefined when the switch has no such group. */
export async function findHeld(
  { dpd }: MulticastSwitch,
  ip: string,
  signal: AbortSignal,
): Promise<HeldGroup | undefined> {
  try {
    return heldOf(await dpd.multicast_group_get({ path: { group_ip: ip } }, { signal }));
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** The port of a sled on the switch with these rear ports: that of its cubby. */
export function portsOf({ cubbies }: Pick<Intent, "cubbies">, rearPorts: ReadonlySet<string>): PortOf {
  return (sledId) => {
    const port = `rear${cubbies.get(sledId)}`;
    return rearPorts.has(port) ? port : undefined;
  };
}

export interface StepFailure {
  readonly tag: string;
  readonly message: string;
}

/** Carries out all plans; one that fails ends there, the others go on. Answers the failures. Throws when the switch is gone. */
export async function applySwitch(
  peer: MulticastSwitch,
  plans: readonly GroupPlan[],
  signal: AbortSignal,
): Promise<StepFailure[]> {
  await ensureLinks(peer, plans, signal);
  const failures = await mapBounded(plans, AT_ONCE, async ({ subject, tag, steps }): Promise<StepFailure[]> => {
    try {
      for (const step of steps) await doStep(peer, step, signal);
      return [];
    } catch (error) {
      if (!(error instanceof ApiError) || error.code === NO_ASIC) throw error;
      return [{ tag, message: `${subject}: ${error.status} ${error.message}` }];
    }
  });
  return failures.flat();
}

/** Each can be repeated: what is there already, or gone already, is fine. */
export async function doStep({ dpd }: MulticastSwitch, step: SwitchStep, signal: AbortSignal): Promise<void> {
  switch (step.do) {
    case "reset-tag":
      return dpd.multicast_reset_by_tag({ path: { tag: step.tag } }, { signal });
    case "delete":
      return ignoring(
        404,
        dpd.multicast_group_delete({ path: { group_ip: step.ip }, query: { tag: step.tag } }, { signal }),
      );
    case "create-underlay":
      await dpd.multicast_group_create_underlay(
        { body: { group_ip: step.ip, tag: step.tag, members: wireMembers(step.members) } },
        { signal },
      );
      return;
    case "set-members":
      await dpd.multicast_group_update_underlay(
        { path: { group_ip: step.ip }, query: { tag: step.tag }, body: { members: wireMembers(step.members) } },
        { signal },
      );
      return;
    case "create-external": {
      const { ip, tag } = step.group;
      await dpd.multicast_group_create_external(
        { body: { group_ip: ip, tag, ...wireExternal(step.group) } },
        { signal },
      );
      return;
    }
    case "update-external": {
      const { ip, tag } = step.group;
      const call = { path: { group_ip: ip }, query: { tag }, body: wireExternal(step.group) };
      await dpd.multicast_group_update_external(call, { signal });
      return;
    }
  }
}

async function ignoring(status: number, call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== status) throw error;
  }
}

const MEMBER_STEPS: readonly SwitchStep["do"][] = ["create-underlay", "set-members"];

/** The rear links that members need. A dpd that was told of no links by anybody has none. */
export async function ensureLinks(
  peer: MulticastSwitch,
  plans: readonly GroupPlan[],
  signal: AbortSignal,
): Promise<void> {
  const ports = new Set<string>();
  for (const { steps } of plans) {
    for (const step of steps) {
      if (!MEMBER_STEPS.includes(step.do) || !("members" in step)) continue;
      for (const { port_id } of step.members) if (port_id.startsWith("rear")) ports.add(port_id);
    }
  }
  if (ports.size === 0) return;
  const links = await peer.dpd.link_list_all({ query: { filter: "rear" } }, { signal });
  for (const { port_id } of links) ports.delete(port_id);
  for (const port_id of ports) {
    try {
      const body = { speed: "Speed100G", fec: "None", autoneg: false, kr: true, lane: 0 } as const;
      await peer.dpd.link_create({ path: { port_id }, body }, { signal });
      await peer.dpd.link_enabled_set({ path: { port_id, link_id: 0 }, body: true }, { signal });
    } catch (error) {
      // The step that needs the link says that it is not there.
      if (!(error instanceof ApiError) || error.code === NO_ASIC) throw error;
    }
  }
}

const wireMembers = (members: readonly HeldMember[]): HeldMember[] => [...members];

function wireExternal({ underlayIp, vni, vlan, sources }: SwitchGroup) {
  return {
    internal_forwarding: {
      nat_target: { internal_ip: underlayIp, inner_mac: { a: [...underlayMac(underlayIp).a] }, vni },
    },
    external_forwarding: { vlan_id: vlan },
    sources: sources === null ? null : sources.map((address) => ({ Exact: address })),
  };
}

function heldOf(group: Schemas["MulticastGroupResponse"]): HeldGroup {
  const { group_ip: ip, tag } = group;
  if (group.kind === "underlay") return { kind: "underlay", ip, tag, members: group.members };
  const target = group.internal_forwarding.nat_target;
  const sources = group.sources ?? null;
  return {
    kind: "external",
    ip,
    tag,
    target: target == null ? null : { internalIp: target.internal_ip, mac: target.inner_mac.a, vni: target.vni },
    vlan: group.external_forwarding.vlan_id ?? null,
    sources:
      sources === null || sources.includes("Any")
        ? null
        : sources.flatMap((source) => (source === "Any" ? [] : source.Exact)),
  };
}
