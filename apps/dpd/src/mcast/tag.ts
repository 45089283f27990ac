/** Tags say whose a group is: made or made up on creation, never changed, presented to change or delete the group. */
import type { Ids } from "@racklet/world";
import { invalid } from "../errors.ts";
import type { Group } from "./group.ts";

const TAG_MAX = 80;
const TAG = /^[a-zA-Z0-9_.:-]+$/;

/** The tag of a group to create; absent: one that nobody else has. Throws `invalid`. */
export function tagFor(requested: string | null, ip: string, ids: Ids): string {
  if (requested === null) return `${ids.uuid()}:${ip}`;
  if (requested === "") throw invalid("tag cannot be empty");
  const bytes = Buffer.byteLength(requested);
  if (bytes > TAG_MAX) throw invalid(`tag cannot exceed ${TAG_MAX} bytes, has ${bytes}`);
  if (!TAG.test(requested)) {
    throw invalid("tag can only have the characters a-z, A-Z, 0-9, `_`, `.`, `:` and `-`");
  }
  return requested;
}

/** Throws `invalid`, without a hint at the right one. Null: the client's version presents none. */
export function checkTag({ ip, tag }: Group, presented: string | null): void {
  if (presented !== null && presented !== tag) throw invalid(`tag mismatch: the group ${ip} has another tag`);
}
