/**
 * One declaration per operation: what it is, where it lives, and its revisions, newest first. A revision names only the
 * version it starts in; it ends where the next newer one starts, so gaps and overlaps cannot be written. Documents,
 * validators, clients, route tables and compatibility tests all derive from these declarations, which have no handlers.
 */
import type { Param, Params, ParamsOf, Query, QueryOf } from "./params.ts";
import type { ResultsPage } from "./pagination.ts";
import type { Infer, Schema } from "./schema.ts";
import type { PatternWords } from "./validate.ts";
import type { ApiVersions } from "./versions.ts";

export type Method = "GET" | "PUT" | "POST" | "DELETE";
export type SuccessStatus = 200 | 201 | 202 | 204;

export interface Revision {
  /** The version (ordinal, `V.LABEL`) from which this revision is in force. */
  readonly since: number;
  readonly removed?: false;
  /** Differs from the declaration's id where upstream renamed the operation only. */
  readonly operationId?: string;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Schema;
  readonly response?: Schema;
  readonly status?: SuccessStatus;
  readonly summary?: string;
  readonly description?: string;
  /** This revision's body to the next newer one's. Required where they differ; throws HttpError 400 when it cannot. */
  readonly up?: (body: never) => unknown;
  /** This revision's query to the next newer one's; `body` is this revision's. */
  readonly upQuery?: (query: never, body: never) => unknown;
  /** The next newer revision's response to this one's. Total: it never throws. */
  readonly down?: (response: never) => unknown;
}

export interface Removal {
  readonly since: number;
  readonly removed: true;
}

export type AnyRevision = Revision | Removal;

export interface OperationInput {
  readonly operationId: string;
  readonly method: Method;
  /** Template, for example `/nat/ipv4/{ipv4}/{low}`. */
  readonly path: string;
  readonly tags?: readonly string[];
  readonly summary: string;
  /** What it does, whether it is idempotent, its guards and errors: printed in the documents and the client docs. */
  readonly description?: string;
  readonly params?: Params;
  readonly query?: Query;
  /** Adds `limit` and `page_token`; the response schema is a results page. */
  readonly paginated?: boolean;
  /** `form`: application/x-www-form-urlencoded. Default: JSON. */
  readonly bodyType?: "json" | "form";
  /** The handler writes the whole response and the document leaves it free-form. */
  readonly freeform?: boolean;
  /** Bytes; default is the API's. */
  readonly bodyLimit?: number;
  /** May be repeated after a lost answer. Default: GET, PUT and DELETE may, POST may not. */
  readonly idempotent?: boolean;
  readonly revisions: readonly AnyRevision[];
}

export type Operation<O extends OperationInput = OperationInput> = O;

/** The newest revision that is not a removal: what handlers see. */
export type Newest<R extends readonly AnyRevision[]> = R extends readonly [infer Head, ...infer Tail]
  ? Head extends Removal
    ? Tail extends readonly AnyRevision[]
      ? Newest<Tail>
      : never
    : Head
  : never;

type NewestOf<O extends OperationInput> = Newest<O["revisions"]>;
type ParamsIn<O extends OperationInput> =
  NewestOf<O> extends { readonly params: infer P } ? P : O extends { readonly params: infer P } ? P : unknown;
type QueryIn<O extends OperationInput> =
  NewestOf<O> extends { readonly query: infer Q } ? Q : O extends { readonly query: infer Q } ? Q : unknown;

export type OperationParams<O extends OperationInput> = ParamsOf<ParamsIn<O>>;
export type OperationQuery<O extends OperationInput> = QueryOf<QueryIn<O>>;
export type OperationBody<O extends OperationInput> =
  NewestOf<O> extends { readonly body: infer B extends Schema } ? Infer<B> : undefined;
export type OperationResponse<O extends OperationInput> =
  NewestOf<O> extends { readonly response: infer R extends Schema } ? Infer<R> : void;

/** Declares an operation; refuses at load what could not be served consistently. */
export function declare<const O extends OperationInput>(operation: O): Operation<O> {
  const { operationId, revisions } = operation;
  const fail = (reason: string): never => {
    throw new Error(`${operationId}: ${reason}`);
  };
  if (revisions.length === 0) fail("has no revisions");
  let newer: Revision | undefined;
  for (const [i, revision] of revisions.entries()) {
    const previous = revisions[i - 1];
    if (previous !== undefined && previous.since <= revision.since) fail("revisions must be newest first");
    if (revision.removed) {
      if (i !== 0) fail("a removal can only be the newest revision");
      continue;
    }
    checkTemplate(operation, revision, fail);
    if (newer !== undefined) checkChain(revision, newer, fail);
    newer = revision;
  }
  return operation;
}

function checkTemplate(operation: OperationInput, revision: Revision, fail: (reason: string) => never): void {
  const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
  if (new Set(inPath).size !== inPath.length) fail(`path names a variable twice: ${operation.path}`);
  const declared = Object.keys(revision.params ?? operation.params ?? {});
  if ([...inPath].sort().join() !== [...declared].sort().join()) {
    fail(`path ${operation.path} and its parameters (${declared.join(", ")}) disagree`);
  }
}

function checkChain(older: Revision, newer: Revision, fail: (reason: string) => never): void {
  if (older.body !== newer.body && newer.body !== undefined && older.up === undefined) {
    fail(`body changed after ordinal ${older.since} without an up conversion`);
  }
  if (older.response !== newer.response && older.response !== undefined && older.down === undefined) {
    fail(`response changed after ordinal ${older.since} without a down conversion`);
  }
}

export type Operations = Readonly<Record<string, OperationInput>>;

export interface ApiInput<Ops extends Operations> {
  /** Name of the documents: `dpd`, `sled-agent` … */
  readonly ident: string;
  readonly title: string;
  readonly description: string;
  readonly versions: ApiVersions;
  /** What a request without the version header gets. `unversioned`: the header is ignored (lockstep APIs). */
  readonly onMissing: "refuse" | "latest" | "unversioned";
  /** Bytes of a request body, unless the operation says otherwise. */
  readonly bodyLimit: number;
  /** What is said of a text in a body that breaks one of these patterns. */
  readonly patternWords?: PatternWords;
  readonly operations: Ops;
}

export type Api<Ops extends Operations = Operations> = ApiInput<Ops>;

/** Checks what upstream's framework refuses at start-up: overlapping routes, ambiguous path segments, misnamed operations. */
export function defineApi<const Ops extends Operations>(api: ApiInput<Ops>): Api<Ops> {
  for (const [key, operation] of Object.entries(api.operations)) {
    if (key !== operation.operationId) throw new Error(`${api.ident}: ${key} is declared as ${operation.operationId}`);
  }
  checkOverlaps(api);
  checkSegments(api);
  return api;
}

/** The half-open range of ordinals [from, until) in which a revision is in force. */
export function revisionRange(operation: OperationInput, index: number): { from: number; until: number } {
  const revision = operation.revisions[index];
  if (revision === undefined) throw new RangeError(`${operation.operationId} has no revision ${index}`);
  return { from: revision.since, until: operation.revisions[index - 1]?.since ?? Number.POSITIVE_INFINITY };
}

/** The index of the revision in force at a version, or -1 when the operation does not exist there. */
export function revisionAt(operation: OperationInput, ordinal: number): number {
  const index = operation.revisions.findIndex((revision) => revision.since <= ordinal);
  return index >= 0 && operation.revisions[index]?.removed === true ? -1 : index;
}

function checkOverlaps(api: ApiInput<Operations>): void {
  const routes = new Map<string, OperationInput[]>();
  for (const operation of Object.values(api.operations)) {
    const key = `${operation.method} ${operation.path.replaceAll(/\{\w+\}/g, "{}")}`;
    const others = routes.get(key) ?? [];
    for (const other of others) {
      for (const { ordinal, label } of api.versions.all) {
        if (revisionAt(operation, ordinal) >= 0 && revisionAt(other, ordinal) >= 0) {
          throw new Error(`${api.ident}: ${operation.operationId} and ${other.operationId} overlap in ${label}`);
        }
      }
    }
    routes.set(key, [...others, operation]);
  }
}

// A literal beside a variable, or two names for one variable, would need route priorities: upstream refuses both.
function checkSegments(api: ApiInput<Operations>): void {
  const children = new Map<string, string>();
  for (const { path } of Object.values(api.operations)) {
    let parent = "";
    for (const segment of path.split("/").slice(1)) {
      const kind = segment.startsWith("{") ? segment : "literal";
      const seen = children.get(parent);
      if (seen !== undefined && seen !== kind) {
        throw new Error(`${api.ident}: ${path} mixes ${seen} and ${segment} below ${parent || "/"}`);
      }
      children.set(parent, kind);
      parent += `/${segment.startsWith("{") ? "{}" : segment}`;
    }
  }
}

export type { Param, ResultsPage };
