/**
 * Path and query parameters arrive as text. Each parameter names its schema for the document and a parser that accepts
 * what Rust's FromStr of the same type accepts.
 */
import {
  canonicalUuid,
  isIpv4,
  isIpv6,
  canonicalIp,
  parseI64,
  parseU16,
  parseU32,
  parseU64,
  parseU8,
} from "@racklet/net";
import { s, type Schema } from "./schema.ts";

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

export interface Param<T = unknown> {
  readonly schema: Schema<T>;
  readonly parse: (text: string) => Parsed<T>;
  readonly description?: string;
}

export interface QueryParam<T = unknown> {
  readonly param: Param<unknown>;
  readonly required: boolean;
  readonly default?: unknown;
  readonly value?: (value: unknown) => T;
}

export type Params = Readonly<Record<string, Param>>;
export type Query = Readonly<Record<string, QueryParam>>;
export type ParamsOf<P> = { readonly [K in keyof P]: P[K] extends Param<infer T> ? T : never };
export type QueryOf<Q> = { readonly [K in keyof Q]: Q[K] extends QueryParam<infer T> ? T : never };

export const accept = <T>(value: T): Parsed<T> => ({ ok: true, value });
export const refuse = (reason: string): { readonly ok: false; readonly reason: string } => ({ ok: false, reason });

const orRefuse =
  <T>(parse: (text: string) => T | null, what: string) =>
  (text: string): Parsed<T> => {
    const value = parse(text);
    return value === null ? refuse(`\`${text}\` is not ${what}`) : accept(value);
  };

const bool = (text: string): boolean | null => (text === "true" ? true : text === "false" ? false : null);

export const param = {
  string: (schema: Schema<string> = s.string()): Param<string> => ({ schema, parse: accept }),
  bool: (): Param<boolean> => ({ schema: s.boolean(), parse: orRefuse(bool, "`true` or `false`") }),
  u8: (): Param<number> => ({ schema: s.u8(), parse: orRefuse(parseU8, "an integer in 0..=255") }),
  u16: (): Param<number> => ({ schema: s.u16(), parse: orRefuse(parseU16, "an integer in 0..=65535") }),
  u32: (): Param<number> => ({ schema: s.u32(), parse: orRefuse(parseU32, "an integer in 0..=4294967295") }),
  u64: (): Param<number> => ({
    schema: s.u64(),
    parse: orRefuse((text) => safe(parseU64(text)), "an integer in 0..=9007199254740991"),
  }),
  i64: (): Param<number> => ({
    schema: s.i64(),
    parse: orRefuse((text) => safe(parseI64(text)), "an integer of at most 2^53 - 1 either side of 0"),
  }),
  uuid: (): Param<string> => ({ schema: s.uuid(), parse: orRefuse(canonicalUuid, "a UUID") }),
  ip: (): Param<string> => ({ schema: s.ip(), parse: orRefuse(canonicalIp, "an IP address") }),
  ipv4: (): Param<string> => ({
    schema: s.ipv4(),
    parse: orRefuse((text) => (isIpv4(text) ? text : null), "an IPv4 address"),
  }),
  ipv6: (): Param<string> => ({
    schema: s.ipv6(),
    parse: orRefuse((text) => (isIpv6(text) ? canonicalIp(text) : null), "an IPv6 address"),
  }),
  enum: <const V extends readonly string[]>(values: V, name?: string): Param<V[number]> => ({
    schema: name === undefined ? s.enum(values) : s.named(name, s.enum(values)),
    parse: orRefuse(
      (text) => values.find((value) => value === text) ?? null,
      `one of ${values.map((value) => `\`${value}\``).join(", ")}`,
    ),
  }),
  /** A parameter with a grammar of its own. */
  custom: <T>(schema: Schema<T>, parse: (text: string) => Parsed<T>): Param<T> => ({ schema, parse }),
};

export const query = {
  required: <T>(of: Param<T>): QueryParam<T> => ({ param: of, required: true }),
  optional: <T>(of: Param<T>): QueryParam<T | undefined> => ({ param: of, required: false }),
  withDefault: <T>(of: Param<T>, value: T): QueryParam<T> => ({ param: of, required: false, default: value }),
};

// A number that JavaScript cannot hold exactly is out of range for us.
function safe(value: bigint | null): number | null {
  if (value === null) return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : null;
}
