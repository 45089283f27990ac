/**
 * Recognises a request that names exactly what its group holds: the usual repetition. It is compared as it was sent, so
 * nothing is built for it, and what equals an entry that was checked once needs no other check.
 */
import { macFromBytes } from "@racklet/net";
import { familyOf } from "./entry.ts";
import type { NatEntry } from "./entry.ts";
import type { NatGroup } from "./group.ts";
import type { NatEntryInput } from "./input.ts";
import { findExact } from "./ranges.ts";
import { COMPARE_SLICE } from "./slices.ts";
import type { NatState } from "./state.ts";

/**
 * The revision of the state at which the group holds exactly `inputs`, in any order; undefined when it does not, when
 * they are written otherwise than canonically, or when the state changed on the way.
 */
export function* recognise(
  state: NatState,
  group: NatGroup | undefined,
  inputs: readonly NatEntryInput[],
): Generator<void, number | undefined> {
  if (group === undefined || group.drifted || group.members.length !== inputs.length) return undefined;
  const { revision } = state;
  /** By position among the members: as many inputs as members, each another one, are all of them. */
  const seen = new Uint8Array(inputs.length);
  for (let at = 0; at < inputs.length; at++) {
    if (at % COMPARE_SLICE === COMPARE_SLICE - 1) {
      yield;
      if (state.revision !== revision) return undefined;
    }
    const input = inputs[at];
    const member = input === undefined ? undefined : findMember(state, group, input, at);
    if (member === undefined || seen[member.position] === 1) return undefined;
    seen[member.position] = 1;
  }
  return revision;
}

/** Clients repeat entries in the order in which they sent them first, so the place is a good guess. */
function findMember(state: NatState, group: NatGroup, input: NatEntryInput, at: number): NatEntry | undefined {
  const guess = group.members[at];
  if (guess !== undefined && isWritten(guess, input)) return guess;
  const found = findExact(state.at(familyOf(input.external), input.external), input);
  return found !== undefined && found.owner === group && isWritten(found, input) ? found : undefined;
}

/** True when `input` is the canonical way to write `entry`. */
function isWritten(entry: NatEntry, { external, low, high, target }: NatEntryInput): boolean {
  return (
    entry.external === external &&
    entry.low === low &&
    entry.high === high &&
    entry.vni === target.vni &&
    entry.internalIp === target.internal_ip &&
    entry.mac === macFromBytes(target.inner_mac)
  );
}
