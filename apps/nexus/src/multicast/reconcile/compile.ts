/** From rows to what every switch and every sled must hold. Pure: the same rows give the same intent, in every process. */
import { compareIp, isSsm } from "@racklet/net";
import type { VmmState } from "../../db/schema.ts";
import type { SwitchSlot } from "../../peers/switches.ts";
import {
  subscriptionKey,
  type Intent,
  type Leaving,
  type SledIntent,
  type Subscription,
  type SwitchGroup,
} from "./intent.ts";
import { chooseZone, switchZones, usableZones } from "./next-hop.ts";
import type { GroupRow, MemberRow, MulticastRows, SledRow, VmmRow } from "./rows.ts";

export interface CompileOptions {
  /** Which switch the dpd at a URL serves, as far as that is known. */
  readonly slotOfUrl: (url: string) => SwitchSlot | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export function compile(rows: MulticastRows, { slotOfUrl, now }: CompileOptions): Intent {
  const sleds = rows.sleds.filter(({ inService }) => inService);
  const inService = new Set(sleds.map(({ id }) => id));
  const live = Map.groupBy(
    rows.members.filter(({ deleted }) => !deleted),
    ({ groupId }) => groupId,
  );
  const zones = switchZones(rows.sleds, slotOfUrl);
  const usable = usableZones(zones, rows.targets, now);
  const groups = new Map<string, SwitchGroup>();
  const m2p = new Map<string, string>();
  const forwarding = new Map<string, string>();
  const problems: string[] = [];
  const subscriptions = new Map<string, Map<string, Subscription>>();
  for (const group of rows.groups) {
    if (group.state !== "active" || group.underlayIp === null) continue;
    const members = live.get(group.id) ?? [];
    const sources = sourcesOf(group, members);
    if (sources === undefined) continue;
    const placed = members.flatMap((member) => placesOf(member).map((vmm) => ({ member, vmm })));
    const there = placed.filter(({ vmm }) => inService.has(vmm.sledId));
    groups.set(
      group.ip,
      switchGroup(
        group,
        group.underlayIp,
        sources,
        there.map(({ vmm }) => vmm.sledId),
      ),
    );
    if (there.length === 0) continue;
    m2p.set(group.ip, group.underlayIp);
    const zone = chooseZone(group.id, usable);
    if (zone === undefined) problems.push(`no switch zone is known that ${group.ip} could be sent to`);
    else forwarding.set(group.underlayIp, zone.address);
    for (const { member, vmm } of there) subscribe(subscriptions, member, vmm);
  }
  const leaving = leavingBySled(rows.members);
  const none: ReadonlyMap<string, Subscription> = new Map();
  const sledIntent = ({ id }: SledRow): SledIntent => ({
    m2p,
    forwarding,
    subscriptions: subscriptions.get(id) ?? none,
    leaving: leaving.get(id) ?? [],
    problems,
  });
  const pending = rows.groups.filter((group) => isAwaited(group, live.get(group.id) ?? []));
  return {
    generation: rows.generation,
    settledGeneration: Math.min(rows.generation, ...pending.map(({ versionAdded }) => versionAdded - 1)),
    switches: {
      groups,
      spared: new Set(rows.groups.filter(({ state }) => state === "creating").map(({ tag }) => tag)),
    },
    sleds: new Map(sleds.map((sled) => [sled.id, sledIntent(sled)])),
    cubbies: new Map(sleds.flatMap(({ id, cubby }) => (cubby === null ? [] : [[id, cubby]]))),
    switchZones: zones,
  };
}

/** States in which a VMM receives, or is about to. */
const RECEIVING: readonly VmmState[] = ["creating", "starting", "running", "rebooting", "migrating"];

/** The VMMs that are to receive for a member: that of its instance, and while it migrates also the one it moves to. */
export function placesOf(member: MemberRow): VmmRow[] {
  if (member.deleted || member.state === "left" || !isValid(member)) return [];
  return [member.vmm, member.target].flatMap((vmm) => (vmm !== null && RECEIVING.includes(vmm.state) ? [vmm] : []));
}

/** The instance exists and is not on its way down: by the state that users see, not that of its row alone. */
export function isValid({ instanceState, vmm }: MemberRow): boolean {
  if (instanceState === "creating") return true;
  return instanceState === "vmm" && vmm !== null && RECEIVING.includes(vmm.state);
}

/** Where the instance receives now, as the member's row should say. */
export function sledOf(member: MemberRow): string | null {
  const { vmm } = member;
  return vmm !== null && isValid(member) && RECEIVING.includes(vmm.state) ? vmm.sledId : null;
}

/**
 * The sources a switch lets through, in order of address: null for any, undefined when there can be no filter, as for a
 * source-specific group that nobody has named a source for. `live`: members that are not deleted, dormant ones included.
 */
export function sourcesOf(group: GroupRow, live: readonly MemberRow[]): readonly string[] | null | undefined {
  const isSpecific = isSsm(group.ip);
  const anySource = live.some(({ sources }) => sources.length === 0);
  if (!isSpecific && anySource) return null;
  const union = [...new Set(live.flatMap(({ sources }) => sources))].sort(compareIp);
  const sources = union.length > 0 ? union : [...group.defaultSources].sort(compareIp);
  if (sources.length > 0) return sources;
  return isSpecific ? undefined : null;
}

/** Somebody waits for the group to come to exist. */
export function isAwaited(group: GroupRow, live: readonly MemberRow[]): boolean {
  if (group.state !== "creating" || sourcesOf(group, live) === undefined) return false;
  return group.explicit || live.length > 0;
}

export function switchGroup(
  { id, ip, tag, vni, mvlan }: GroupRow,
  underlayIp: string,
  sources: readonly string[] | null,
  sledIds: readonly string[],
): SwitchGroup {
  return { groupId: id, ip, underlayIp, tag, vni, vlan: mvlan, sources, sledIds: [...new Set(sledIds)].sort() };
}

function subscribe(all: Map<string, Map<string, Subscription>>, member: MemberRow, { id, sledId }: VmmRow): void {
  let onSled = all.get(sledId);
  if (onSled === undefined) all.set(sledId, (onSled = new Map()));
  onSled.set(subscriptionKey(id, member.groupIp), {
    propolisId: id,
    groupIp: member.groupIp,
    sources: [...member.sources].sort(compareIp),
    memberIds: [member.id],
    isIncoming: member.target?.id === id,
  });
}

function leavingBySled(members: readonly MemberRow[]): Map<string, Leaving[]> {
  const wanted = new Set(
    members.filter(({ deleted }) => !deleted).map(({ instanceId, groupIp }) => `${instanceId} ${groupIp}`),
  );
  const bySled = new Map<string, Leaving[]>();
  for (const { deleted, sledId, vmm, instanceId, groupIp } of members) {
    if (!deleted || sledId === null || vmm?.sledId !== sledId || wanted.has(`${instanceId} ${groupIp}`)) continue;
    const leaving = bySled.get(sledId) ?? [];
    leaving.push({ propolisId: vmm.id, groupIp });
    bySled.set(sledId, leaving);
  }
  return bySled;
}
