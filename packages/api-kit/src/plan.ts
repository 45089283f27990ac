/** What serving one revision of one operation takes, computed once at start-up: parsing, the conversion chain, the answer. */
import { HttpError } from "./errors.ts";
import { revisionAt, type Api, type OperationInput, type Revision } from "./declare.ts";
import { DEFAULT_PAGE_LIMIT, MAX_PAGE_LIMIT, decodePageToken, type PageRequest } from "./pagination.ts";
import type { Params, Query } from "./params.ts";
import { fieldsOf } from "./schema.ts";
import { bodyKey, responseKey, type Validator, type Validators } from "./validate.ts";

export interface RevisionPlan {
  readonly operation: OperationInput;
  readonly revision: Revision;
  /** Nothing is converted. */
  readonly isNewest: boolean;
  readonly params: Params;
  readonly query: Query;
  readonly bodyLimit: number;
  readonly status: number;
  readonly checkBody: Validator | undefined;
  readonly checkResponse: Validator | undefined;
  /** Names of whole-number fields of a form body. */
  readonly formIntegers: ReadonlySet<string>;
  readonly up: (request: UpRequest) => UpRequest;
  readonly down: (response: unknown) => unknown;
}

/** What of a request differs between versions. */
export interface UpRequest {
  readonly query: unknown;
  readonly body: unknown;
}

export interface PlanOptions {
  readonly bodyValidators: Validators;
  readonly responseValidators?: Validators | undefined;
}

/** One plan per version, oldest first; undefined where the operation does not exist. */
export function planOperation(api: Api, operation: OperationInput, options: PlanOptions): (RevisionPlan | undefined)[] {
  const byIndex = new Map<number, RevisionPlan>();
  return api.versions.all.map(({ ordinal }) => {
    const index = revisionAt(operation, ordinal);
    if (index < 0) return undefined;
    const plan = byIndex.get(index) ?? planRevision(api, operation, index, options);
    byIndex.set(index, plan);
    return plan;
  });
}

function planRevision(api: Api, operation: OperationInput, index: number, options: PlanOptions): RevisionPlan {
  const revision = operation.revisions[index];
  if (revision === undefined || revision.removed) throw new Error(`${operation.operationId}: no revision ${index}`);
  const since = api.versions.all[revision.since]?.semver.text ?? "";
  const checkBody = options.bodyValidators[bodyKey(operation.operationId, since)];
  if (revision.body !== undefined && checkBody === undefined) {
    throw new Error(
      `${api.ident}: no validator for the body of ${operation.operationId} at ${since}; generate the code again`,
    );
  }
  const hops = operation.revisions.slice(0, index + 1).filter((hop): hop is Revision => !hop.removed);
  const ups = hops
    .toReversed()
    .flatMap((hop) => (hop.up === undefined && hop.upQuery === undefined ? [] : [upOf(hop)]));
  const downs = hops.flatMap((hop) => (hop.down === undefined ? [] : [hop.down as (response: unknown) => unknown]));
  return {
    operation,
    revision,
    isNewest: index === 0,
    params: revision.params ?? operation.params ?? {},
    query: revision.query ?? operation.query ?? {},
    bodyLimit: operation.bodyLimit ?? api.bodyLimit,
    status: revision.status ?? (revision.response === undefined ? 204 : 200),
    checkBody: checkBody && ((value) => checkBody(value, api.patternWords)),
    checkResponse: options.responseValidators?.[responseKey(operation.operationId, since)],
    formIntegers: formIntegers(operation, revision),
    up: compose(ups),
    down: compose(downs),
  };
}

function formIntegers(operation: OperationInput, revision: Revision): ReadonlySet<string> {
  if (operation.bodyType !== "form" || revision.body === undefined) return new Set();
  const isInteger = (node: { kind: string; inner?: { node: { kind: string } } }): boolean =>
    node.kind === "integer" || (node.kind === "nullable" && node.inner?.node.kind === "integer");
  return new Set(
    Object.entries(fieldsOf(revision.body))
      .filter(([, field]) => isInteger(field.schema.node as { kind: string; inner?: { node: { kind: string } } }))
      .map(([name]) => name),
  );
}

/** Both conversions see the revision's own body: what was in the body may have moved into the query. */
function upOf(hop: Revision): (request: UpRequest) => UpRequest {
  const up = hop.up as ((body: unknown) => unknown) | undefined;
  const upQuery = hop.upQuery as ((query: unknown, body: unknown) => unknown) | undefined;
  return ({ query, body }) => ({
    query: upQuery === undefined ? query : upQuery(query, body),
    body: up === undefined ? body : up(body),
  });
}

function compose<T>(steps: readonly ((value: T) => T)[]): (value: T) => T {
  const [only] = steps;
  if (only === undefined) return (value) => value;
  if (steps.length === 1) return only;
  return (value) => steps.reduce((current, step) => step(current), value);
}

export function parseParams(params: Params, raw: Readonly<Record<string, string>>): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, { parse }] of Object.entries(params)) {
    const result = parse(raw[name] ?? "");
    if (!result.ok) throw HttpError.badRequest(`bad parameter in URL path: ${name}: ${result.reason}`);
    values[name] = result.value;
  }
  return values;
}

export interface ParsedQuery {
  readonly values: Record<string, unknown>;
  readonly page: PageRequest;
}

const FIRST_PAGE: PageRequest = { limit: DEFAULT_PAGE_LIMIT, selector: undefined };

/** With a page token every other selector is ignored: the token carries what it needs. */
export function parseQuery(plan: RevisionPlan, search: URLSearchParams | undefined): ParsedQuery {
  const page = plan.operation.paginated === true ? parsePage(search) : FIRST_PAGE;
  const resumed = page.selector !== undefined;
  const values: Record<string, unknown> = {};
  for (const [name, { param, required, default: fallback }] of Object.entries(plan.query)) {
    const text = search?.get(name) ?? undefined;
    if (text === undefined || (resumed && !required)) {
      if (required && !resumed) throw badQuery(`missing field \`${name}\``);
      values[name] = fallback;
      continue;
    }
    const result = param.parse(text);
    if (!result.ok) throw badQuery(`${name}: ${result.reason}`);
    values[name] = result.value;
  }
  return { values, page };
}

function parsePage(search: URLSearchParams | undefined): PageRequest {
  if (search === undefined) return FIRST_PAGE;
  const limitText = search.get("limit");
  let limit = DEFAULT_PAGE_LIMIT;
  if (limitText !== null) {
    if (!/^\+?\d+$/.test(limitText) || Number(limitText) > 0xffff_ffff) {
      throw badQuery(`limit: \`${limitText}\` is not an integer in 1..=4294967295`);
    }
    limit = Number(limitText);
    if (limit === 0) throw badQuery("limit: expected a value of at least 1, got 0");
    limit = Math.min(limit, MAX_PAGE_LIMIT);
  }
  const token = search.get("page_token");
  return { limit, selector: token === null ? undefined : decodePageToken(token) };
}

function badQuery(reason: string): HttpError {
  return HttpError.badRequest(`unable to parse query string: ${reason}`);
}
