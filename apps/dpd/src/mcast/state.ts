/**
 * The soft state of multicast: the groups by address, and which external groups lead to which underlay group. Everything
 * that can be refused happens before; the methods that change it are single steps that cannot fail.
 */
import { AddressOrder } from "../nat/order.ts";
import type { ExternalGroup, Group, UnderlayGroup } from "./group.ts";

export class McastState {
  readonly #ipv4 = new Map<string, Group>();
  readonly #ipv6 = new Map<string, Group>();
  readonly #order = { ipv4: new AddressOrder(this.#ipv4), ipv6: new AddressOrder(this.#ipv6) };
  /** Per underlay address the external groups that lead there, the one written last at the end. */
  readonly #leading = new Map<string, Map<string, ExternalGroup>>();

  counts(): { readonly underlayGroups: number; readonly externalGroups: number } {
    let underlayGroups = 0;
    for (const { kind } of this.#ipv6.values()) if (kind === "underlay") underlayGroups++;
    return { underlayGroups, externalGroups: this.#ipv4.size + this.#ipv6.size - underlayGroups };
  }

  find(ip: string): Group | undefined {
    return this.#family(ip).get(ip);
  }

  findUnderlay(ip: string): UnderlayGroup | undefined {
    const group = this.find(ip);
    return group?.kind === "underlay" ? group : undefined;
  }

  /** The external groups that lead to an underlay address. */
  leadingTo(underlayIp: string): readonly ExternalGroup[] {
    return [...(this.#leading.get(underlayIp)?.values() ?? [])];
  }

  set(group: Group): void {
    this.#release(this.find(group.ip));
    const family = this.#family(group.ip);
    if (!family.has(group.ip)) this.#orderOf(group.ip).note(group.ip);
    family.set(group.ip, group);
    if (group.kind === "underlay") return;
    const { internalIp } = group.target;
    const leading = this.#leading.get(internalIp) ?? new Map<string, ExternalGroup>();
    leading.set(group.ip, group);
    this.#leading.set(internalIp, leading);
  }

  delete(ip: string): void {
    this.#release(this.find(ip));
    if (this.#family(ip).delete(ip)) this.#orderOf(ip).note(ip);
  }

  clear(): void {
    this.#ipv4.clear();
    this.#ipv6.clear();
    this.#leading.clear();
    this.#order.ipv4.forget();
    this.#order.ipv6.forget();
  }

  /** IPv4 before IPv6, then by number, strictly after an address that need not be there. */
  *after(ip: string | undefined): Generator<Group, void> {
    const version = ip === undefined ? undefined : ip.includes(":") ? "ipv6" : "ipv4";
    for (const family of ["ipv4", "ipv6"] as const) {
      if (family === "ipv4" && version === "ipv6") continue;
      const order = this.#order[family];
      const sorted = order.sorted();
      for (let at = order.positionAfter(version === family ? ip : undefined); at < sorted.length; at++) {
        const group = this.find(sorted[at] ?? "");
        if (group !== undefined) yield group;
      }
    }
  }

  #release(group: Group | undefined): void {
    if (group?.kind !== "external") return;
    const { internalIp } = group.target;
    const leading = this.#leading.get(internalIp);
    leading?.delete(group.ip);
    if (leading?.size === 0) this.#leading.delete(internalIp);
  }

  #family(ip: string): Map<string, Group> {
    return ip.includes(":") ? this.#ipv6 : this.#ipv4;
  }

  #orderOf(ip: string): AddressOrder {
    return this.#order[ip.includes(":") ? "ipv6" : "ipv4"];
  }
}

/** The VLAN of decapsulated copies: an ASIC has one per underlay group, so the last external group that has one decides. */
export function vlanOf(leading: readonly ExternalGroup[]): number | null {
  return leading.findLast(({ vlan }) => vlan !== null)?.vlan ?? null;
}
