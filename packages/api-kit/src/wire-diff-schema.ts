/** Differences between two schemas as one side sends and the other reads them. */
import { componentName, type JsonSchema, type SchemaDocument } from "./json-schema.ts";
import type { ChangeClass } from "./wire-diff.ts";

/** Who reads the value: the server a request, the client a response. */
export type Direction = "request" | "response";
export type Report = (kind: ChangeClass, at: string, message: string) => void;
export type SchemaDiff = (before: JsonSchema, after: JsonSchema, at: string, direction: Direction) => void;

const METADATA = ["description", "title", "example", "externalDocs", "deprecated", "default", "readOnly", "writeOnly", "discriminator"]; // prettier-ignore
const LOWER = ["minimum", "minLength", "minItems", "minProperties"];
const UPPER = ["maximum", "maxLength", "maxItems", "maxProperties"];
const OPAQUE = ["format", "pattern", "multipleOf", "uniqueItems", "exclusiveMinimum", "exclusiveMaximum"];

export function schemaDiff(before: SchemaDocument, after: SchemaDocument, report: Report): SchemaDiff {
  // Named types may contain themselves, and many places share one: each pair is compared once per direction.
  const seen = new Set<string>();
  return diff;

  function diff(a: JsonSchema, b: JsonSchema, at: string, direction: Direction): void {
    const names = [nameOf(a), nameOf(b)];
    const pair = `${direction} ${names.join()}`;
    // Of a pair already told, a wrapper around the reference can still differ.
    if (seen.has(pair)) return diffNullable(flatten(before, a), flatten(after, b), at, direction);
    if (!names.includes(undefined)) seen.add(pair);
    compare(flatten(before, a), flatten(after, b), at, direction);
  }

  function compare(a: JsonSchema, b: JsonSchema, at: string, direction: Direction): void {
    const metadata = [...METADATA, ...Object.keys({ ...a, ...b }).filter((name) => name.startsWith("x-"))];
    for (const name of metadata) if (!same(a[name], b[name])) report("trivial", at, `${name} changed`);
    const [left, right] = [enumOf(before, a), enumOf(after, b)];
    if (left !== null && right !== null) {
      for (const value of left) if (!right.includes(value)) narrowed(at, direction, `value ${value} removed`);
      for (const value of right) if (!left.includes(value)) widened(at, direction, `value ${value} added`);
      diffNullable(a, b, at, direction);
      return;
    }
    if (!same(a["type"], b["type"])) return report("breaking", at, `type ${shown(a["type"])} → ${shown(b["type"])}`);
    if ((left === null) !== (right === null)) {
      (left === null ? narrowed : widened)(at, direction, `list of values ${left === null ? "added" : "removed"}`);
    }
    diffNullable(a, b, at, direction);
    diffBounds(a, b, at, direction);
    diffObject(a, b, at, direction);
    if (a["items"] !== undefined && b["items"] !== undefined) {
      diff(a["items"] as JsonSchema, b["items"] as JsonSchema, `${at}[]`, direction);
    }
    for (const keyword of ["oneOf", "anyOf", "allOf"]) diffVariants(keyword, a, b, at, direction);
  }

  function diffNullable(a: JsonSchema, b: JsonSchema, at: string, direction: Direction): void {
    if (a["nullable"] !== true && b["nullable"] === true) widened(at, direction, "became nullable");
    if (a["nullable"] === true && b["nullable"] !== true) narrowed(at, direction, "is no longer nullable");
  }

  function diffBounds(a: JsonSchema, b: JsonSchema, at: string, direction: Direction): void {
    for (const name of [...LOWER, ...UPPER]) {
      if (a[name] === b[name]) continue;
      const infinite = UPPER.includes(name) ? Infinity : -Infinity;
      const [x, y] = [(a[name] as number | undefined) ?? infinite, (b[name] as number | undefined) ?? infinite];
      (y > x === UPPER.includes(name) ? widened : narrowed)(
        at,
        direction,
        `${name} ${shown(a[name])} → ${shown(b[name])}`,
      );
    }
    for (const name of OPAQUE) {
      if (!same(a[name], b[name])) report("breaking", at, `${name} ${shown(a[name])} → ${shown(b[name])}`);
    }
  }

  function diffObject(a: JsonSchema, b: JsonSchema, at: string, direction: Direction): void {
    const [x, y] = [propertiesOf(a), propertiesOf(b)];
    const [wasRequired, isRequired] = [requiredOf(a), requiredOf(b)];
    for (const [name, schema] of Object.entries(x)) {
      const place = `${at}.${name}`;
      const other = y[name];
      if (other === undefined) {
        report(direction === "response" ? "response-breaking" : "request-breaking", place, "property removed");
        continue;
      }
      if (!wasRequired.has(name) && isRequired.has(name)) narrowed(place, direction, "became required");
      if (wasRequired.has(name) && !isRequired.has(name)) widened(place, direction, "became optional");
      diff(schema, other, place, direction);
    }
    for (const name of Object.keys(y)) {
      if (name in x) continue;
      const required = isRequired.has(name);
      const kind = required && direction === "request" ? "request-breaking" : "additive";
      report(kind, `${at}.${name}`, `${required ? "required" : "optional"} property added`);
    }
    const [restA, restB] = [a["additionalProperties"] ?? true, b["additionalProperties"] ?? true];
    if (isSchema(restA) && isSchema(restB)) diff(restA, restB, `${at}.*`, direction);
    else if (!same(restA, restB)) report("breaking", at, `other properties ${shown(restA)} → ${shown(restB)}`);
  }

  function diffVariants(keyword: string, a: JsonSchema, b: JsonSchema, at: string, direction: Direction): void {
    const x = (a[keyword] as readonly JsonSchema[] | undefined) ?? [];
    const y = (b[keyword] as readonly JsonSchema[] | undefined) ?? [];
    if (x.length < y.length) widened(at, direction, `${keyword} has ${y.length - x.length} more variants`);
    if (x.length > y.length) narrowed(at, direction, `${keyword} has ${x.length - y.length} fewer variants`);
    if (x.length !== y.length) return;
    for (const [i, variant] of x.entries()) diff(variant, y[i] as JsonSchema, `${at}<${keyword} ${i + 1}>`, direction);
  }

  // More values than before: good for whoever sends, a surprise for whoever reads.
  function widened(at: string, direction: Direction, message: string): void {
    report(direction === "request" ? "additive" : "response-breaking", at, message);
  }
  function narrowed(at: string, direction: Direction, message: string): void {
    report(direction === "request" ? "request-breaking" : "additive", at, message);
  }
}

function nameOf(schema: JsonSchema): string | undefined {
  if (typeof schema["$ref"] === "string") return componentName(schema["$ref"]);
  const wrapped = schema["allOf"] as readonly JsonSchema[] | undefined;
  return wrapped?.length === 1 ? nameOf(wrapped[0] as JsonSchema) : undefined;
}

// References and one-element wrappers only carry metadata; `nullable` on any layer counts.
function flatten(document: SchemaDocument, schema: JsonSchema): JsonSchema {
  let each = schema;
  let nullable = false;
  let metadata: JsonSchema = {};
  for (let hops = 0; hops < 100; hops++) {
    nullable ||= each["nullable"] === true;
    const wrapped = each["allOf"] as readonly JsonSchema[] | undefined;
    if (typeof each["$ref"] === "string") {
      const target = document.components?.schemas?.[componentName(each["$ref"])];
      if (target === undefined) throw new Error(`no component for ${each["$ref"]}`);
      each = target;
    } else if (wrapped?.length === 1) {
      metadata = { ...pickMetadata(each), ...metadata };
      each = wrapped[0] as JsonSchema;
    } else return { ...each, ...metadata, ...(nullable ? { nullable: true } : {}) };
  }
  throw new Error(`reference cycle at ${JSON.stringify(schema)}`);
}

function pickMetadata(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(
    Object.entries(schema).filter(([name]) => METADATA.includes(name) || name.startsWith("x-")),
  );
}

// Upstream prints an enum whose values have descriptions as a union of single values: the same on the wire.
function enumOf(document: SchemaDocument, schema: JsonSchema): readonly string[] | null {
  if (Array.isArray(schema["enum"])) return schema["enum"].map(String);
  const variants = schema["oneOf"] as readonly JsonSchema[] | undefined;
  if (variants === undefined) return null;
  const values = variants.map((variant) => flatten(document, variant)["enum"]);
  return values.every((each) => Array.isArray(each)) ? values.flat().map(String) : null;
}

function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return (schema["properties"] as Readonly<Record<string, JsonSchema>> | undefined) ?? {};
}

function requiredOf(schema: JsonSchema): ReadonlySet<string> {
  return new Set(schema["required"] as readonly string[] | undefined);
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null;
}

function shown(value: unknown): string {
  if (value === true) return "allowed";
  if (value === false) return "refused";
  return value === undefined ? "none" : isSchema(value) ? "restricted" : String(value);
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
