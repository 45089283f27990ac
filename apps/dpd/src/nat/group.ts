/**
 * A NAT group: entries that one client declares as a whole, with a generation. What was declared and what is programmed
 * can come apart (a single delete, a reset, an undo that failed), and the group always knows by how much:
 * declared = members − extras + missing. A group with any of these is drifted, and the next ensure heals it.
 */
import { ContentHash } from "./content-hash.ts";
import type { NatEntry } from "./entry.ts";
import { EntrySet } from "./entry-set.ts";

export interface NatGroupState {
  readonly group: string;
  readonly generation: number;
  /** Of the declared entries: equal on switches that were given the same set. 16 hexadecimal digits. */
  readonly contentHash: string;
  /** Entries of the group in the tables. */
  readonly ipv4Entries: number;
  readonly ipv6Entries: number;
  readonly drifted: boolean;
  /** Declared entries that are not in the tables. */
  readonly missing: number;
  /** Milliseconds since the epoch. */
  readonly lastEnsured: number;
  readonly lastChanged: number;
}

/** Equal texts are of equal requests. */
export interface RequestDigest {
  readonly text: string;
}

export class NatGroup {
  readonly name: string;
  /** 0 until an ensure has succeeded. */
  generation = 0;
  lastEnsured: number;
  lastChanged: number;
  /** The request that declared the entries at this generation; undefined when no single one did. */
  declaredBy: RequestDigest | undefined;
  /** An undo failed and what the tables hold is not what was declared before, or could not be read. */
  uncertain = false;
  /** Declared and not programmed. */
  readonly missing = new EntrySet();
  /** Programmed and not declared: left over by an undo that failed. */
  readonly extras = new Set<NatEntry>();
  readonly #members: NatEntry[] = [];
  /** Of the members; made when it is first asked for and kept up from then on, so that a bulk load does not pay for it. */
  #hash: ContentHash | undefined;
  #ipv4 = 0;

  constructor(name: string, now: number) {
    this.name = name;
    this.lastEnsured = now;
    this.lastChanged = now;
  }

  /** Programmed entries, in no order. */
  get members(): readonly NatEntry[] {
    return this.#members;
  }

  get declaredCount(): number {
    return this.#members.length - this.extras.size + this.missing.size;
  }

  get drifted(): boolean {
    return this.uncertain || this.missing.size > 0 || this.extras.size > 0;
  }

  /** Takes an entry that is programmed. */
  take(entry: NatEntry): void {
    entry.owner = this;
    entry.position = this.#members.length;
    this.#members.push(entry);
    this.#count(entry, 1);
    this.#hash?.add(entry);
  }

  /** Lets go of an entry that is a member. */
  release(entry: NatEntry): void {
    const last = this.#members.pop();
    if (last !== undefined && last !== entry) {
      this.#members[entry.position] = last;
      last.position = entry.position;
    }
    entry.owner = undefined;
    entry.position = -1;
    this.extras.delete(entry);
    this.#count(entry, -1);
    this.#hash?.subtract(entry);
  }

  /** A member has left the tables without the group's client having asked for it. */
  lose(entry: NatEntry): void {
    const declared = !this.extras.has(entry);
    this.release(entry);
    if (declared) this.missing.add(entry);
  }

  /** What is programmed is now what is declared. */
  settle(): void {
    this.uncertain = false;
    this.missing.clear();
    this.extras.clear();
  }

  state(): NatGroupState {
    this.#hash ??= hashOf(this.#members);
    return {
      group: this.name,
      generation: this.generation,
      contentHash: this.#hash.combined(this.missing.hash(), hashOf(this.extras)),
      ipv4Entries: this.#ipv4,
      ipv6Entries: this.#members.length - this.#ipv4,
      drifted: this.drifted,
      missing: this.missing.size,
      lastEnsured: this.lastEnsured,
      lastChanged: this.lastChanged,
    };
  }

  #count(entry: NatEntry, by: number): void {
    if (entry.family === "ipv4") this.#ipv4 += by;
  }
}

function hashOf(entries: Iterable<NatEntry>): ContentHash {
  const hash = new ContentHash();
  for (const entry of entries) hash.add(entry);
  return hash;
}
