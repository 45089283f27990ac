/**
 * Passwords at rest: scrypt, with its parameters in the encoded hash so that they can be raised later. Checking a password
 * costs the same whether or not there is a user, so that an answer's time does not tell which names exist.
 */
import { scrypt, timingSafeEqual, type ScryptOptions } from "node:crypto";
import type { World } from "@racklet/world";
import { unavailable } from "../errors.ts";

export interface Passwords {
  /** `$scrypt$ln=…,r=…,p=…$salt$key`, base64. */
  hash(password: string): Promise<string>;
  /** `encoded`: null where there is nothing to compare with; the answer is then false, after the same work. */
  verify(password: string, encoded: string | null): Promise<boolean>;
}

/** Of scrypt. */
export interface PasswordCost {
  /** Binary logarithm of the number of blocks. */
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** 16 MiB and some 30 ms each. */
const COST: PasswordCost = { ln: 14, r: 8, p: 1 };
/** More at once are refused: each waits for one of few threads. */
const MAX_CONCURRENT = 32;
const ENCODED = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)$/;

/** `cost`: of new hashes; older ones are checked at the cost they name. */
export function createPasswords(world: World, cost: PasswordCost = COST): Passwords {
  let running = 0;
  const derive = async (password: string, salt: Uint8Array, at: PasswordCost): Promise<Buffer> => {
    if (running >= MAX_CONCURRENT) throw unavailable(`${MAX_CONCURRENT} passwords are being checked already`);
    running += 1;
    try {
      return await deriveKey(password, salt, at);
    } finally {
      running -= 1;
    }
  };
  const nobody: Stored = { ...cost, salt: world.random.bytes(SALT_BYTES), key: Buffer.alloc(KEY_BYTES) };
  return {
    async hash(password) {
      const salt = world.random.bytes(SALT_BYTES);
      const key = await derive(password, salt, cost);
      const { ln, r, p } = cost;
      return `$scrypt$ln=${ln},r=${r},p=${p}$${Buffer.from(salt).toString("base64")}$${key.toString("base64")}`;
    },
    async verify(password, encoded) {
      const stored = encoded === null ? nobody : decode(encoded);
      const key = await derive(password, stored.salt, stored);
      return timingSafeEqual(key, stored.key) && encoded !== null;
    },
  };
}

interface Stored extends PasswordCost {
  readonly salt: Uint8Array;
  readonly key: Buffer;
}

function decode(encoded: string): Stored {
  const [, ln, r, p, salt = "", key = ""] = ENCODED.exec(encoded) ?? [];
  const stored = { ln: Number(ln), r: Number(r), p: Number(p), salt: Buffer.from(salt, "base64") };
  const decoded = { ...stored, key: Buffer.from(key, "base64") };
  if (decoded.key.length !== KEY_BYTES)
    throw new Error("a stored password hash is not in the form this program writes");
  return decoded;
}

function deriveKey(password: string, salt: Uint8Array, { ln, r, p }: PasswordCost): Promise<Buffer> {
  const options: ScryptOptions = { N: 2 ** ln, r, p, maxmem: 256 * 2 ** ln * r };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, KEY_BYTES, options, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}
