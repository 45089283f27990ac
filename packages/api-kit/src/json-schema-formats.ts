/** What the generated validators call: checks of string formats, accepting what upstream's parsers accept. */
import { isIp, isIpv4, isIpv6, isMac, isUuid } from "@racklet/net";

export const ip: (text: string) => boolean = isIp;
export const ipv4: (text: string) => boolean = isIpv4;
// A bulk body names the same few hosts in each of its entries, and a look-up costs a quarter of a scan.
export const ipv6: (text: string) => boolean = remembering(isIpv6, 1024);
export const mac: (text: string) => boolean = isMac;
export const uuid: (text: string) => boolean = isUuid;

/** The same check, which remembers texts that passed: at most `limit`. */
function remembering(check: (text: string) => boolean, limit: number): (text: string) => boolean {
  const passed = new Set<string>();
  return (text) => {
    if (passed.has(text)) return true;
    if (!check(text)) return false;
    if (passed.size >= limit) passed.clear();
    passed.add(text);
    return true;
  };
}

export function uri(text: string): boolean {
  return URL.canParse(text);
}

const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|[+-](\d\d):(\d\d))$/;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** RFC 3339, with the leap second 60 that chrono also reads. */
export function dateTime(text: string): boolean {
  const match = DATE_TIME.exec(text);
  if (match === null) return false;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, zoneHour = 0, zoneMinute = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
  return (
    day >= 1 &&
    day <= (DAYS[month - 1] ?? 0) + leap &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 60 &&
    zoneHour <= 23 &&
    zoneMinute <= 59
  );
}

/** Characters as Rust counts them: code points, not UTF-16 units. */
export function codePoints(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    const high = text.charCodeAt(i) & 0xfc00;
    if (high === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      count--;
      i++;
    }
  }
  return count;
}

/** Equality of JSON values, for arrays that must not repeat an item. */
export function jsonEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a);
  return (
    left.length === Object.keys(b).length &&
    left.every(([key, value]) => Object.hasOwn(b, key) && jsonEqual(value, (b as Record<string, unknown>)[key]))
  );
}
