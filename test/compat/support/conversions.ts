/** Every conversion between neighbouring revisions of every operation, found in the declarations. */
import { emitDocument } from "@racklet/api-kit/emit";
import type { Api, AnyRevision, OperationInput, Revision } from "@racklet/api-kit/declare";
import type { JsonSchema, SchemaDocument } from "@racklet/api-kit/json-schema";
import { bodyKey, responseKey, type Validator } from "@racklet/api-kit/validate";
import { resolve } from "../../fuzz/support/conforms.ts";
import { validatorsOf } from "./validators.ts";

export interface Conversion {
  /** `dpd route_ipv4_get 4.0.0 → 3.0.0` */
  readonly what: string;
  readonly ident: string;
  readonly operationId: string;
  readonly direction: "up" | "down";
  /** What is converted, as its document has it. */
  readonly from: Side;
  readonly to: Side;
  readonly convert: (value: unknown) => unknown;
  /** Identities of the authored schemas: two conversions between the same two are each other's inverse. */
  readonly fromSchema: unknown;
  readonly toSchema: unknown;
}

export interface Side {
  readonly version: string;
  readonly document: SchemaDocument;
  readonly schema: JsonSchema;
  readonly check: Validator;
}

export function conversionsOf(api: Api): Conversion[] {
  const documents = new Map<number, WireDocument>();
  const documentAt = (ordinal: number): WireDocument => {
    // What emitDocument prints has this shape.
    const document = documents.get(ordinal) ?? (emitDocument(api, ordinal) as unknown as WireDocument);
    documents.set(ordinal, document);
    return document;
  };
  const side = (operation: OperationInput, revision: Revision, part: "body" | "response"): Side => {
    const version = api.versions.all[revision.since];
    if (version === undefined) throw new Error(`${operation.operationId}: no version ${revision.since}`);
    const document = documentAt(revision.since);
    const wire = document.paths[operation.path]?.[operation.method.toLowerCase()];
    const media = part === "body" ? wire?.requestBody : Object.entries(wire?.responses ?? {}).find(isSuccess)?.[1];
    const schema = Object.values(media?.content ?? {})[0]?.schema;
    const { bodies, answers } = validatorsOf(api.ident);
    const since = version.semver.text;
    const check =
      part === "body"
        ? bodies[bodyKey(operation.operationId, since)]
        : answers[responseKey(operation.operationId, since)];
    if (schema === undefined || check === undefined)
      throw new Error(`${operation.operationId}: no ${part} in the document or the validators of ${since}`);
    return { version: since, document, schema, check };
  };
  return Object.values<OperationInput>(api.operations).flatMap((operation) =>
    operation.revisions.flatMap((revision, i): Conversion[] => {
      const newer = operation.revisions[i - 1];
      if (!isServed(revision) || newer === undefined || !isServed(newer)) return [];
      const found: Conversion[] = [];
      const base = { ident: api.ident, operationId: operation.operationId };
      const name = (a: Side, b: Side): string => `${api.ident} ${operation.operationId} ${a.version} → ${b.version}`;
      if (revision.up !== undefined && revision.body !== undefined && newer.body !== undefined) {
        const [from, to] = [side(operation, revision, "body"), side(operation, newer, "body")];
        // Every value that the older schema allows is one that `up` is declared for.
        const convert = revision.up as (value: unknown) => unknown;
        found.push({
          ...base,
          what: name(from, to),
          direction: "up",
          from,
          to,
          convert,
          fromSchema: revision.body,
          toSchema: newer.body,
        });
      }
      if (revision.down !== undefined && revision.response !== undefined && newer.response !== undefined) {
        const [from, to] = [side(operation, newer, "response"), side(operation, revision, "response")];
        const convert = revision.down as (value: unknown) => unknown;
        found.push({
          ...base,
          what: name(from, to),
          direction: "down",
          from,
          to,
          convert,
          fromSchema: newer.response,
          toSchema: revision.response,
        });
      }
      return found;
    }),
  );
}

/** Whether two schemas say the same, all the way down and whatever their names. */
export function isSameSchema(a: Side, x: JsonSchema, b: Side, y: JsonSchema): boolean {
  return expanded(a.document, x) === expanded(b.document, y);
}

function expanded(document: SchemaDocument, schema: JsonSchema): string {
  const seen: string[] = [];
  const expand = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(expand);
    if (typeof value !== "object" || value === null) return value;
    if ("$ref" in value && typeof value.$ref === "string") {
      if (seen.includes(value.$ref)) return { again: value.$ref };
      seen.push(value.$ref);
      const inside = expand(resolve(document, value));
      seen.pop();
      return inside;
    }
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => key !== "description" && key !== "title" && key !== "default")
        .map(([key, part]) => [key, expand(part)]),
    );
  };
  return JSON.stringify(expand(schema));
}

const isServed = (revision: AnyRevision): revision is Revision => revision.removed !== true;
const isSuccess = ([status]: [string, unknown]): boolean => /^2\d\d$/.test(status);

interface Media {
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>;
}
interface WireDocument extends SchemaDocument {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<Record<string, { readonly requestBody?: Media; readonly responses: Readonly<Record<string, Media>> }>>
    >
  >;
}
