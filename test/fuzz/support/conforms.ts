/**
 * Whether a value is what a document's schema asks for: a reading of the documents of its own, independent of the generated
 * validators, so that the two can disagree.
 */
import { componentName, INTEGER_BOUNDS, type JsonSchema, type SchemaDocument } from "@racklet/api-kit/json-schema";
import { codePoints, dateTime, ip, ipv4, ipv6, jsonEqual, mac, uri, uuid } from "@racklet/api-kit/json-schema-formats";

const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  "date-time": dateTime,
  ip,
  ipv4,
  ipv6,
  mac,
  uri,
  uuid,
};

/** The schema itself, behind references. A description, a default or `nullable` around it stays where it was. */
export function resolve(document: SchemaDocument, schema: JsonSchema): JsonSchema {
  let each = schema;
  while (typeof each["$ref"] === "string") {
    const target = document.components?.schemas?.[componentName(each["$ref"])];
    if (target === undefined) throw new Error(`no component for ${each["$ref"]}`);
    each = target;
  }
  return each;
}

export function variantsOf(schema: JsonSchema): readonly JsonSchema[] | undefined {
  return (schema["oneOf"] ?? schema["anyOf"]) as readonly JsonSchema[] | undefined;
}

export function allOf(schema: JsonSchema): readonly JsonSchema[] | undefined {
  return schema["allOf"] as readonly JsonSchema[] | undefined;
}

export function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return (schema["properties"] ?? {}) as Readonly<Record<string, JsonSchema>>;
}

export function requiredOf(schema: JsonSchema): readonly string[] {
  return (schema["required"] ?? []) as readonly string[];
}

export const numberOf = (schema: JsonSchema, keyword: string): number | undefined =>
  schema[keyword] as number | undefined;

/** The least and the greatest value of an integer schema. */
export function boundsOf(schema: JsonSchema): readonly [number, number] {
  const [low, high] = INTEGER_BOUNDS[String(schema["format"])] ?? [-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  return [Math.max(low, numberOf(schema, "minimum") ?? low), Math.min(high, numberOf(schema, "maximum") ?? high)];
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function conforms(document: SchemaDocument, unresolved: JsonSchema, value: unknown): boolean {
  const schema = resolve(document, unresolved);
  const is = (each: JsonSchema, part: unknown): boolean => conforms(document, each, part);
  if (value === null && schema["nullable"] === true) return true;
  const all = allOf(schema);
  if (all !== undefined) return all.every((each) => is(each, value));
  const variants = variantsOf(schema);
  if (variants !== undefined) return variants.some((each) => is(each, value));
  switch (schema["type"]) {
    case undefined:
      return true;
    case "boolean":
      return typeof value === "boolean";
    case "number":
      return typeof value === "number";
    case "integer": {
      const [low, high] = boundsOf(schema);
      return Number.isInteger(value) && (value as number) >= low && (value as number) <= high;
    }
    case "string":
      return typeof value === "string" && isStringOf(schema, value);
    case "array":
      return Array.isArray(value) && isArrayOf(schema, value, is);
    case "object":
      return isRecord(value) && isObjectOf(schema, value, is);
    default:
      throw new Error(`a type this reading does not know: ${String(schema["type"])}`);
  }
}

type Is = (schema: JsonSchema, value: unknown) => boolean;

function isStringOf(schema: JsonSchema, value: string): boolean {
  const values = schema["enum"] as readonly string[] | undefined;
  if (values !== undefined) return values.includes(value);
  const length = codePoints(value);
  const pattern = schema["pattern"] as string | undefined;
  return (
    length >= (numberOf(schema, "minLength") ?? 0) &&
    length <= (numberOf(schema, "maxLength") ?? length) &&
    (pattern === undefined || new RegExp(pattern).test(value)) &&
    (FORMATS[String(schema["format"])]?.(value) ?? true)
  );
}

function isArrayOf(schema: JsonSchema, value: readonly unknown[], is: Is): boolean {
  const items = schema["items"] as JsonSchema;
  return (
    value.length >= (numberOf(schema, "minItems") ?? 0) &&
    value.length <= (numberOf(schema, "maxItems") ?? value.length) &&
    value.every((item) => is(items, item)) &&
    (schema["uniqueItems"] !== true ||
      value.every((item, i) => !value.slice(0, i).some((each) => jsonEqual(each, item))))
  );
}

function isObjectOf(schema: JsonSchema, value: Readonly<Record<string, unknown>>, is: Is): boolean {
  const properties = propertiesOf(schema);
  const rest = schema["additionalProperties"];
  if (!requiredOf(schema).every((name) => Object.hasOwn(value, name))) return false;
  return Object.entries(value).every(([name, part]) => {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (property !== undefined) return is(property, part);
    if (rest === false) return false;
    return isRecord(rest) ? is(rest, part) : true;
  });
}
