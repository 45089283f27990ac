/** IPv4 text ⇄ u32. Accepts what Rust's std accepts: four decimal octets, no leading zeros, nothing around them. */

/** u32 of `text[start, end)`, or -1. One pass, no allocation. */
export function scanIpv4(text: string, start: number, end: number): number {
  let address = 0;
  let dots = 0;
  let octet = -1;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === 46) {
      if (octet < 0 || dots === 3) return -1;
      address = address * 256 + octet;
      dots++;
      octet = -1;
      continue;
    }
    const digit = code - 48;
    // A digit after an octet that is already 0 would make a leading zero.
    if (digit < 0 || digit > 9 || octet === 0) return -1;
    octet = octet < 0 ? digit : octet * 10 + digit;
    if (octet > 255) return -1;
  }
  return dots === 3 && octet >= 0 ? address * 256 + octet : -1;
}

export function isIpv4(text: string): boolean {
  return scanIpv4(text, 0, text.length) >= 0;
}

/** The address as a u32, or null when `text` is not one. */
export function parseIpv4(text: string): number | null {
  const address = scanIpv4(text, 0, text.length);
  return address < 0 ? null : address;
}

/** Throws RangeError outside 0..2^32-1. */
export function formatIpv4(address: number): string {
  if (!Number.isInteger(address) || address < 0 || address > 0xffff_ffff) {
    throw new RangeError(`not an IPv4 address: ${address}`);
  }
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}
