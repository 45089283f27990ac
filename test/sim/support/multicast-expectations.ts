/** What switches and sleds must hold for multicast once a rack is at rest, from the rows of groups, members and VMMs alone. */
import { setDifference, sledsInService, view } from "./observe.ts";
import { SWITCHES, type SimRack, type SwitchName } from "./rack.ts";

interface Group {
  readonly ip: string;
  readonly underlay: string;
  /** Of running instances. */
  readonly members: readonly Member[];
  /** Of every membership, of those that rest too. */
  readonly sources: readonly (readonly string[])[];
}

interface Member {
  readonly propolis: string;
  readonly sledId: string;
  readonly cubby: number;
  readonly sources: readonly string[];
}

export async function multicastDifferences(rack: SimRack): Promise<string[]> {
  const { groups, unsettled } = await readGroups(rack);
  if (unsettled.length > 0) return unsettled;
  const found: string[] = [];
  for (const name of SWITCHES) {
    found.push(...setDifference(`groups of ${name}`, groups.map(onSwitch), await heldBySwitch(rack, name)));
  }
  // Which switch zone forwards is the reconciler's choice, but it is one for each group.
  const nextHops = new Map<string, Set<string>>();
  for (const [index, sledId] of await sledsInService(rack)) {
    const m2p = await view<{ group: string; underlay: string }>(rack, index, "m2p");
    const wanted = groups.filter(({ members }) => members.length > 0);
    const held = m2p.map(({ group, underlay }) => `${group} → ${underlay}`);
    found.push(
      ...setDifference(
        `M2P of sled ${index}`,
        wanted.map(({ ip, underlay }) => `${ip} → ${underlay}`),
        held,
      ),
    );
    const forwarding = await view<Forwarding>(rack, index, "forwarding");
    for (const { underlay, next_hops: hops } of forwarding) {
      const seen = nextHops.get(underlay) ?? new Set();
      nextHops.set(underlay, seen.add(JSON.stringify(hops)));
    }
    const forwarded = forwarding.map(({ underlay, next_hops: hops }) => `${underlay} by ${hops.length}`);
    found.push(
      ...setDifference(
        `forwarding of sled ${index}`,
        wanted.map(({ underlay }) => `${underlay} by 1`),
        forwarded,
      ),
    );
    const subscriptions = await view<Subscription>(rack, index, "subscriptions");
    found.push(
      ...setDifference(
        `subscriptions of sled ${index}`,
        groups.flatMap(({ ip, members }) =>
          members
            .filter((member) => member.sledId === sledId)
            .map(({ propolis, sources }) => `${propolis} ${ip} from ${sources.join() || "any"}`),
        ),
        subscriptions.map(({ propolis_id: id, group_ip: ip, filter }) => `${id} ${ip} from ${filtered(filter)}`),
      ),
    );
  }
  for (const [underlay, hops] of nextHops) {
    if (hops.size > 1) found.push(`forwarding of ${underlay} differs between sleds: ${[...hops].join(" ")}`);
  }
  return found;
}

interface Forwarding {
  readonly underlay: string;
  readonly next_hops: readonly unknown[];
}

interface Subscription {
  readonly propolis_id: string;
  readonly group_ip: string;
  readonly filter: { readonly mode: string; readonly sources: readonly string[] };
}

const filtered = ({ mode, sources }: Subscription["filter"]): string =>
  mode === "include" ? [...sources].sort().join() : "any";

async function readGroups({ store: { db } }: SimRack): Promise<{ groups: Group[]; unsettled: string[] }> {
  const groups = await db
    .selectFrom("multicast_group as g")
    .leftJoin("underlay_multicast_group as u", "u.id", "g.underlay_group_id")
    .select(["g.id", "g.name", "g.state", "g.multicast_ip", "u.multicast_ip as underlay"])
    .execute();
  const members = await db
    .selectFrom("multicast_group_member as m")
    .innerJoin("instance", "instance.id", "m.parent_id")
    .leftJoin("vmm", "vmm.id", "instance.active_propolis_id")
    .leftJoin("sled", "sled.id", "vmm.sled_id")
    .select(["m.id", "m.external_group_id", "m.state", "m.sled_id", "m.source_ips", "m.time_deleted"])
    .select(["vmm.id as propolis", "vmm.sled_id as vmm_sled", "sled.slot", "instance.name"])
    .execute();
  const generation = await db
    .selectFrom("counter")
    .select("value")
    .where("name", "=", "multicast_generation")
    .executeTakeFirstOrThrow();
  const targets = await db.selectFrom("multicast_target").selectAll().execute();
  const wrong = members.filter(
    ({ state, time_deleted: gone, sled_id: sled, vmm_sled: at }) =>
      gone !== null || state !== (at === null ? "left" : "joined") || sled !== at,
  );
  const unsettled = [
    ...groups.filter(({ state }) => state !== "active").map(({ name, state }) => `group ${name} is ${state}`),
    ...wrong.map((row) => `member ${JSON.stringify(row)}`),
    ...targets
      .filter((row) => row.last_error !== null || row.acknowledged_generation !== generation.value)
      .map((row) => `target ${JSON.stringify(row)} of generation ${generation.value}`),
  ];
  return {
    unsettled,
    groups: groups.map(({ id, multicast_ip: ip, underlay }) => ({
      ip,
      underlay: underlay ?? "nowhere",
      sources: members
        .filter((row) => row.external_group_id === id)
        .map((row) => JSON.parse(row.source_ips) as string[]),
      members: members.flatMap((row) =>
        row.external_group_id === id && row.propolis !== null && row.vmm_sled !== null && row.slot !== null
          ? {
              propolis: row.propolis,
              sledId: row.vmm_sled,
              cubby: row.slot,
              sources: (JSON.parse(row.source_ips) as string[]).sort(),
            }
          : [],
      ),
    })),
  };
}

/** Members by their sled's port, each once; a filter only when nobody, running or not, wants every source. */
function onSwitch({ ip, underlay, members, sources }: Group): string {
  const ports = [...new Set(members.map(({ cubby }) => `rear${cubby}`))].sort();
  const isFiltered = sources.length > 0 && sources.every((list) => list.length > 0);
  const filter = isFiltered ? [...new Set(sources.flat())].sort().join() : "any";
  return `${ip} → ${underlay} at ${ports.join() || "no port"} from ${filter}`;
}

async function heldBySwitch(rack: SimRack, name: SwitchName): Promise<string[]> {
  const dpd = rack.dpd(name);
  const ports = new Map<string, string>();
  const external: { ip: string; underlay: string; filter: string }[] = [];
  for await (const group of dpd.pages.multicast_groups_list()) {
    if (group.kind === "underlay") {
      const ids = group.members.map(({ port_id: id }) => id).sort();
      ports.set(group.group_ip, ids.join() || "no port");
    } else {
      const sources = group.sources?.map((source) => (source === "Any" ? "any" : source.Exact)) ?? ["any"];
      const underlay = group.internal_forwarding.nat_target?.internal_ip ?? "nowhere";
      external.push({ ip: group.group_ip, underlay, filter: sources.sort().join() });
    }
  }
  const used = new Set(external.map(({ underlay }) => underlay));
  return [
    ...external.map(({ ip, underlay, filter }) => `${ip} → ${underlay} at ${ports.get(underlay)} from ${filter}`),
    ...[...ports.keys()].filter((underlay) => !used.has(underlay)).map((underlay) => `${underlay} alone`),
  ];
}
