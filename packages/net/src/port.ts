/** Transport ports, inclusive port ranges, and the blocks that source NAT hands out. */
import { parseU16 } from "./decimal.ts";

export interface PortRange {
  readonly low: number;
  readonly high: number;
}

export const ALL_PORTS: PortRange = Object.freeze({ low: 0, high: 0xffff });
export const SNAT_BLOCK_SIZE = 16384;
/** The port space in blocks, lowest first. */
export const SNAT_BLOCKS: readonly PortRange[] = Object.freeze(
  [0, 1, 2, 3].map((block) =>
    Object.freeze({ low: block * SNAT_BLOCK_SIZE, high: block * SNAT_BLOCK_SIZE + SNAT_BLOCK_SIZE - 1 }),
  ),
);

/** 0..65535; port 0 is valid in a NAT entry. */
export function isPort(n: number): boolean {
  return Number.isInteger(n) && n >= 0 && n <= 0xffff;
}

export function isPortRange({ low, high }: PortRange): boolean {
  return isPort(low) && isPort(high) && low <= high;
}

export function portRangesOverlap(a: PortRange, b: PortRange): boolean {
  return a.low <= b.high && b.low <= a.high;
}

export function portRangeContains({ low, high }: PortRange, port: number): boolean {
  return low <= port && port <= high;
}

/** The range is exactly one of SNAT_BLOCKS. */
export function isSnatBlock({ low, high }: PortRange): boolean {
  return isPort(low) && low % SNAT_BLOCK_SIZE === 0 && high - low === SNAT_BLOCK_SIZE - 1;
}

/** Firewall port filter: `80` or `80-443`. Null for port 0, a missing end, or a first port after the last. */
export function parseL4PortRange(text: string): PortRange | null {
  const dash = text.indexOf("-");
  const low = parseU16(dash < 0 ? text : text.slice(0, dash));
  const high = dash < 0 ? low : parseU16(text.slice(dash + 1));
  return low === null || high === null || low === 0 || low > high ? null : { low, high };
}

export function formatL4PortRange({ low, high }: PortRange): string {
  return low === high ? `${low}` : `${low}-${high}`;
}
