/**
 * Seeded randomness: sfc32 (Chris Doty-Humphrey's Small Fast Counting generator, 128 bits of state, passes PractRand),
 * keyed by text. Each user of randomness gets a stream of its own, so what one draws never shifts what another sees.
 */
import type { Ids, Random } from "@racklet/world";

export type Seed = number | string;

/** A generator for `${seed}` and `stream`; equal arguments give equal sequences on every machine. Not for secrets. */
export function seededRandom(seed: Seed, stream: string): Random {
  let [a, b, c, counter] = initialState(`${seed}\0${stream}`);
  const nextUint32 = (): number => {
    const result = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + result;
    c |= 0;
    return result >>> 0;
  };
  for (let i = 0; i < 12; i += 1) nextUint32();
  return {
    // 53 bits, as Math.random has.
    next: () => ((nextUint32() >>> 5) * 2 ** 26 + (nextUint32() >>> 6)) / 2 ** 53,
    bytes: (length) => {
      const bytes = new Uint8Array(length);
      for (let i = 0; i < length; i += 1) bytes[i] = nextUint32() >>> 24;
      return bytes;
    },
  };
}

/** Version 4 UUIDs out of `random`. */
export function seededIds(random: Random): Ids {
  return {
    uuid: () => {
      const bytes = random.bytes(16);
      bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
      bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
      const hex = Buffer.from(bytes).toString("hex");
      return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
    },
  };
}

/** Four 32-bit words from text: xmur3, a MurmurHash3-style mixer. */
function initialState(text: string): [number, number, number, number] {
  let hash = 1779033703 ^ text.length;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 3432918353);
    hash = (hash << 13) | (hash >>> 19);
  }
  const word = (): number => {
    hash = Math.imul(hash ^ (hash >>> 16), 2246822507);
    hash = Math.imul(hash ^ (hash >>> 13), 3266489909);
    hash ^= hash >>> 16;
    return hash | 0;
  };
  return [word(), word(), word(), word()];
}
