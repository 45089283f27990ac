/**
 * Facts of an API that two implementations can be compared by, without any of their words: per operation its id, status,
 * the names of its types, and a fingerprint of what goes over the wire. An operation has one line for each run of versions in
 * which all of that is the same.
 */
import { createHash } from "node:crypto";
import type { JsonSchema, SchemaDocument } from "@racklet/api-kit/json-schema";

export interface Fact {
  readonly method: string;
  readonly path: string;
  readonly id: string;
  /** Of a success; 0 where the document leaves it open. */
  readonly status: number;
  /** Name of the type of the request's body, `-` where there is none, `?` where it has no name. */
  readonly request: string;
  readonly response: string;
  /** Fingerprints: parameters, body, answer. */
  readonly shape: readonly [parameters: string, request: string, response: string];
}

export interface OpenApi extends SchemaDocument {
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
}

interface OpenApiOperation {
  readonly operationId: string;
  readonly parameters?: readonly {
    readonly in: string;
    readonly name: string;
    readonly required?: boolean;
    readonly schema: JsonSchema;
  }[];
  readonly requestBody?: Media;
  readonly responses: Readonly<Record<string, Media>>;
}

interface Media {
  readonly content?: Readonly<Record<string, { readonly schema?: JsonSchema }>>;
}

/** One fact per operation of a document, sorted by path and method. */
export function factsOf(document: OpenApi): Fact[] {
  const facts = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Fact => {
      const [status, answer] = Object.entries(operation.responses).find(([each]) => /^[12]\d\d$/.test(each)) ?? [
        "0",
        {},
      ];
      const [request, response] = [schemaOf(operation.requestBody), schemaOf(answer)];
      return {
        method: method.toUpperCase(),
        path,
        id: operation.operationId,
        status: Number(status),
        request: nameOf(request),
        response: nameOf(response),
        shape: [parametersShape(document, path, operation), shapeOf(document, request), shapeOf(document, response)],
      };
    }),
  );
  return facts.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** Names of path variables are not on the wire. */
export const keyOf = ({ method, path }: Pick<Fact, "method" | "path">): string =>
  `${path.replaceAll(/\{[^}]+\}/g, "{}")} ${method}`;

function schemaOf(media: Media | undefined): JsonSchema | undefined {
  return Object.values(media?.content ?? {})[0]?.schema;
}

function nameOf(schema: JsonSchema | undefined): string {
  if (schema === undefined) return "-";
  const wrapped = schema["allOf"] as readonly JsonSchema[] | undefined;
  if (wrapped?.length === 1) return nameOf(wrapped[0]);
  return typeof schema["$ref"] === "string" ? (schema["$ref"].split("/").at(-1) ?? "?") : "?";
}

const NONE = "-";

function shapeOf(document: OpenApi, schema: JsonSchema | undefined): string {
  return schema === undefined ? NONE : hash(normalForm(document, schema, []));
}

// Parameters of the path by their place, the others by name, in no order.
function parametersShape(document: OpenApi, path: string, { parameters = [] }: OpenApiOperation): string {
  if (parameters.length === 0) return NONE;
  const places = [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1]);
  const texts = parameters.map((each) => {
    const name = each.in === "path" ? places.indexOf(each.name) : each.name;
    return JSON.stringify([each.in, name, each.required === true, normalForm(document, each.schema, [])]);
  });
  return hash(texts.sort());
}

const hash = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 8);

const METADATA = [
  "pattern",
  "maximum",
  "minLength",
  "maxLength",
  "description",
  "title",
  "example",
  "default",
  "deprecated",
  "externalDocs",
  "readOnly",
  "writeOnly",
];

/** What of a schema is on the wire, in one way of writing it down. */
export function normalForm(document: SchemaDocument, schema: JsonSchema, under: readonly string[]): unknown {
  const reference = schema["$ref"];
  if (typeof reference === "string") {
    if (under.includes(reference)) return { again: under.length - under.lastIndexOf(reference) };
    const target = document.components?.schemas?.[reference.split("/").at(-1) ?? ""];
    if (target === undefined) throw new Error(`nothing at ${reference}`);
    return normalForm(document, target, [...under, reference]);
  }
  const wrapped = schema["allOf"] as readonly JsonSchema[] | undefined;
  const [only] = wrapped ?? [];
  if (only !== undefined && wrapped?.length === 1) {
    const inner = normalForm(document, only, under);
    return schema["nullable"] === true && typeof inner === "object" ? { ...inner, nullable: true } : inner;
  }
  const form: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (METADATA.includes(key) || key.startsWith("x-") || key === "discriminator") continue;
    form[key] = keyForm(document, key, value, under);
  }
  return sortedByKey(unionOfValues(form) ?? form);
}

function keyForm(document: SchemaDocument, key: string, value: unknown, under: readonly string[]): unknown {
  const inner = (each: unknown): unknown =>
    typeof each === "object" && each !== null ? normalForm(document, each as JsonSchema, under) : each;
  switch (key) {
    case "properties":
      return sortedByKey(
        Object.fromEntries(Object.entries(value as object).map(([name, each]) => [name, inner(each)])),
      );
    case "required":
      return (value as string[]).toSorted();
    case "enum":
      return (value as unknown[]).toSorted();
    case "oneOf":
    case "anyOf":
      return (value as unknown[]).map(inner).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    default:
      return typeof value === "object" && !Array.isArray(value) ? inner(value) : value;
  }
}

// Values with descriptions are printed as a union of single values.
function unionOfValues(form: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined {
  const variants = form["oneOf"] as
    | readonly { readonly type?: unknown; readonly enum?: readonly unknown[] }[]
    | undefined;
  if (variants === undefined || !variants.every((each) => each.type === "string" && Array.isArray(each.enum)))
    return undefined;
  const { oneOf: _, ...rest } = form;
  return { ...rest, type: "string", enum: variants.flatMap((each) => each.enum ?? []).toSorted() };
}

function sortedByKey(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
