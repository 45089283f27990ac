/** Follows one membership from the intent to the tables: which steps are as they must be, and where it ends if not. */
import { canonicalIp, canonicalUuid } from "@racklet/net";
import type { NexusContext } from "../../context.ts";
import { invalidRequest, notFound } from "../../errors.ts";
import { isValid, sledOf } from "./compile.ts";
import { inspect, type Inspection } from "./inspect.ts";
import { subscriptionKey } from "./intent.ts";
import { sledTargetName, type TargetReport } from "./target.ts";

export interface WhyStep {
  readonly step: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly since: string | null;
}

export interface Why {
  readonly groupIp: string | null;
  readonly instanceId: string | null;
  readonly steps: readonly WhyStep[];
}

/** `group`: id, address or name; `instance`: id, or a name that only one has. Throws not found. */
export async function why(nexus: NexusContext, group: string, instance: string): Promise<Why> {
  const found = await findInstance(nexus, instance);
  const inspection = await inspect(nexus);
  const { rows } = inspection.snapshot;
  const wanted = [canonicalUuid(group), canonicalIp(group), group];
  const candidates = rows.groups.filter(({ id, ip, name }) => [id, ip, name].some((each) => wanted.includes(each)));
  // A group of the same name or address may be on its way out.
  const row = candidates.find(({ state }) => state !== "deleting") ?? candidates[0];
  if (row === undefined) throw notFound(`multicast group "${group}"`);
  const steps = follow(inspection, row.id, found, await times(nexus, row.id, found.id));
  return { groupIp: row.ip, instanceId: found.id, steps };
}

interface FoundInstance {
  readonly id: string;
  readonly name: string;
}

async function findInstance(nexus: NexusContext, text: string): Promise<FoundInstance> {
  const id = canonicalUuid(text);
  const query = nexus.store.db.selectFrom("instance").select(["id", "name"]).where("time_deleted", "is", null).limit(2);
  const rows = await query.where(id === null ? "name" : "id", "=", id ?? text).execute();
  const [row] = rows;
  if (row === undefined) throw notFound(`instance "${text}"`);
  if (rows.length > 1) throw invalidRequest(`several instances are named "${text}": name the one by its id`);
  return row;
}

interface Times {
  readonly group: string | null;
  readonly member: string | null;
  readonly acknowledged: ReadonlyMap<string, string | null>;
}

async function times(nexus: NexusContext, groupId: string, instanceId: string): Promise<Times> {
  const { db } = nexus.store;
  const group = await db
    .selectFrom("multicast_group")
    .select("time_modified")
    .where("id", "=", groupId)
    .executeTakeFirst();
  const member = await db
    .selectFrom("multicast_group_member")
    .select("time_modified")
    .where("external_group_id", "=", groupId)
    .where("parent_id", "=", instanceId)
    .where("time_deleted", "is", null)
    .executeTakeFirst();
  const targets = await db
    .selectFrom("multicast_target")
    .select(["target", "time_attempted", "time_acknowledged", "last_error"])
    .execute();
  return {
    group: group?.time_modified ?? null,
    member: member?.time_modified ?? null,
    acknowledged: new Map(
      targets.map((row) => [row.target, row.last_error === null ? row.time_acknowledged : row.time_attempted]),
    ),
  };
}

function follow({ snapshot, targets }: Inspection, groupId: string, instance: FoundInstance, time: Times): WhyStep[] {
  const { rows, intent } = snapshot;
  const steps: WhyStep[] = [];
  const say = (step: string, ok: boolean, detail: string, since: string | null = null): void => {
    steps.push({ step, ok, detail, since });
  };
  const group = rows.groups.find(({ id }) => id === groupId);
  const member = rows.members.find(
    (each) => each.groupId === groupId && each.instanceId === instance.id && !each.deleted,
  );
  if (group === undefined) return steps;
  const isMember = member !== undefined;
  say(
    "membership",
    isMember,
    isMember
      ? `${member.state}, from ${member.sources.join(", ") || "any source"}`
      : `${instance.name} is not a member of ${group.ip}`,
    time.member,
  );
  if (member === undefined) return steps;
  const sled = sledOf(member);
  say(
    "instance",
    isValid(member) && sled !== null,
    sled === null
      ? `${instance.name} runs on no sled`
      : `${instance.name} is ${member.vmm?.state} as VMM ${member.vmm?.id}`,
  );
  say(
    "group",
    group.state === "active",
    `${group.state}${group.underlayIp === null ? ", not mapped onto the underlay" : `, ${group.underlayIp} on the underlay`}`,
    time.group,
  );
  if (sled === null || group.underlayIp === null) return steps;
  const sledIntent = intent.sleds.get(sled);
  const row = rows.sleds.find(({ id }) => id === sled);
  say(
    "sled",
    sledIntent !== undefined,
    sledIntent === undefined
      ? `${sled} is not in service`
      : `${sled} in cubby ${row?.cubby ?? "unknown"}, sled-agent at ${row?.address}`,
  );
  for (const [name, { report, differences, portOf }] of targets) {
    if (!name.startsWith("switch")) continue;
    if (portOf === undefined) {
      say(name, false, report.errors.join("; "), time.acknowledged.get(name) ?? null);
      continue;
    }
    const port = portOf(sled);
    say(
      `${name} port`,
      port !== undefined,
      port ?? `no rear port is known that leads to cubby ${row?.cubby ?? "unknown"}`,
    );
    const mine = differences.filter((text) => text.startsWith(`${group.ip}: `));
    say(
      name,
      mine.length === 0 && intent.switches.groups.has(group.ip),
      mine.join("; ") || `holds the group and port ${port}`,
      time.acknowledged.get(name) ?? null,
    );
  }
  const target = sledTargetName(sled);
  const seen = targets.get(target);
  const since = time.acknowledged.get(target) ?? null;
  if (seen === undefined || sledIntent === undefined) return steps;
  if (seen.report.snapshot === undefined) {
    say("sled-agent", false, seen.report.errors.join("; "), since);
    return steps;
  }
  const holds = (subject: string, { wrong }: TargetReport): boolean => !wrong.has(subject);
  const { underlayIp } = group;
  const mapped = sledIntent.m2p.get(group.ip) === underlayIp && holds(group.ip, seen.report);
  say("mapping", mapped, `${group.ip} → ${underlayIp}`, since);
  const hop = sledIntent.forwarding.get(underlayIp);
  say(
    "forwarding",
    hop !== undefined && holds(underlayIp, seen.report),
    hop === undefined ? sledIntent.problems.join("; ") : `${underlayIp} → ${hop}`,
    since,
  );
  const key = subscriptionKey(member.vmm?.id ?? "", group.ip);
  const wanted = sledIntent.subscriptions.has(key);
  say(
    "subscription",
    wanted && holds(key, seen.report),
    `VMM ${member.vmm?.id} to ${group.ip} from ${member.sources.join(", ") || "any source"}`,
    since,
  );
  return steps;
}
