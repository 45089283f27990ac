/** For a value that a schema allows: variants it does not allow, each with what is wrong with it and where. */
import type { JsonSchema, SchemaDocument } from "@racklet/api-kit/json-schema";
import {
  allOf,
  boundsOf,
  conforms,
  isRecord,
  numberOf,
  propertiesOf,
  requiredOf,
  resolve,
  variantsOf,
} from "./conforms.ts";

export interface Mutation {
  /** The kind, for example `missing field` or `above the maximum`. */
  readonly what: string;
  /** For example `entries[0].target.vni`; empty for the whole value. */
  readonly path: string;
  /** JSON text: some numbers cannot be said in JavaScript. */
  readonly text: string;
}

/**
 * Every variant is one that `conforms` refuses, or JSON that holds half a character. No text is longer than `maxBytes`
 * characters unless the value already is.
 */
export function mutationsOf(
  document: SchemaDocument,
  schema: JsonSchema,
  value: unknown,
  maxBytes: number,
): Mutation[] {
  const found: Mutation[] = [];
  const limit = Math.max(maxBytes, JSON.stringify(value).length);
  for (const { what, path, steps, replacement } of candidates(document, schema, value, [])) {
    const text = textOf(replaceAt(value, steps, replacement));
    if (text.length > limit) continue;
    if (what === HALF_CHARACTER || !conforms(document, schema, JSON.parse(text))) found.push({ what, path, text });
  }
  return found;
}

const HALF_CHARACTER = "half of a surrogate pair";

/** JSON text to be put in as it is. */
class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Steps = readonly (string | number)[];

interface Candidate {
  readonly what: string;
  readonly path: string;
  readonly steps: Steps;
  readonly replacement: unknown;
}

function* candidates(
  document: SchemaDocument,
  unresolved: JsonSchema,
  value: unknown,
  steps: Steps,
): Generator<Candidate> {
  const schema = resolve(document, unresolved);
  const path = pathText(steps);
  const at = (what: string, replacement: unknown): Candidate => ({ what, path, steps, replacement });
  const inside = (each: JsonSchema): Generator<Candidate> => candidates(document, each, value, steps);
  if (schema["nullable"] !== true) yield at("null", null);
  for (const all of allOf(schema) ?? []) yield* inside(all);
  const variants = variantsOf(schema);
  if (variants !== undefined) {
    for (const each of variants) if (conforms(document, each, value)) yield* inside(each);
    return;
  }
  if (schema["type"] === undefined) return;
  for (const other of ["text", 12, true, [], {}, [[[[[[[[]]]]]]]]]) yield at("another type", other);
  yield at("a deep nest", new Raw(`${"[".repeat(2_000)}${"]".repeat(2_000)}`));
  if (typeof value === "string") for (const [what, text] of wrongStrings(schema, value)) yield at(what, text);
  if (schema["type"] === "integer") for (const [what, number] of wrongIntegers(schema)) yield at(what, number);
  if (Array.isArray(value)) {
    for (const [what, items] of wrongArrays(schema, value)) yield at(what, items);
    for (const [i, item] of value.slice(0, 1).entries()) {
      yield* candidates(document, schema["items"] as JsonSchema, item, [...steps, i]);
    }
  } else if (isRecord(value)) {
    for (const [what, record] of wrongObjects(schema, value)) yield at(what, record);
    const rest = schema["additionalProperties"];
    for (const [name, part] of Object.entries(value)) {
      const property = propertiesOf(schema)[name] ?? (isRecord(rest) ? rest : undefined);
      if (property !== undefined) yield* candidates(document, property, part, [...steps, name]);
    }
  }
}

function* wrongStrings(schema: JsonSchema, value: string): Generator<[string, unknown]> {
  const maxLength = numberOf(schema, "maxLength");
  if (maxLength !== undefined) {
    yield ["too long", (value || "a").padEnd(maxLength + 1, "a")];
    yield ["too long, in characters of two units", "\u{1f980}".repeat(maxLength + 1)];
  }
  if ((numberOf(schema, "minLength") ?? 0) > 0) yield ["too short", ""];
  if (schema["enum"] !== undefined) {
    yield ["an unknown value", `${value}x`];
    yield ["another case", value === value.toUpperCase() ? value.toLowerCase() : value.toUpperCase()];
    yield ["an inherited name", "constructor"];
  }
  if (schema["pattern"] !== undefined || schema["format"] !== undefined) {
    for (const text of ["", " ", `${value} `, `${value}\n`, `${value}\0`, "-", "1.2.3.256", "fd00:::1", "é"]) {
      yield ["another form", text];
    }
  }
  yield [HALF_CHARACTER, new Raw('"\\ud83e"')];
  yield [HALF_CHARACTER, new Raw('"a\\udd80\\ud83e"')];
}

function* wrongIntegers(schema: JsonSchema): Generator<[string, unknown]> {
  const [low, high] = boundsOf(schema);
  yield ["below the minimum", new Raw(String(BigInt(low) - 1n))];
  yield ["above the maximum", new Raw(String(BigInt(high) + 1n))];
  yield ["a fraction", 0.5];
  yield ["2^64", new Raw("18446744073709551616")];
  yield ["beyond every number", new Raw("1e400")];
  yield ["beyond every number", new Raw("-1e400")];
  yield ["a number in a text", "1"];
}

function* wrongArrays(schema: JsonSchema, value: readonly unknown[]): Generator<[string, unknown]> {
  const minItems = numberOf(schema, "minItems") ?? 0;
  const maxItems = numberOf(schema, "maxItems");
  if (minItems > 0) yield ["too few items", value.slice(0, minItems - 1)];
  if (maxItems !== undefined && value.length > 0) {
    yield ["too many items", Array.from({ length: maxItems + 1 }, (_, i) => value[i % value.length])];
  }
  if (schema["uniqueItems"] === true && value.length > 0) yield ["an item twice", [...value, value[0]]];
  yield ["a huge array", Array.from({ length: 2_000 }, () => null)];
}

function* wrongObjects(schema: JsonSchema, value: Readonly<Record<string, unknown>>): Generator<[string, unknown]> {
  for (const name of requiredOf(schema)) {
    const rest = Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
    yield [`missing field`, rest];
    yield ["a field of the prototype only", new Raw(`{"__proto__":${JSON.stringify(value)}}`)];
  }
  if (schema["additionalProperties"] === false) {
    yield ["a field nobody knows", { ...value, zz_unknown: 1 }];
    const inner = JSON.stringify(value).slice(1, -1);
    yield ["a field __proto__", new Raw(`{${inner}${inner === "" ? "" : ","}"__proto__":{}}`)];
  }
}

function replaceAt(value: unknown, [step, ...rest]: Steps, replacement: unknown): unknown {
  if (step === undefined) return replacement;
  if (Array.isArray(value)) {
    return value.map((item: unknown, i) => (i === step ? replaceAt(item, rest, replacement) : item));
  }
  // The steps were made walking this very value, so what is not an array is a record.
  const record = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(record).map(([key, part]) => [key, key === step ? replaceAt(part, rest, replacement) : part]),
  );
}

const MARK = "raw text stands here";

function textOf(value: unknown): string {
  let raw: string | undefined;
  const text = JSON.stringify(value, (_, part: unknown) => {
    if (!(part instanceof Raw)) return part;
    raw = part.text;
    return MARK;
  });
  const mark = JSON.stringify(MARK);
  return raw === undefined ? text : text.replace(mark, () => raw as string);
}

function pathText(steps: Steps): string {
  return steps
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`))
    .join("")
    .replace(/^\./, "");
}
