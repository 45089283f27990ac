/**
 * What this process last brought each sled to, so that a pass costs what has changed. It is only believed between looks at
 * the sleds themselves, and never outlives the sled-agent that holds it: that one says when it starts.
 */
import { createHash } from "node:crypto";
import type { Mapping } from "../v2p/mapping.ts";

/** Of one VMM: the firewall rules that its ports have, or are going to be made with. */
interface PortRules {
  readonly vni: number;
  readonly digest: string;
}

export class AppliedState {
  readonly #mappings = new Map<string, ReadonlyMap<string, Mapping>>();
  readonly #rules = new Map<string, Map<string, PortRules>>();

  /** Nothing is known of the sled any more. */
  forget(sledId: string): void {
    this.#mappings.delete(sledId);
    this.#rules.delete(sledId);
  }

  /** By key. Undefined: nobody knows. */
  mappings(sledId: string): ReadonlyMap<string, Mapping> | undefined {
    return this.#mappings.get(sledId);
  }

  setMappings(sledId: string, mappings: ReadonlyMap<string, Mapping>): void {
    this.#mappings.set(sledId, mappings);
  }

  forgetMappings(sledId: string): void {
    this.#mappings.delete(sledId);
  }

  /** Undefined: nobody knows. */
  rulesOf(sledId: string, vmmId: string): string | undefined {
    return this.#rules.get(sledId)?.get(vmmId)?.digest;
  }

  /** The VMM was registered: its ports will be made with these rules. */
  setRules(sledId: string, vmmId: string, rules: PortRules): void {
    const known = this.#rules.get(sledId) ?? new Map<string, PortRules>();
    this.#rules.set(sledId, known.set(vmmId, rules));
  }

  /**
   * The rules of all ports of a network were replaced: those of `vmms` by what is said. Of a VMM that came meanwhile nobody
   * knows whether it was before its ports were made.
   */
  rulesReplaced(sledId: string, vni: number, vmms: ReadonlyMap<string, string | undefined>): void {
    const known = this.#rules.get(sledId) ?? new Map<string, PortRules>();
    for (const [vmmId, rules] of known) if (rules.vni === vni && !vmms.has(vmmId)) known.delete(vmmId);
    for (const [vmmId, digest] of vmms) if (digest !== undefined) known.set(vmmId, { vni, digest });
    this.#rules.set(sledId, known);
  }

  /** Drops what is known of the rules of VMMs that are no more. */
  keepRulesOf(vmmIds: ReadonlySet<string>): void {
    for (const known of this.#rules.values()) {
      for (const vmmId of known.keys()) if (!vmmIds.has(vmmId)) known.delete(vmmId);
    }
  }
}

export const digestOf = (value: unknown): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("base64url");
