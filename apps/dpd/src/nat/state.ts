/**
 * The soft state of NAT: what the tables hold, by address, and who owns it. Everything that can be refused happens
 * before; the methods here are single steps that cannot fail, so a reader between two of them always sees a whole state.
 */
import type { Family } from "../table/nat.ts";
import { familyOf, NatEntry } from "./entry.ts";
import type { NatGroup } from "./group.ts";
import { AddressOrder } from "./order.ts";
import type { NatPlan } from "./plan.ts";
import { insertSorted, listAt, without } from "./ranges.ts";
import type { AtAddress } from "./ranges.ts";
import type { Doubt } from "./settle.ts";

class FamilyState {
  /** No list is empty. */
  readonly addresses = new Map<string, AtAddress>();
  readonly order = new AddressOrder(this.addresses);
}

const NONE: readonly NatEntry[] = [];

export class NatState {
  readonly groups = new Map<string, NatGroup>();
  /** Keys of which an undo that failed could not even read what they hold. */
  doubts: Doubt[] = [];
  /** How far the changesets of Nexus have been applied without a gap. */
  feedGeneration = 0;
  /** Counts how often `feedGeneration` was set back to 0: changesets fetched before that must not be applied. */
  feedEpoch = 0;
  #revision = 0;
  #families: Readonly<Record<Family, FamilyState>> = { ipv4: new FamilyState(), ipv6: new FamilyState() };

  /** Rises with every change of what the tables are known to hold, and of who owns it. */
  get revision(): number {
    return this.#revision;
  }

  /** The entries of one address, sorted by low. */
  at(family: Family, external: string): readonly NatEntry[] {
    const held = this.#families[family].addresses.get(external);
    return held === undefined ? NONE : listAt(held);
  }

  /** All entries of a family, in no order. */
  *entries(family: Family): Generator<NatEntry, void> {
    for (const held of this.#families[family].addresses.values()) yield* listAt(held);
  }

  isEmpty(family: Family): boolean {
    return this.#families[family].addresses.size === 0;
  }

  order(family: Family): AddressOrder {
    return this.#families[family].order;
  }

  /** Makes a plan that the tables have followed the state. `group` is the one the plan was made for, if any. */
  commit(plan: NatPlan, group: NatGroup | undefined): void {
    this.#revision++;
    for (const entry of plan.removed) leave(entry, group);
    for (const entry of plan.priors) leave(entry, group);
    if (group !== undefined) {
      for (const entry of plan.adopted) group.take(entry);
      for (const entry of plan.retargeted) group.take(entry);
      for (const entry of plan.added) group.take(entry);
    }
    for (const [external, list] of plan.after) this.#set(external, list);
    for (const held of plan.arrivals) {
      const first = held instanceof NatEntry ? held : held[0];
      if (first === undefined) continue;
      const { addresses, order } = this.#families[first.family];
      addresses.set(first.external, held);
      order.note(first.external);
    }
  }

  /** The entry is no longer in the tables, although its owner has not asked for that. */
  lose(entry: NatEntry): void {
    this.#revision++;
    entry.owner?.lose(entry);
    this.#set(entry.external, without(this.at(entry.family, entry.external), entry));
  }

  /** The entry was found in the tables. */
  found(entry: NatEntry): void {
    this.#revision++;
    const list = [...this.at(entry.family, entry.external)];
    insertSorted(list, entry);
    this.#set(entry.external, list);
  }

  /** The family's table was emptied. */
  loseFamily(family: Family): void {
    this.#revision++;
    for (const entry of this.entries(family)) entry.owner?.lose(entry);
    this.#families = { ...this.#families, [family]: new FamilyState() };
    this.resetFeed();
  }

  resetFeed(): void {
    this.feedGeneration = 0;
    this.feedEpoch++;
  }

  /** Nothing is known any more: the ASIC went, or another came. */
  forget(): void {
    this.#revision++;
    this.#families = { ipv4: new FamilyState(), ipv6: new FamilyState() };
    this.groups.clear();
    this.doubts = [];
    this.resetFeed();
  }

  #set(external: string, list: NatEntry[]): void {
    const { addresses, order } = this.#families[familyOf(external)];
    const known = addresses.size;
    const [first] = list;
    if (first === undefined) addresses.delete(external);
    else addresses.set(external, list.length === 1 ? first : list);
    if (addresses.size !== known) order.note(external);
  }
}

/** An entry that goes by the will of its group is released; one that goes for another reason is missed. */
function leave(entry: NatEntry, group: NatGroup | undefined): void {
  if (entry.owner === group) entry.owner?.release(entry);
  else entry.owner?.lose(entry);
}
