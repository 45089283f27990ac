/**
 * Turns schemas of our OpenAPI 3.0.3 documents into JSON Schema that a validator can enforce: `nullable` becomes a type,
 * integer formats become bounds, a union whose variants name themselves becomes a discriminated one, documentation goes.
 * A plain `oneOf` is enforced as "matches at least one", which is how upstream reads untagged unions.
 */
export type JsonSchema = { readonly [keyword: string]: unknown };

export interface SchemaDocument {
  readonly components?: { readonly schemas?: Readonly<Record<string, JsonSchema>> };
}

/** String formats with a checker in json-schema-formats.ts; others only document. */
export const CHECKED_FORMATS: readonly string[] = ["date-time", "ip", "ipv4", "ipv6", "mac", "uri", "uuid"];

const REF_PREFIX = "#/components/schemas/";

/** The component a reference points at. */
export function componentName(ref: string): string {
  if (!ref.startsWith(REF_PREFIX)) throw new Error(`reference outside components.schemas: ${ref}`);
  return ref.slice(REF_PREFIX.length);
}

/** Converts one schema; `reference` says what stands in place of a named one. */
export function toJsonSchema(
  document: SchemaDocument,
  schema: JsonSchema,
  reference: (name: string) => JsonSchema,
): JsonSchema {
  const convert = (each: JsonSchema): JsonSchema => {
    const bare = withoutNull(each);
    return each["nullable"] === true ? orNull(bare) : bare;
  };
  const withoutNull = (each: JsonSchema): JsonSchema => {
    if (typeof each["$ref"] === "string") return reference(componentName(each["$ref"]));
    const all = variants(each, "allOf");
    if (all !== undefined) return all.length === 1 ? convert(all[0] as JsonSchema) : { allOf: all.map(convert) };
    const union = variants(each, "oneOf") ?? variants(each, "anyOf");
    if (union !== undefined) return unionSchema(document, union, convert);
    switch (each["type"]) {
      case "integer":
        return { type: "integer", ...bounds(each) };
      case "string":
        return stringSchema(each);
      case "array":
        return {
          type: "array",
          items: convert(each["items"] as JsonSchema),
          ...pick(each, ["minItems", "maxItems", "uniqueItems"]),
        };
      case "object":
        return objectSchema(each, convert);
      default:
        return pick(each, ["type", "minimum", "maximum"]);
    }
  };
  return convert(schema);
}

function stringSchema(schema: JsonSchema): JsonSchema {
  const values = schema["enum"];
  if (Array.isArray(values) && values.length === 1 && values[0] === null) return { type: "null" };
  if (values !== undefined) return { type: "string", enum: values };
  const format = CHECKED_FORMATS.includes(String(schema["format"])) ? { format: schema["format"] } : {};
  const pattern = typeof schema["pattern"] === "string" ? { pattern: linearPattern(schema["pattern"]) } : {};
  return { type: "string", ...pick(schema, ["minLength", "maxLength"]), ...pattern, ...format };
}

/**
 * The same language without the ambiguity that makes a backtracking engine try every way to split a run of letters:
 * `[ab]+[abc]*` is `[ab][abc]*`. Upstream's pattern of a host name takes seconds on one bad name otherwise; Rust's engine,
 * for which it was written, does not backtrack.
 */
export function linearPattern(pattern: string): string {
  return pattern.replaceAll(/\[([^\][^]+)\]\+(?=\[([^\][^]+)\]\*)/g, (whole, few: string, many: string) =>
    many.includes(few) ? `[${few}]` : whole,
  );
}

function objectSchema(schema: JsonSchema, convert: (each: JsonSchema) => JsonSchema): JsonSchema {
  const properties = schema["properties"] as Readonly<Record<string, JsonSchema>> | undefined;
  const rest = schema["additionalProperties"];
  return {
    type: "object",
    ...pick(schema, ["required"]),
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, convert(each)])) }),
    ...(rest === false ? { additionalProperties: false } : {}),
    ...(typeof rest === "object" && rest !== null ? { additionalProperties: convert(rest as JsonSchema) } : {}),
  };
}

// The tag is checked by itself first: its error lists the allowed tags, any other is that of the variant it names.
function unionSchema(
  document: SchemaDocument,
  union: readonly JsonSchema[],
  convert: (each: JsonSchema) => JsonSchema,
): JsonSchema {
  const tagged = findTag(document, union);
  if (tagged === null) return { anyOf: union.map(convert) };
  return {
    allOf: [
      {
        type: "object",
        required: [tagged.name],
        properties: { [tagged.name]: { type: "string", enum: tagged.values } },
      },
      {
        type: "object",
        discriminator: { propertyName: tagged.name },
        required: [tagged.name],
        // Written out: the compiler finds the tags by looking into the variants.
        oneOf: tagged.variants.map(convert),
      },
    ],
  };
}

interface Tagged {
  readonly name: string;
  readonly values: readonly string[];
  readonly variants: readonly JsonSchema[];
}

/** The property that tells the variants of a union apart: required everywhere, one distinct value in each. */
export function findTag(document: SchemaDocument, union: readonly JsonSchema[]): Tagged | null {
  const objects = union.map((each) => dereference(document, each));
  for (const name of Object.keys((objects[0]?.["properties"] as object | undefined) ?? {})) {
    const values = objects.map((each) => tagValue(document, each, name));
    if (values.some((value) => value === null) || new Set(values).size !== values.length) continue;
    return { name, values: values as string[], variants: objects };
  }
  return null;
}

function tagValue(document: SchemaDocument, object: JsonSchema, name: string): string | null {
  if (object["type"] !== "object" || object["nullable"] === true) return null;
  if (!((object["required"] as readonly string[] | undefined) ?? []).includes(name)) return null;
  const property = (object["properties"] as Readonly<Record<string, JsonSchema>> | undefined)?.[name];
  if (property === undefined) return null;
  const values = dereference(document, property)["enum"] as readonly string[] | undefined;
  return values?.length === 1 ? (values[0] as string) : null;
}

/** Follows references and one-element `allOf` wrappers, as long as they say nothing but where to look. */
export function dereference(document: SchemaDocument, schema: JsonSchema): JsonSchema {
  let each = schema;
  for (let hops = 0; hops < 100; hops++) {
    const all = variants(each, "allOf");
    if (typeof each["$ref"] === "string") {
      const name = componentName(each["$ref"]);
      const target = document.components?.schemas?.[name];
      if (target === undefined) throw new Error(`no component named ${name}`);
      each = target;
    } else if (all?.length === 1 && each["nullable"] !== true) each = all[0] as JsonSchema;
    else return each;
  }
  throw new Error(`reference cycle at ${JSON.stringify(schema)}`);
}

function orNull(schema: JsonSchema): JsonSchema {
  if (Object.keys(schema).length === 0) return schema;
  if (typeof schema["type"] !== "string") return { if: { type: "null" }, else: schema };
  const values = schema["enum"] as readonly unknown[] | undefined;
  return { ...schema, type: [schema["type"], "null"], ...(values === undefined ? {} : { enum: [...values, null] }) };
}

const SAFE = Number.MAX_SAFE_INTEGER;
/** Least and greatest value per integer format; 64 bits and more are limited to what a JSON number in JavaScript keeps exact. */
export const INTEGER_BOUNDS: Readonly<Record<string, readonly [number, number]>> = {
  uint8: [0, 0xff],
  uint16: [0, 0xffff],
  uint32: [0, 0xffff_ffff],
  uint64: [0, SAFE],
  uint128: [0, SAFE],
  uint: [0, SAFE],
  int8: [-0x80, 0x7f],
  int16: [-0x8000, 0x7fff],
  int32: [-0x8000_0000, 0x7fff_ffff],
  int64: [-SAFE, SAFE],
  int: [-SAFE, SAFE],
};

function bounds(schema: JsonSchema): JsonSchema {
  const [low, high] = INTEGER_BOUNDS[String(schema["format"])] ?? [-SAFE, SAFE];
  return {
    minimum: Math.max(low, (schema["minimum"] as number | undefined) ?? low),
    maximum: Math.min(high, (schema["maximum"] as number | undefined) ?? high),
  };
}

function variants(schema: JsonSchema, keyword: string): readonly JsonSchema[] | undefined {
  return schema[keyword] as readonly JsonSchema[] | undefined;
}

function pick(schema: JsonSchema, keywords: readonly string[]): JsonSchema {
  return Object.fromEntries(keywords.flatMap((name) => (schema[name] === undefined ? [] : [[name, schema[name]]])));
}
