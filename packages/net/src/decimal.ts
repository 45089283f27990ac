/**
 * Decimal integers in path and query parameters, with the grammar of Rust's integer `FromStr`: an optional leading
 * `+` (for signed types also `-`), then ASCII digits, any number of leading zeros. Anything else, overflow included, is null.
 */

const PLUS = 43;
const MINUS = 45;
const U64_MAX = 2n ** 64n - 1n;
const I64_MAX = 2n ** 63n - 1n;

/** Integer in 0..=`max`; `max` must be below 2^48 so that every intermediate value is exact. */
function parseUnsigned(text: string, max: number): number | null {
  const start = text.charCodeAt(0) === PLUS ? 1 : 0;
  if (start === text.length) return null;
  let value = 0;
  for (let i = start; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return null;
    value = value * 10 + digit;
    if (value > max) return null;
  }
  return value;
}

export function parseU8(text: string): number | null {
  return parseUnsigned(text, 0xff);
}

export function parseU16(text: string): number | null {
  return parseUnsigned(text, 0xffff);
}

export function parseU32(text: string): number | null {
  return parseUnsigned(text, 0xffff_ffff);
}

export function parseU64(text: string): bigint | null {
  const value = parseDigits(text, text.charCodeAt(0) === PLUS ? 1 : 0);
  return value !== null && value <= U64_MAX ? value : null;
}

export function parseI64(text: string): bigint | null {
  const sign = text.charCodeAt(0);
  const magnitude = parseDigits(text, sign === PLUS || sign === MINUS ? 1 : 0);
  if (magnitude === null) return null;
  if (sign === MINUS) return magnitude <= I64_MAX + 1n ? -magnitude : null;
  return magnitude <= I64_MAX ? magnitude : null;
}

/** The digits from `start` on; null when there are none, or more significant ones than a 64-bit value can have. */
function parseDigits(text: string, start: number): bigint | null {
  if (start === text.length) return null;
  let significant = text.length;
  for (let i = start; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return null;
    if (digit !== 0 && significant === text.length) significant = i;
  }
  // BigInt() is superlinear in its input, so the length is bounded before it is called.
  if (text.length - significant > 20) return null;
  return BigInt(text.slice(significant));
}
