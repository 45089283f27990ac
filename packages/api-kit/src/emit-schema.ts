/**
 * Prints schemas the way upstream's framework does (OpenAPI 3.0.3): properties and required names sorted, `nullable`
 * first, references with metadata wrapped in a one-element `allOf`. Named schemas are hoisted into components.
 */
import type { Field, Schema, SchemaNode } from "./schema.ts";

export type JsonObject = { readonly [key: string]: unknown };

export interface SchemaPrinter {
  /** The schema as it stands inline; every named schema below it becomes a component. */
  print(schema: Schema): JsonObject;
  /** All components seen so far, sorted by name. */
  components(): Record<string, JsonObject>;
}

/** `document` names the document in the error about one name used for two shapes. */
export function schemaPrinter(document: string): SchemaPrinter {
  const components = new Map<string, JsonObject>();
  /** Named shapes being printed: one that refers to itself meets itself here. */
  const under = new Set<Schema>();
  const print = (schema: Schema): JsonObject => printNode(schema.node, print, hoist);
  const hoist = (name: string, inner: Schema): void => {
    if (under.has(inner)) return;
    under.add(inner);
    const printed = print(inner);
    under.delete(inner);
    const seen = components.get(name);
    if (seen === undefined) components.set(name, printed);
    else if (JSON.stringify(seen) !== JSON.stringify(printed)) {
      throw new Error(
        `${document}: two shapes are named ${name}: ${JSON.stringify(seen)} and ${JSON.stringify(printed)}`,
      );
    }
  };
  return {
    print,
    components: () =>
      Object.fromEntries(
        [...components.keys()].sort(byCodePoint).map((name) => [name, components.get(name) as JsonObject]),
      ),
  };
}

/** A field: its schema, with the documented default where it has one. */
export function printField(
  field: Pick<Field, "schema" | "default">,
  print: (schema: Schema) => JsonObject,
): JsonObject {
  const printed = print(field.schema);
  return field.default === undefined ? printed : decorate(printed, { default: field.default });
}

/** Metadata on a schema; a bare reference cannot carry any and is wrapped. */
export function decorate(
  schema: JsonObject,
  extra: { readonly nullable?: true; readonly description?: string; readonly default?: unknown },
): JsonObject {
  const base = "$ref" in schema ? { allOf: [schema] } : schema;
  const { nullable, title, description, default: fallback, ...rest } = { ...base, ...extra } as JsonObject;
  return {
    ...(nullable === undefined ? {} : { nullable }),
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
    ...rest,
  };
}

type Print = (schema: Schema) => JsonObject;
type Hoist = (name: string, inner: Schema) => void;

function printNode(node: SchemaNode, print: Print, hoist: Hoist): JsonObject {
  switch (node.kind) {
    case "any":
      return {};
    case "null":
      // OpenAPI 3.0 has no null type; this is how upstream's documents say it.
      return { type: "string", enum: [null] };
    case "boolean":
      return { type: "boolean" };
    case "number":
      return { type: "number", format: node.format };
    case "integer":
      return present({ type: "integer", format: node.format, minimum: node.minimum, maximum: node.maximum });
    case "string":
      return present({
        type: "string",
        format: node.format,
        pattern: node.pattern,
        minLength: node.minLength,
        maxLength: node.maxLength,
      });
    case "enum":
      return { type: "string", enum: node.values };
    case "array":
      return present({
        type: "array",
        items: print(node.items),
        minItems: node.minItems,
        maxItems: node.maxItems,
        uniqueItems: node.uniqueItems,
      });
    case "object":
      return printObject(node.fields, node.closed, print);
    case "map":
      return { type: "object", additionalProperties: print(node.values) };
    case "union":
      return { [node.style]: node.variants.map(print) };
    case "nullable":
      return decorate(print(node.inner), { nullable: true });
    case "described":
      return decorate(print(node.inner), { description: node.description });
    case "named":
      hoist(node.name, node.inner);
      return { $ref: `#/components/schemas/${node.name}` };
  }
}

function printObject(fields: Readonly<Record<string, Field>>, closed: boolean, print: Print): JsonObject {
  const names = Object.keys(fields).sort(byCodePoint);
  const required = names.filter((name) => fields[name]?.required === true);
  return {
    type: "object",
    ...(names.length === 0
      ? {}
      : { properties: Object.fromEntries(names.map((name) => [name, printField(fields[name] as Field, print)])) }),
    ...(required.length === 0 ? {} : { required }),
    ...(closed ? { additionalProperties: false } : {}),
  };
}

function present(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

/** Upstream sorts by code point; a locale must not change a document's bytes. */
export function byCodePoint(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
