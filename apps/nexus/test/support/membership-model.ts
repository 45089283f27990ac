/** What memberships must be after any sequence of steps: a small model, and what the rows say in the same words. */
import type { NexusContext } from "../../src/context.ts";
import { parseSources } from "../../src/multicast/sources.ts";

export interface ModelMember {
  readonly sources: readonly string[];
  readonly state: "joining" | "left";
  readonly sled: string | null;
}

interface ModelGroup {
  readonly ip: string;
  readonly explicit: boolean;
  readonly defaults: readonly string[];
  /** All switches that can be reached have it. */
  active: boolean;
  readonly members: Map<string, ModelMember>;
}

export interface ModelPools {
  readonly asm: readonly string[];
  readonly ssm: readonly string[];
}

const sorted = (sources: readonly string[]): string[] => [...sources].sort();

/** Each step answers whether it is accepted. */
export class MembershipModel {
  readonly #groups = new Map<string, ModelGroup>();
  readonly #sleds = new Map<string, string>();
  readonly #dead = new Set<string>();
  readonly #pools: ModelPools;

  constructor(pools: ModelPools) {
    this.#pools = pools;
  }

  create(name: string, sources: readonly string[]): boolean {
    if (this.#groups.has(name)) return false;
    return this.#make(name, sources, true) !== undefined;
  }

  delete(name: string): boolean {
    return this.#groups.delete(name);
  }

  join(instance: string, name: string, sources: readonly string[] | null): boolean {
    if (this.#dead.has(instance)) return false;
    const before = this.#groups.get(name);
    const group = before ?? this.#make(name, sources ?? [], false);
    if (group === undefined) return false;
    const known = group.members.get(instance);
    const chosen = sources ?? known?.sources ?? group.defaults;
    if (this.#pools.ssm.includes(group.ip) && chosen.length === 0) {
      if (before === undefined) this.#groups.delete(name);
      return false;
    }
    const sled = this.#sleds.get(instance) ?? null;
    const kept = known?.state === "joining" ? known.sled : sled;
    group.members.set(instance, { sources: sorted(chosen), state: "joining", sled: kept });
    return true;
  }

  leave(instance: string, name: string): boolean {
    const group = this.#groups.get(name);
    if (group === undefined) return false;
    group.members.delete(instance);
    this.#drop(name, group);
    return true;
  }

  end(instance: string): void {
    this.#dead.add(instance);
    for (const [name, group] of this.#groups) {
      if (group.members.delete(instance)) this.#drop(name, group);
    }
  }

  activate(name: string): void {
    const group = this.#groups.get(name);
    if (group !== undefined) group.active = true;
  }

  start(instance: string, sled: string): void {
    this.#sleds.set(instance, sled);
    this.#eachMember(instance, (member, { active }) =>
      member.state === "left" && !active ? member : { ...member, state: "joining", sled },
    );
  }

  stop(instance: string): void {
    this.#sleds.delete(instance);
    this.#eachMember(instance, (member) => ({ ...member, state: "left", sled: null }));
  }

  /** One line per group, and per member. */
  lines(): string[] {
    return [...this.#groups]
      .flatMap(([name, { ip, explicit, members }]) => [
        `${name} ${ip} ${explicit}`,
        ...[...members].map(([id, { sources, state, sled }]) => `${name} ${id} ${sources} ${state} ${sled}`),
      ])
      .sort();
  }

  #make(name: string, sources: readonly string[], explicit: boolean): ModelGroup | undefined {
    const taken = new Set([...this.#groups.values()].map(({ ip }) => ip));
    const pool = sources.length > 0 ? this.#pools.ssm : this.#pools.asm;
    const ip = pool.find((each) => !taken.has(each));
    if (ip === undefined) return undefined;
    const group = { ip, explicit, defaults: explicit ? sorted(sources) : [], active: false, members: new Map() };
    this.#groups.set(name, group);
    return group;
  }

  #drop(name: string, group: ModelGroup): void {
    if (group.members.size === 0 && !group.explicit) this.#groups.delete(name);
  }

  #eachMember(instance: string, change: (member: ModelMember, group: ModelGroup) => ModelMember): void {
    for (const group of this.#groups.values()) {
      const member = group.members.get(instance);
      if (member !== undefined) group.members.set(instance, change(member, group));
    }
  }
}

/** The live rows, as `lines` of the model. Throws for a live member of a group that is not live. */
export async function membershipLines({ store: { db } }: NexusContext): Promise<string[]> {
  const groups = await db.selectFrom("multicast_group").selectAll().where("time_deleted", "is", null).execute();
  const members = await db.selectFrom("multicast_group_member").selectAll().where("time_deleted", "is", null).execute();
  const names = new Map(groups.map(({ id, name }) => [id, name]));
  return [
    ...groups.map(
      ({ name, multicast_ip, explicitly_created }) => `${name} ${multicast_ip} ${explicitly_created === 1}`,
    ),
    ...members.map((member) => {
      const name = names.get(member.external_group_id);
      if (name === undefined) throw new Error(`member ${member.id} is of a group that is gone`);
      return `${name} ${member.parent_id} ${parseSources(member.source_ips)} ${member.state} ${member.sled_id}`;
    }),
  ].sort();
}
