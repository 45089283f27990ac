/**
 * A change of groups before it happens: which groups come, change and go, and with that the footprints before and after. An
 * external group also shapes what its underlay group puts into the ASIC, so the underlay groups it leads and led to count.
 */
import type { Pause } from "../asic/index.ts";
import { addExternal, addUnderlay, Footprint } from "./footprint.ts";
import type { ExternalGroup, Group, UnderlayGroup } from "./group.ts";
import { vlanOf, type McastState } from "./state.ts";

/** Groups looked at between two pauses. */
const SLICE = 256;

export class Draft {
  readonly #state: McastState;
  readonly #changes = new Map<string, Group | undefined>();

  constructor(state: McastState) {
    this.#state = state;
  }

  put(group: Group): this {
    this.#changes.set(group.ip, group);
    return this;
  }

  drop({ ip }: Group): this {
    this.#changes.set(ip, undefined);
    return this;
  }

  async footprints(pause: Pause): Promise<{ before: Footprint; after: Footprint }> {
    const before = new Footprint();
    const after = new Footprint();
    const arriving = this.#arriving();
    let seen = 0;
    for (const [ip, next] of this.#changes) {
      if (++seen % SLICE === 0) await pause();
      const current = this.#state.find(ip);
      if (current?.kind === "external") addExternal(before, current);
      if (next?.kind === "external") addExternal(after, next);
    }
    for (const ip of this.#underlays()) {
      if (++seen % SLICE === 0) await pause();
      const leading = this.#state.leadingTo(ip);
      const current = this.#state.findUnderlay(ip);
      if (current !== undefined) addUnderlay(before, current, vlanOf(leading));
      const next = this.#underlayAfter(ip);
      if (next === undefined) continue;
      const staying = leading.filter((external) => !this.#changes.has(external.ip));
      addUnderlay(after, next, vlanOf([...staying, ...(arriving.get(ip) ?? [])]));
    }
    return { before, after };
  }

  /** Makes the change that the ASIC has followed. */
  commit(): void {
    for (const [ip, next] of this.#changes) {
      if (next === undefined) this.#state.delete(ip);
      else this.#state.set(next);
    }
  }

  /** Addresses of the groups that change. */
  groups(): Iterable<string> {
    return this.#changes.keys();
  }

  #underlays(): Set<string> {
    const ips = new Set<string>();
    for (const [ip, next] of this.#changes) {
      for (const group of [this.#state.find(ip), next]) {
        if (group !== undefined) ips.add(group.kind === "underlay" ? ip : group.target.internalIp);
      }
    }
    return ips;
  }

  #underlayAfter(ip: string): UnderlayGroup | undefined {
    const next = this.#changes.has(ip) ? this.#changes.get(ip) : this.#state.find(ip);
    return next?.kind === "underlay" ? next : undefined;
  }

  /** Per underlay address the external groups that the change writes. */
  #arriving(): Map<string, ExternalGroup[]> {
    const arriving = new Map<string, ExternalGroup[]>();
    for (const next of this.#changes.values()) {
      if (next?.kind !== "external") continue;
      const { internalIp } = next.target;
      arriving.set(internalIp, [...(arriving.get(internalIp) ?? []), next]);
    }
    return arriving;
  }
}
