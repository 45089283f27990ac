/** Values of an authored schema, and values that are almost so. */
import fc from "fast-check";
import type { Field, Schema, SchemaNode } from "@racklet/api-kit/schema";

export function valid(schema: Schema): fc.Arbitrary<unknown> {
  const arbitrary = known.get(schema) ?? arbitraryOf(schema.node);
  known.set(schema, arbitrary);
  return arbitrary;
}

const known = new WeakMap<Schema, fc.Arbitrary<unknown>>();
/** Named shapes whose arbitrary is being made: where one refers to itself, its values end. */
const under = new Set<Schema>();

function isUnder({ node }: Schema): boolean {
  return node.kind === "named" && under.has(node.inner);
}

function arbitraryOf(node: SchemaNode): fc.Arbitrary<unknown> {
  switch (node.kind) {
    case "any":
      return fc.jsonValue();
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "number":
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case "integer":
      return integers(node);
    case "string":
      return strings(node);
    case "enum":
      return fc.constantFrom(...node.values);
    case "array": {
      if (isUnder(node.items)) return fc.constant([]);
      const limits = { minLength: node.minItems ?? 0, maxLength: node.maxItems ?? Math.max(node.minItems ?? 0, 2) };
      return node.uniqueItems === true
        ? fc.uniqueArray(valid(node.items), { ...limits, selector: (each) => JSON.stringify(each) })
        : fc.array(valid(node.items), limits);
    }
    case "object":
      return objects(node.fields);
    case "map":
      return fc.dictionary(
        fc.string({ maxLength: 5 }).filter((key) => key !== "__proto__"),
        valid(node.values),
        { maxKeys: 2 },
      );
    case "union":
      return fc.oneof(...node.variants.map(valid));
    case "nullable":
      return isUnder(node.inner) ? fc.constant(null) : fc.option(valid(node.inner));
    case "described":
      return valid(node.inner);
    case "named": {
      under.add(node.inner);
      const inner = valid(node.inner);
      under.delete(node.inner);
      return inner;
    }
  }
}

/** JSON text and back, with one place changed: removed, renamed, or replaced by something of the wrong kind or just outside. */
export function nearlyValid(schema: Schema): fc.Arbitrary<unknown> {
  return fc
    .tuple(valid(schema), fc.nat(), fc.constantFrom(...JUNK), fc.constantFrom("replace", "remove", "rename", "nudge"))
    .map(([value, seed, junk, how]) => mutate(structuredClone(value), seed, junk, how));
}

const JUNK: readonly unknown[] = [
  null, true, -1, 0, 1.5, 256, 65_536, 4_294_967_296, 2 ** 53, "", "x", "1.2.3.4", "::1", "1.2.3", "fe80::%1", "🦀".repeat(8),
  "🦀".repeat(9), "00000000-0000-0000-0000-00000000000G", "2024-02-30T00:00:00Z", "2024-13-01T00:00:00Z", "a:b:c:d:e:f", [], {}, [[]], { type: "image" },
]; // prettier-ignore

type Place = { readonly parent: Record<string, unknown>; readonly key: string };

function mutate(value: unknown, seed: number, junk: unknown, how: string): unknown {
  const places = placesOf(value);
  if (places.length === 0) return junk;
  const { parent, key } = places[seed % places.length] as Place;
  const old = parent[key];
  if (how === "replace") parent[key] = junk;
  else if (how === "nudge" && typeof old === "number") parent[key] = old + 0.5;
  else if (how === "nudge" && typeof old === "string") parent[key] = `${old} `;
  else if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else {
    delete parent[key];
    if (how === "rename") parent[`${key}_`] = old;
  }
  return value;
}

function placesOf(value: unknown): Place[] {
  if (typeof value !== "object" || value === null) return [];
  const parent = value as Record<string, unknown>;
  return Object.keys(parent).flatMap((key) => [{ parent, key }, ...placesOf(parent[key])]);
}

function integers(node: SchemaNode & { kind: "integer" }): fc.Arbitrary<number> {
  const bits = Number(/\d+$/.exec(node.format)?.[0] ?? 64);
  const unsigned = node.format.startsWith("u");
  const high = Math.min(Number.MAX_SAFE_INTEGER, 2 ** (unsigned ? bits : bits - 1) - 1);
  const low = unsigned ? 0 : Math.max(-Number.MAX_SAFE_INTEGER, -(2 ** (bits - 1)));
  return fc
    .maxSafeInteger()
    .chain(() => fc.integer({ min: 0, max: 1 }))
    .chain((edge) => {
      const min = Math.max(low, node.minimum ?? low);
      const max = Math.min(high, node.maximum ?? high);
      return edge === 1
        ? fc.constantFrom(min, max)
        : fc.maxSafeInteger().map((n) => min + (Math.abs(n) % (max - min + 1)));
    });
}

function strings(node: SchemaNode & { kind: "string" }): fc.Arbitrary<string> {
  switch (node.format) {
    case "ipv4":
      return fc.ipV4();
    case "ipv6":
      return fc.ipV6();
    case "ip":
      return fc.oneof(fc.ipV4(), fc.ipV6());
    case "uuid":
      return fc.uuid();
    case "date-time":
      return fc
        .date({ min: new Date("1970-01-01T00:00:00Z"), max: new Date("9999-01-01T00:00:00Z"), noInvalidDate: true })
        .map((date) => date.toISOString());
    case "mac":
      return fc
        .array(fc.nat(255), { minLength: 6, maxLength: 6 })
        .map((bytes) => bytes.map((byte) => byte.toString(16)).join(":"));
    case "uri":
      return fc.webUrl();
    default:
  }
  if (node.pattern !== undefined) return fc.oneof(matching(node.pattern), fc.string());
  return fc.string({ minLength: node.minLength ?? 0, maxLength: node.maxLength ?? 12, unit: CODE_POINTS });
}

// Look-arounds cannot be generated from: without them the strings are close, and both sides judge them anyway.
function matching(pattern: string): fc.Arbitrary<string> {
  try {
    return fc.stringMatching(new RegExp(pattern.replaceAll(/\(\?<?[=!](?:[^()]|\([^()]*\))*\)/g, "")));
  } catch {
    return fc.string();
  }
}

function objects(fields: Readonly<Record<string, Field>>): fc.Arbitrary<unknown> {
  const required = Object.keys(fields).filter((name) => fields[name]?.required === true);
  const model = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, valid(field.schema)]));
  return fc.record(model, { requiredKeys: required, noNullPrototype: true });
}

/** As the unit "binary", which builds a table of a million entries to find a character's number again. */
const CODE_POINTS = fc.nat(0x10f7ff).map(
  (n) => String.fromCodePoint(n < 0xd800 ? n : n + 0x800),
  (text) => {
    const point = typeof text === "string" ? (text.codePointAt(0) ?? -1) : -1;
    if (point < 0 || String.fromCodePoint(point) !== text) throw new Error("not a character");
    return point < 0xd800 ? point : point - 0x800;
  },
);
