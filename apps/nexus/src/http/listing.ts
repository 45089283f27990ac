/**
 * Page tokens of the external API: `{sort_by, last_seen}` and whatever else selects what is listed. A request with a token
 * is answered from the token alone (and its `limit`), as upstream does; a token of another operation is refused.
 */
import {
  badToken,
  resultsPage,
  type PageRequest,
  type Param,
  type QueryParam,
  type ResultsPage,
} from "@racklet/api-kit";
import type { Paging, SortMode } from "../db/paginate.ts";

/** A query as api-kit parses it: names, numbers, or a selector `{id}` or `{name}`; undefined where absent. */
type QueryValues = Readonly<Record<string, unknown>>;

export interface Listing<Q> {
  /** The query in force: the request's own, or on later pages the token's. */
  readonly query: Q;
  readonly limit: number;
  readonly lastSeen: string | undefined;
  /** A page of `rows`; `keyOf` is what the next page continues after. */
  page<Row, Item>(rows: readonly Row[], view: (row: Row) => Item, keyOf: (row: Row) => string): ResultsPage<Item>;
}

export interface SortedListing<Q, Mode extends SortMode> extends Listing<Q> {
  readonly paging: Paging<Mode>;
}

interface ListInput<Q> {
  readonly query: Q;
  readonly page: PageRequest;
}

/** `declared` is the operation's own `query`: its parsers read the values back out of a token. */
export function listing<Q extends QueryValues>(
  declared: Readonly<Record<string, QueryParam>>,
  { query, page }: ListInput<Q>,
): Listing<Q> {
  const token = page.selector === undefined ? undefined : tokenFields(page.selector);
  // Every value was just produced by the declaration's own parsers, hence has the query's types.
  const inForce = token === undefined ? query : (readQuery(declared, token) as Q);
  const lastSeen = token?.["last_seen"];
  if (token !== undefined && lastSeen === undefined) throw badToken("corrupted token");
  return {
    query: inForce,
    limit: page.limit,
    lastSeen,
    page: (rows, view, keyOf) => {
      const last = rows.at(-1);
      const selector = last === undefined ? undefined : { ...writeQuery(inForce), last_seen: keyOf(last) };
      return resultsPage(rows.map(view), () => selector);
    },
  };
}

/** A listing that can be sorted: the operation's query has `sort_by`. */
export function sortedListing<Mode extends SortMode, Q extends QueryValues & { readonly sort_by: Mode }>(
  declared: Readonly<Record<string, QueryParam>>,
  input: ListInput<Q>,
): SortedListing<Q, Q["sort_by"]> {
  const of = listing(declared, input);
  return { ...of, paging: { sortBy: of.query.sort_by, limit: of.limit, lastSeen: of.lastSeen } };
}

function tokenFields(selector: unknown): Readonly<Record<string, string>> {
  if (typeof selector !== "object" || selector === null) throw badToken("corrupted token");
  for (const value of Object.values(selector)) {
    if (typeof value !== "string") throw badToken("corrupted token");
  }
  return selector as Readonly<Record<string, string>>; // just checked
}

function readQuery(
  declared: Readonly<Record<string, QueryParam>>,
  token: Readonly<Record<string, string>>,
): QueryValues {
  const values: Record<string, unknown> = {};
  for (const [name, { param, required, default: fallback }] of Object.entries(declared)) {
    const text = token[name];
    if (text === undefined) {
      if (required || fallback !== undefined) throw badToken("corrupted token");
      continue;
    }
    const parsed = (param as Param).parse(text);
    if (!parsed.ok) throw badToken("corrupted token");
    values[name] = parsed.value;
  }
  return values;
}

function writeQuery(query: QueryValues): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) fields[name] = textOf(value);
  }
  return fields;
}

function textOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  if ("id" in value) return String(value.id);
  if ("name" in value) return String(value.name);
  throw new TypeError("a query value is neither text, a number nor a selector");
}
