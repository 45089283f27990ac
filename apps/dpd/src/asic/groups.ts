/**
 * The multicast groups of the software ASIC's replication engine: an id and the ports that get a copy. An ASIC of its own
 * kind refuses a port that a group has already, and so does this one, in the same words.
 */
import { DpdError, asicFailure, missing } from "../errors.ts";
import type { Profile } from "../table/types.ts";
import type { AsicGroups, GroupMember } from "./backend.ts";

/** Copies that all groups together can ask for. */
const NODES: Readonly<Record<Profile, number>> = { sidecar: 65_536, large: 1_048_576 };

const GROUP_ID_MAX = 0xffff;

export class ModelGroups implements AsicGroups {
  readonly #groups = new Map<number, Map<number, GroupMember>>();
  readonly #nodeLimit: number;
  #nodes = 0;

  constructor(profile: Profile) {
    this.#nodeLimit = NODES[profile];
  }

  create(id: number): void {
    if (id < 1 || id > GROUP_ID_MAX) throw asicFailure(`multicast group id ${id} is not between 1 and ${GROUP_ID_MAX}`);
    if (this.#groups.has(id)) throw new DpdError("exists", `multicast group ${id} exists already`);
    this.#groups.set(id, new Map());
  }

  destroy(id: number): void {
    this.#nodes -= this.#get(id).size;
    this.#groups.delete(id);
  }

  addPort(id: number, member: GroupMember): void {
    const members = this.#get(id);
    if (members.has(member.port)) throw asicFailure(`multicast group ${id} already contains port ${member.port}`);
    if (this.#nodes >= this.#nodeLimit) {
      throw new DpdError("unavailable", `all ${this.#nodeLimit} multicast nodes are in use`);
    }
    members.set(member.port, member);
    this.#nodes++;
  }

  removePort(id: number, port: number): void {
    if (!this.#get(id).delete(port)) throw missing("missing", `multicast group ${id} does not contain port ${port}`);
    this.#nodes--;
  }

  find(id: number): readonly GroupMember[] | undefined {
    const members = this.#groups.get(id);
    return members === undefined ? undefined : [...members.values()];
  }

  list(): readonly number[] {
    return [...this.#groups.keys()];
  }

  clear(): void {
    this.#groups.clear();
    this.#nodes = 0;
  }

  #get(id: number): Map<number, GroupMember> {
    const members = this.#groups.get(id);
    if (members === undefined) throw missing("missing", `there is no multicast group ${id}`);
    return members;
  }
}
