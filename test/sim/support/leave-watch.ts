/**
 * Holds the promise of acknowledged generations: once a sled has acknowledged the generation of a leave, no VM of that instance
 * receives the group there, until it joins again.
 */
import { view } from "./observe.ts";
import type { SimRack } from "./rack.ts";
import type { UserStep } from "./scenario.ts";

interface Left {
  readonly instanceId: string;
  readonly groupIp: string;
  /** Of the rows when the leave had been answered. */
  readonly generation: number;
}

type Membership = Extract<UserStep, { readonly do: "join" | "leave" }>;

export class LeaveWatch {
  readonly #rack: SimRack;
  readonly #joining = new Map<string, number>();
  readonly #left = new Map<string, Left>();
  /** How often the promise could have been broken. */
  checks = 0;

  constructor(rack: SimRack) {
    this.#rack = rack;
  }

  /** To be called around the request; only a leave that no join overlaps is watched. */
  async around(step: Membership, request: () => Promise<{ readonly status: number }>): Promise<void> {
    const key = `${step.instance} ${step.group}`;
    if (step.do === "join") {
      this.#left.delete(key);
      this.#joining.set(key, (this.#joining.get(key) ?? 0) + 1);
      const { status } = await request();
      // One that failed for its caller may still succeed at Nexus: it then counts as never ending.
      if (status >= 200 && status < 500) this.#joining.set(key, (this.#joining.get(key) ?? 1) - 1);
      return;
    }
    const before = await this.#find(step);
    const { status } = await request();
    if (status !== 204 || before === undefined || (this.#joining.get(key) ?? 0) > 0) return;
    const { value: generation } = await this.#rack.store.db
      .selectFrom("counter")
      .select("value")
      .where("name", "=", "multicast_generation")
      .executeTakeFirstOrThrow();
    this.#left.set(key, { ...before, generation });
  }

  /** Throws when the promise is broken. */
  async check(): Promise<void> {
    if (this.#left.size === 0) return;
    const { store, sledIds } = this.#rack;
    for (const [index, sledId] of sledIds.entries()) {
      const target = await store.db
        .selectFrom("multicast_target")
        .select("acknowledged_generation")
        .where("target", "=", `sled:${sledId}`)
        .executeTakeFirst();
      const due = [...this.#left.values()].filter(
        ({ generation }) => (target?.acknowledged_generation ?? -1) >= generation,
      );
      if (due.length === 0 || !this.#rack.isUp(`sled-agent/${index}`)) continue;
      const held = await view<{ propolis_id: string; group_ip: string }>(this.#rack, index, "subscriptions").catch(
        () => [],
      );
      for (const { instanceId, groupIp, generation } of due) {
        // A join may have come meanwhile.
        if (![...this.#left.values()].some((left) => left.instanceId === instanceId && left.groupIp === groupIp))
          continue;
        this.checks += 1;
        const vmms = await store.db.selectFrom("vmm").select("id").where("instance_id", "=", instanceId).execute();
        const broken = held.find(
          ({ propolis_id: id, group_ip: ip }) => ip === groupIp && vmms.some((vmm) => vmm.id === id),
        );
        if (broken === undefined) continue;
        const acknowledged = `acknowledged generation ${target?.acknowledged_generation}, the leave is of ${generation}`;
        throw new Error(`sled ${index} still subscribes ${broken.propolis_id} to ${groupIp}: it ${acknowledged}`);
      }
    }
  }

  async #find({ instance, group }: Membership): Promise<Omit<Left, "generation"> | undefined> {
    const row = await this.#rack.store.db
      .selectFrom("multicast_group_member as member")
      .innerJoin("multicast_group as g", "g.id", "member.external_group_id")
      .innerJoin("instance", "instance.id", "member.parent_id")
      .select(["instance.id as instanceId", "g.multicast_ip as groupIp"])
      .where("member.time_deleted", "is", null)
      .where("instance.name", "=", instance)
      .where("instance.time_deleted", "is", null)
      .where((eb) => eb.or([eb("g.name", "=", group), eb("g.multicast_ip", "=", group)]))
      .executeTakeFirst();
    return row;
  }
}
