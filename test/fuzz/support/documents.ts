/** The operations of an API as its published documents in openapi/ have them: what is fuzzed comes from there alone. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { JsonSchema, SchemaDocument } from "@racklet/api-kit/json-schema";

const FOLDER = fileURLToPath(new URL("../../../openapi/", import.meta.url));

export interface DocumentParameter {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
}

/** One operation in one version of its API. */
export interface DocumentOperation {
  readonly operationId: string;
  readonly version: string;
  readonly document: ApiDocument;
  readonly method: string;
  /** Template, for example `/nat/ipv4/{ipv4}/{low}`. */
  readonly path: string;
  readonly params: readonly DocumentParameter[];
  readonly query: readonly DocumentParameter[];
  readonly isPaginated: boolean;
  readonly body: { readonly contentType: string; readonly schema: JsonSchema } | undefined;
  /** Undefined where the document leaves the answer free-form. */
  readonly successStatus: number | undefined;
}

export interface ApiDocument extends SchemaDocument {
  readonly version: string;
  readonly operations: readonly DocumentOperation[];
}

interface RawOperation {
  readonly operationId: string;
  readonly parameters?: readonly { in: string; name: string; required?: boolean; schema: JsonSchema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
  readonly responses: Readonly<Record<string, unknown>>;
  readonly "x-dropshot-pagination"?: { readonly required: readonly string[] };
}

interface RawDocument extends SchemaDocument {
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>;
}

/** Every version's document of an API, newest first; `folder` ends with a slash. */
export function readDocuments(
  ident: string,
  versionsNewestFirst: readonly string[],
  folder: string = FOLDER,
): ApiDocument[] {
  const files = fileNames(ident, folder);
  return versionsNewestFirst.map((version) => {
    const file = files.find((name) => name.includes(`${ident}-${version}-`)) ?? files.find((name) => !/\d/.test(name));
    if (file === undefined) throw new Error(`openapi/ has no document of ${ident} ${version}`);
    const raw = JSON.parse(readFileSync(folder + file, "utf8")) as RawDocument;
    if (raw.info.version !== version) throw new Error(`${file} describes ${raw.info.version}, expected ${version}`);
    const document: SchemaDocument = raw.components === undefined ? {} : { components: raw.components };
    const operations: DocumentOperation[] = [];
    const result: ApiDocument = { ...document, version, operations };
    for (const [path, methods] of Object.entries(raw.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        // A Request cannot have a body with GET; what takes one is tested over sockets.
        if (method === "get" && operation.requestBody !== undefined) continue;
        operations.push(parse(result, path, method, operation));
      }
    }
    return result;
  });
}

// Documents of a versioned API have a folder; the only one of an unversioned API lies beside the folders.
function fileNames(ident: string, folder: string): string[] {
  const top = readdirSync(folder).filter((name) => name === `${ident}.json`);
  if (top.length > 0) return top;
  return readdirSync(folder + ident)
    .filter((name) => !name.endsWith("-latest.json"))
    .map((name) => `${ident}/${name}`);
}

function parse(document: ApiDocument, path: string, method: string, raw: RawOperation): DocumentOperation {
  const parameters = (where: string): DocumentParameter[] =>
    (raw.parameters ?? [])
      .filter((parameter) => parameter.in === where)
      .map(({ name, required, schema }) => ({ name, schema, isRequired: required === true }));
  const scan = raw["x-dropshot-pagination"]?.required ?? [];
  const [contentType, media] = Object.entries(raw.requestBody?.content ?? {})[0] ?? [];
  const success = Object.keys(raw.responses).find((status) => /^2\d\d$/.test(status));
  return {
    operationId: raw.operationId,
    version: document.version,
    document,
    method: method.toUpperCase(),
    path,
    params: parameters("path"),
    // What only the first page needs is not marked as required.
    query: parameters("query").map((each) => ({ ...each, isRequired: each.isRequired || scan.includes(each.name) })),
    isPaginated: raw["x-dropshot-pagination"] !== undefined,
    body: contentType === undefined || media === undefined ? undefined : { contentType, schema: media.schema },
    successStatus: success === undefined ? undefined : Number(success),
  };
}
