/** NAT entries for the benchmarks: one per address of a /8, in order. */
export interface Entry {
  external: string;
  low: number;
  high: number;
  target: { internal_ip: string; inner_mac: { a: number[] }; vni: number };
}

export const entry = (n: number, prefix: number): Entry => ({
  external: `${prefix}.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`,
  low: 0,
  high: 65_535,
  target: {
    internal_ip: `fd00:1122:3344:1${(n % 100).toString().padStart(2, "0")}::1`,
    inner_mac: { a: [168, 64, 37, (n >> 16) & 255, (n >> 8) & 255, n & 255] },
    vni: 1024 + (n % 1000),
  },
});
export const entries = (count: number, prefix: number): Entry[] =>
  Array.from({ length: count }, (_, n) => entry(n, prefix));
