/** Members of underlay groups: from the names of links to where those are. */
import type { Direction, Member, MemberPlace } from "./group.ts";

export interface MemberInput {
  /** In any case. */
  readonly portId: string;
  readonly linkId: number;
  readonly direction: Direction;
}

/** The links of the switch, as far as multicast needs them. */
export interface MemberLinks {
  /** `portId` is in lower case. Throws `missing` for an unknown port or link. */
  place(portId: string, linkId: number): MemberPlace;
}

/** In the order given; one that is named twice is one. Throws `missing`. */
export function readMembers(inputs: readonly MemberInput[], links: MemberLinks): Member[] {
  const members = new Map<string, Member>();
  for (const input of inputs) {
    const { linkId, direction } = input;
    const portId = input.portId.toLowerCase();
    const key = `${portId}/${linkId} ${direction}`;
    if (!members.has(key)) members.set(key, { portId, linkId, direction, place: links.place(portId, linkId) });
  }
  return [...members.values()];
}
