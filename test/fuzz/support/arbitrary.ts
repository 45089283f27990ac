/** Values that a document's schema allows, as fast-check arbitraries. Every one of them satisfies `conforms`. */
import type { JsonSchema, SchemaDocument } from "@racklet/api-kit/json-schema";
import fc from "fast-check";
import { allOf, boundsOf, conforms, numberOf, propertiesOf, requiredOf, resolve, variantsOf } from "./conforms.ts";
import type { Pool } from "./pool.ts";
import { WORDS } from "./words.ts";

type Values = fc.Arbitrary<unknown>;

/** `name`: of the field or parameter the value is for. */
export function valuesOf(document: SchemaDocument, schema: JsonSchema, pool: Pool, name = ""): Values {
  return new Builder(document, pool).values(schema, name, 0);
}

const MAX_DEPTH = 40;
const MAX_ITEMS = 3;
/** From this depth on a type that contains itself ends: with null, with no items, without what may be left out. */
const DEEP = 12;

class Builder {
  readonly #document: SchemaDocument;
  readonly #pool: Pool;

  constructor(document: SchemaDocument, pool: Pool) {
    this.#document = document;
    this.#pool = pool;
  }

  values(unresolved: JsonSchema, name: string, depth: number): Values {
    if (depth > MAX_DEPTH) throw new Error(`a schema of more than ${MAX_DEPTH} levels at ${name}`);
    const schema = resolve(this.#document, unresolved);
    if (depth > DEEP && schema["nullable"] === true) return fc.constant(null);
    const known = this.#pool.named(name).filter((value) => conforms(this.#document, schema, value));
    if (known.length > 0 && this.#pool.isExact(name)) return fc.constantFrom(...known);
    const fresh = this.#bare(schema, name, depth);
    const values = known.length === 0 ? fresh : fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...known) }, fresh);
    return schema["nullable"] === true ? fc.option(values, { nil: null, freq: 3 }) : values;
  }

  #bare(schema: JsonSchema, name: string, depth: number): Values {
    const all = allOf(schema);
    if (all !== undefined) {
      const [only] = all;
      if (only === undefined || all.length > 1) throw new Error(`an allOf of ${all.length} at ${name}`);
      return this.values(only, name, depth + 1);
    }
    const variants = variantsOf(schema);
    if (variants !== undefined) return fc.oneof(...variants.map((each) => this.values(each, name, depth + 1)));
    switch (schema["type"]) {
      case undefined:
        return fc.jsonValue({ maxDepth: 2 });
      case "boolean":
        return fc.boolean();
      case "number":
        return fc.double({ noNaN: true, noDefaultInfinity: true });
      case "integer":
        return integers(schema);
      case "string":
        return this.#strings(schema);
      case "array":
        return this.#arrays(schema, name, depth);
      default:
        return this.#objects(schema, name, depth);
    }
  }

  #strings(schema: JsonSchema): Values {
    const values = schema["enum"] as readonly string[] | undefined;
    if (values !== undefined) return fc.constantFrom(...values);
    const fitting = (words: readonly string[]): readonly string[] =>
      words.filter((word) => conforms(this.#document, schema, word));
    if (schema["format"] === "uuid") {
      const { ids } = this.#pool;
      // Looked up when a value is made: by then there may be more ids.
      const existing = fc.nat().map((n) => ids[n % ids.length] ?? "00000000-0000-4000-8000-000000000000");
      return fc.oneof({ weight: 3, arbitrary: existing }, fc.uuid());
    }
    const words = fitting(WORDS);
    const isFree = schema["pattern"] === undefined && fitting(["\u{1f980} \n"]).length > 0;
    if (isFree) {
      const maxLength = Math.min(numberOf(schema, "maxLength") ?? 40, 40);
      const texts = fc.string({ unit: CODE_POINTS, minLength: numberOf(schema, "minLength") ?? 0, maxLength });
      return words.length === 0 ? texts : fc.oneof(fc.constantFrom(...words), texts);
    }
    if (words.length === 0) return this.#matching(schema);
    return fc.constantFrom(...words);
  }

  #matching(schema: JsonSchema): Values {
    try {
      const texts = fc.stringMatching(new RegExp(String(schema["pattern"])), { maxLength: 40 });
      return texts.filter((text) => conforms(this.#document, schema, text));
    } catch (cause) {
      throw new Error(`words.ts has no word for ${JSON.stringify(schema)}: add one`, { cause });
    }
  }

  #arrays(schema: JsonSchema, name: string, depth: number): Values {
    const minLength = numberOf(schema, "minItems") ?? 0;
    if (depth > DEEP && minLength === 0) return fc.constant([]);
    const items = this.values(schema["items"] as JsonSchema, name, depth + 1);
    const maxLength = Math.min(numberOf(schema, "maxItems") ?? Number.MAX_SAFE_INTEGER, Math.max(minLength, MAX_ITEMS));
    return schema["uniqueItems"] === true
      ? fc.uniqueArray(items, { minLength, maxLength, selector: (item) => JSON.stringify(item) })
      : fc.array(items, { minLength, maxLength });
  }

  #objects(schema: JsonSchema, name: string, depth: number): Values {
    const required = requiredOf(schema);
    const properties = Object.entries(propertiesOf(schema)).filter(
      ([field]) => depth <= DEEP || required.includes(field),
    );
    const rest = schema["additionalProperties"];
    if (typeof rest === "object" && rest !== null && properties.length === 0) {
      const keys = fc.constantFrom(...WORDS.filter((word) => /^[a-z]/.test(word)), "");
      return fc.dictionary(keys, this.values(rest as JsonSchema, name, depth + 1), { maxKeys: MAX_ITEMS });
    }
    const fields = Object.fromEntries(properties.map(([field, each]) => [field, this.values(each, field, depth + 1)]));
    const known = fc.record(fields, { requiredKeys: [...required], noNullPrototype: true });
    if (rest !== undefined) return known;
    // Fields nobody knows are ignored.
    const unknown = fc.constantFrom({ zz_unknown: 1 }, JSON.parse('{"__proto__":{"polluted":1}}') as object);
    return fc.oneof(
      { weight: 9, arbitrary: known },
      fc.tuple(known, unknown).map(([value, more]) => withFields(value, more)),
    );
  }
}

// A spread would set the prototype instead of adding the field.
function withFields(value: object, more: object): object {
  const result = { ...value };
  for (const [key, part] of Object.entries(more)) {
    Object.defineProperty(result, key, {
      value: part as unknown,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return result;
}

function integers(schema: JsonSchema): Values {
  const [min, max] = boundsOf(schema);
  const small = { min: Math.max(min, 0), max: Math.min(max, 20) };
  const edges = [min, max].filter(Number.isSafeInteger);
  const any = fc.maxSafeInteger().map((n) => min + (Math.abs(n) % Math.max(1, Math.min(max - min, 2 ** 40))));
  const choices: fc.WeightedArbitrary<number>[] = [
    { weight: 2, arbitrary: fc.constantFrom(...edges) },
    { weight: 1, arbitrary: any },
  ];
  if (small.min <= small.max) choices.push({ weight: 4, arbitrary: fc.integer(small) });
  return fc.oneof(...choices);
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
