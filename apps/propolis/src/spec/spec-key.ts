/**
 * Keys of components: a UUID or else a name. Whatever reads as a UUID is one, in any of its spellings, and is shown in
 * lower case with hyphens; everything else, the empty text included, is a name and stays as it is.
 */
import { canonicalUuid, isUuid } from "@racklet/net";

/** The one text of a key: two spellings of one UUID have the same. */
export function canonicalSpecKey(text: string): string {
  return canonicalUuid(text) ?? text;
}

/** Orders canonical keys: UUIDs before names, each bytewise. */
export function compareSpecKeys(a: string, b: string): number {
  const [aIsUuid, bIsUuid] = [isUuid(a), isUuid(b)];
  if (aIsUuid !== bIsUuid) return aIsUuid ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
