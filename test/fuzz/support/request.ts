/** Requests as data, so that a failing one can be shown and sent again. */
import type { DocumentOperation } from "./documents.ts";
import { valuesOf } from "./arbitrary.ts";
import type { Pool } from "./pool.ts";
import type { Dice } from "./seed.ts";

export interface FuzzRequest {
  readonly method: string;
  /** With the query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

/** A request in parts, each as the document allows it. */
export interface ValidParts {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Undefined where the operation takes none. */
  readonly body: unknown;
}

export function validParts(operation: DocumentOperation, pool: Pool, dice: Dice): ValidParts {
  const { document, params, query, body } = operation;
  const draw = (name: string, schema: DocumentOperation["params"][number]["schema"]): unknown =>
    dice.sample(valuesOf(document, schema, pool, name));
  // A page token is what an answer gave: a made-up one is wrong input.
  const isGiven = (name: string): boolean =>
    name !== "page_token" && dice.below(pool.named(name).length === 0 ? 3 : 20) > 1;
  const optional = query.filter(({ name, isRequired }) => isRequired || isGiven(name));
  return {
    params: Object.fromEntries(params.map(({ name, schema }) => [name, segment(String(draw(name, schema)))])),
    query: Object.fromEntries(
      optional.flatMap(({ name, schema }) => {
        const value = draw(name, schema);
        return value === null ? [] : [[name, String(value)]];
      }),
    ),
    body: body === undefined ? undefined : draw(operation.operationId, body.schema),
  };
}

export function urlOf(
  { path }: Pick<DocumentOperation, "path">,
  params: Readonly<Record<string, string>>,
  query: Readonly<Record<string, string>> = {},
): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
  const search = new URLSearchParams(query).toString();
  return search === "" ? filled : `${filled}?${search}`;
}

export function requestOf(
  operation: DocumentOperation,
  { params, query, body }: ValidParts,
  headers: Readonly<Record<string, string>>,
): FuzzRequest {
  const request = { method: operation.method, url: urlOf(operation, params, query), headers };
  if (operation.body === undefined) return request;
  const { contentType } = operation.body;
  return {
    ...request,
    headers: { ...headers, "content-type": contentType },
    body: contentType === "application/json" ? JSON.stringify(body) : formText(body),
  };
}

function formText(body: unknown): string {
  const fields = Object.entries(body as Readonly<Record<string, unknown>>);
  const said = fields.filter(([, value]) => value !== null && typeof value !== "object");
  return new URLSearchParams(said.map(([name, value]): [string, string] => [name, String(value)])).toString();
}

const SHOWN = 4_000;

/** As a person would write it down. */
export function shown({ method, url, headers, body }: FuzzRequest): string {
  const text = typeof body === "string" ? body : body === undefined ? "" : `${body.length} bytes: ${hex(body)}`;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const cut = text.length > SHOWN ? `${text.slice(0, SHOWN)}… (${text.length} characters)` : text;
  return [`${method} ${url}`, ...lines, cut].filter((line) => line !== "").join("\n");
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes.subarray(0, 64)).toString("hex");

// What a URL cannot say as one segment of its path.
const segment = (text: string): string => (/^\.{0,2}$/.test(text) ? "a" : text);
