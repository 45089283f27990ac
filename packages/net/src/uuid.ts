/** UUID text, without regard to version or variant: upstream accepts any 128 bits. */
import { hexDigit } from "./hex.ts";

const URN = "urn:uuid:";

/** The hyphenated form of 36 characters, either case. Allocates nothing. */
export function isUuid(text: string): boolean {
  return text.length === 36 && isHyphenated(text, 0);
}

/**
 * Lower-case hyphenated text for the forms Rust's uuid crate reads: hyphenated, 32 plain digits, `urn:uuid:…` (the
 * prefix in lower case) and `{…}` around a hyphenated one. The same string when it is already canonical, null for the rest.
 */
export function canonicalUuid(text: string): string | null {
  switch (text.length) {
    case 36:
      return isHyphenated(text, 0) ? text.toLowerCase() : null;
    case 38:
      if (text[0] !== "{" || text[37] !== "}" || !isHyphenated(text, 1)) return null;
      return text.slice(1, 37).toLowerCase();
    case 45:
      return text.startsWith(URN) && isHyphenated(text, URN.length) ? text.slice(URN.length).toLowerCase() : null;
    case 32:
      return isHex(text, 0, 32) ? hyphenate(text.toLowerCase()) : null;
    default:
      return null;
  }
}

function hyphenate(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The 36 characters from `start` on; the caller has checked that they exist. */
function isHyphenated(text: string, start: number): boolean {
  for (let i = 0; i < 36; i++) {
    const code = text.charCodeAt(start + i);
    const hyphen = i === 8 || i === 13 || i === 18 || i === 23;
    if (hyphen ? code !== 45 : hexDigit(code) < 0) return false;
  }
  return true;
}

function isHex(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (hexDigit(text.charCodeAt(i)) < 0) return false;
  return true;
}
