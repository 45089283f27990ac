/**
 * The pool of multicast group ids of the ASIC: a stack that starts with the lowest id at the bottom, as upstream's, so a
 * fresh dpd hands out 65534 first and an id that was given back is the next to go. Ids below 100 belong to others.
 */
import { DpdError } from "../errors.ts";

export interface IdPair {
  /** Group of the members that get decapsulated copies. */
  readonly external: number;
  /** Group of the members that get copies as they are. */
  readonly underlay: number;
}

export interface IdRange {
  readonly first: number;
  readonly last: number;
}

export const GROUP_IDS: IdRange = { first: 100, last: 65_534 };

export class GroupIds {
  readonly #range: IdRange;
  /** Above the ids that were never handed out, which `#next` stands for. */
  readonly #returned: number[] = [];
  #next: number;

  constructor(range: IdRange = GROUP_IDS) {
    this.#range = range;
    this.#next = range.last;
  }

  /** How many ids are left. */
  get available(): number {
    return this.#returned.length + this.#next - this.#range.first + 1;
  }

  /** Throws `unavailable` and takes nothing when there is no pair left. */
  takePair(): IdPair {
    if (this.available < 2) {
      const { first, last } = this.#range;
      throw new DpdError("unavailable", `all multicast group ids ${first} to ${last} are in use`);
    }
    const external = this.#take();
    return { external, underlay: this.#take() };
  }

  /** For a pair that came to nothing: the pool is then as before it was taken, if nothing happened since. */
  putBack({ external, underlay }: IdPair): void {
    this.#returned.push(underlay, external);
  }

  /** For the pair of a group that is gone: as upstream's, its underlay id is the next to go. */
  giveBack({ external, underlay }: IdPair): void {
    this.#returned.push(external, underlay);
  }

  #take(): number {
    return this.#returned.pop() ?? this.#next--;
  }
}
