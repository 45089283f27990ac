/** Random addresses, in canonical form and in every other spelling that is accepted. */
import fc from "fast-check";
import { formatIpv4, formatIpv6 } from "../src/index.ts";

/** Groups with many zeros, so that runs to compress, ties between them and IPv4-mapped addresses are common. */
const group = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.constantFrom(1, 0xffff), fc.nat(0xffff));
export const ipv6Groups = fc.oneof(
  fc.array(group, { minLength: 8, maxLength: 8 }),
  fc.tuple(fc.nat(0xffff), fc.nat(0xffff)).map(([a, b]) => [0, 0, 0, 0, 0, 0xffff, a, b]),
);
export const ipv4 = fc.nat(0xffff_ffff).map(formatIpv4);
export const ipv6 = ipv6Groups.map((groups) => formatIpv6(groupsToBigint(groups)));
export const ip = fc.oneof(ipv4, ipv6);

export function groupsToBigint(groups: readonly number[]): bigint {
  return groups.reduce((n, each) => (n << 16n) | BigInt(each), 0n);
}

/** One of the accepted spellings of the groups: any case, padded groups, any one zero run or none as `::`, dotted tail. */
export const spelledIpv6 = fc
  .record({
    groups: ipv6Groups,
    upper: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
    width: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 8, maxLength: 8 }),
    dotted: fc.boolean(),
    gap: fc.tuple(fc.nat(7), fc.integer({ min: 0, max: 8 })),
  })
  .map(({ groups, upper, width, dotted, gap: [from, wanted] }) => {
    const spell = (n: number, i: number) => {
      const text = n.toString(16).padStart(width[i] ?? 1, "0");
      return upper[i] ? text.toUpperCase() : text;
    };
    const parts = groups.map(spell);
    const limit = dotted ? 6 : 8;
    let length = 0;
    while (length < wanted && from + length < limit && groups[from + length] === 0) length++;
    const tail = dotted ? [formatIpv4((groups[6] ?? 0) * 65536 + (groups[7] ?? 0))] : parts.slice(6);
    const pieces = [...parts.slice(0, 6), ...tail];
    const text =
      length === 0 ? pieces.join(":") : `${pieces.slice(0, from).join(":")}::${pieces.slice(from + length).join(":")}`;
    return { text, value: groupsToBigint(groups) };
  });
