/** What has to be done for a switch to hold what it must, from what it holds. Pure. */
import { isUnderlayMulticast } from "@racklet/net";
import { underlayMac } from "../underlay.ts";
import type { SwitchGroup, SwitchIntent } from "./intent.ts";

export interface HeldMember {
  readonly port_id: string;
  readonly link_id: number;
  readonly direction: "Underlay" | "External";
}

export interface HeldUnderlay {
  readonly kind: "underlay";
  readonly ip: string;
  readonly tag: string;
  readonly members: readonly HeldMember[];
}

export interface HeldExternal {
  readonly kind: "external";
  readonly ip: string;
  readonly tag: string;
  readonly target: { readonly internalIp: string; readonly mac: readonly number[]; readonly vni: number } | null;
  readonly vlan: number | null;
  /** In any order; null: any. */
  readonly sources: readonly string[] | null;
}

export type HeldGroup = HeldUnderlay | HeldExternal;

export type SwitchStep =
  | { readonly do: "reset-tag"; readonly tag: string }
  | { readonly do: "delete"; readonly ip: string; readonly tag: string }
  | {
      readonly do: "create-underlay";
      readonly ip: string;
      readonly tag: string;
      readonly members: readonly HeldMember[];
    }
  | { readonly do: "set-members"; readonly ip: string; readonly tag: string; readonly members: readonly HeldMember[] }
  | { readonly do: "create-external" | "update-external"; readonly group: SwitchGroup };

/** Done in order; plans do not depend on each other. */
export interface GroupPlan {
  /** External address; the tag for leftovers of a group that is no more. */
  readonly subject: string;
  readonly tag: string;
  readonly steps: readonly SwitchStep[];
  /** Sleds that no port is known for: the switch cannot hold all it must even then. */
  readonly unresolved: readonly string[];
}

export interface SwitchPlan {
  /** Only those with steps, or with sleds that are not resolved. */
  readonly groups: readonly GroupPlan[];
  readonly checked: number;
}

/** The rear port that leads to a sled; undefined when it is not known. */
export type PortOf = (sledId: string) => string | undefined;

const LINK = 0;

export function diffSwitch(intent: SwitchIntent, held: readonly HeldGroup[], portOf: PortOf): SwitchPlan {
  const byIp = new Map(held.map((group) => [group.ip, group]));
  const leftovers = leftoverTags(intent, held);
  const plans: GroupPlan[] = leftovers.map((tag) => ({
    subject: tag,
    tag,
    steps: [{ do: "reset-tag", tag }],
    unresolved: [],
  }));
  const gone = new Set(leftovers);
  const find = (ip: string): HeldGroup | undefined => {
    const group = byIp.get(ip);
    return group !== undefined && gone.has(group.tag) ? undefined : group;
  };
  const wanted: GroupPlan[] = [];
  for (const group of intent.groups.values()) {
    const plan = diffGroup(group, find(group.ip), find(group.underlayIp), portOf);
    if (plan.steps.length + plan.unresolved.length > 0) wanted.push(plan);
  }
  return { groups: [...plans, ...wanted], checked: intent.groups.size };
}

/** One group alone, `external` and `underlay` as the switch holds them. */
export function diffGroup(
  group: SwitchGroup,
  external: HeldGroup | undefined,
  underlay: HeldGroup | undefined,
  portOf: PortOf,
): GroupPlan {
  const { ip, underlayIp, tag } = group;
  const steps: SwitchStep[] = [];
  const unresolved: string[] = [];
  const ports: string[] = [];
  for (const sledId of group.sledIds) {
    const port = portOf(sledId);
    if (port === undefined) unresolved.push(sledId);
    else ports.push(port);
  }
  const current = underlay?.kind === "underlay" && underlay.tag === tag ? underlay : undefined;
  let held = external?.kind === "external" && external.tag === tag ? external : undefined;
  // The addresses are Nexus' own: what another owner has there gives way, the external group first.
  if (external !== undefined && held === undefined) steps.push({ do: "delete", ip, tag: external.tag });
  if (underlay !== undefined && current === undefined) {
    // It cannot go while the external group leads there.
    if (held !== undefined) steps.push({ do: "delete", ip, tag });
    held = undefined;
    steps.push({ do: "delete", ip: underlayIp, tag: underlay.tag });
  }
  const members = wantedMembers(current?.members ?? [], ports, unresolved.length > 0);
  if (current === undefined) steps.push({ do: "create-underlay", ip: underlayIp, tag, members });
  else if (!sameMembers(current.members, members)) steps.push({ do: "set-members", ip: underlayIp, tag, members });
  if (held === undefined) steps.push({ do: "create-external", group });
  else if (!leadsAsWanted(held, group)) steps.push({ do: "update-external", group });
  return { subject: ip, tag, steps, unresolved };
}

/**
 * Tags of groups that Nexus made and that are no more. It alone tags an underlay group with an external group's address, so
 * nothing that others made is taken for its own.
 */
function leftoverTags(intent: SwitchIntent, held: readonly HeldGroup[]): string[] {
  const wanted = new Set([...intent.groups.values()].map(({ tag }) => tag));
  const tags = new Set<string>();
  for (const { kind, tag } of held) {
    if (kind === "underlay" && isNexusTag(tag) && !wanted.has(tag) && !intent.spared.has(tag)) tags.add(tag);
  }
  return [...tags].sort();
}

function isNexusTag(tag: string): boolean {
  const ip = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}:([0-9a-f.:]+)$/.exec(tag)?.[1];
  return ip !== undefined && !(ip.includes(":") && isUnderlayMulticast(ip));
}

/** Of those there are only rear ports towards sleds may go, and none while it is not known where all sleds are. */
function wantedMembers(
  held: readonly HeldMember[],
  ports: readonly string[],
  isPartial: boolean,
): readonly HeldMember[] {
  const wanted = new Set(ports);
  const kept = held.filter(
    (member) => isPartial || !isSledPort(member) || (wanted.has(member.port_id) && member.link_id === LINK),
  );
  const there = new Set(
    kept.filter((member) => isSledPort(member) && member.link_id === LINK).map(({ port_id }) => port_id),
  );
  const added = [...wanted]
    .filter((port) => !there.has(port))
    .map((port): HeldMember => ({ port_id: port, link_id: LINK, direction: "Underlay" }));
  return [...kept, ...added];
}

const isSledPort = ({ port_id, direction }: HeldMember): boolean =>
  direction === "Underlay" && port_id.startsWith("rear");

function sameMembers(a: readonly HeldMember[], b: readonly HeldMember[]): boolean {
  const key = ({ port_id, link_id, direction }: HeldMember): string => `${port_id}/${link_id} ${direction}`;
  return sameSet(a.map(key), b.map(key));
}

function leadsAsWanted({ target, vlan, sources }: HeldExternal, group: SwitchGroup): boolean {
  return (
    target !== null &&
    target.internalIp === group.underlayIp &&
    target.vni === group.vni &&
    target.mac.join() === underlayMac(group.underlayIp).a.join() &&
    vlan === group.vlan &&
    (sources === null || group.sources === null ? sources === group.sources : sameSet(sources, group.sources))
  );
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  const there = new Set(a);
  return there.size === new Set(b).size && b.every((each) => there.has(each));
}
