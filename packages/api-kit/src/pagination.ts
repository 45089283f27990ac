/**
 * Pages as upstream's framework makes them: `next_page` is set whenever the page has an item, so a reader makes one last
 * request that returns an empty page. A token is URL-safe base64, padded, of `{"v":"v1","page_start":<selector>}`.
 */
import { HttpError } from "./errors.ts";
import { s, type Schema } from "./schema.ts";

export interface ResultsPage<T> {
  items: T[];
  next_page?: string | null | undefined;
}

export interface PageRequest {
  /** 1 … 10,000. */
  readonly limit: number;
  /** What the previous page's token carried; undefined on the first page. */
  readonly selector: unknown;
}

export const DEFAULT_PAGE_LIMIT = 100;
export const MAX_PAGE_LIMIT = 10_000;
const MAX_TOKEN_LENGTH = 512;

/** The schema `<name>ResultsPage` of a page of `item`. */
export function resultsPageOf<T>(name: string, item: Schema<T>): Schema<ResultsPage<T>> {
  return s.named(
    `${name}ResultsPage`,
    s.object({
      items: s.described("this page's items, in order", s.array(item)),
      next_page: s.optional(
        s.described("`page_token` of the next page; null when this page is empty", s.nullable(s.string())),
      ),
    }),
    "One page of a list.",
  );
}

/** A page of `items`; `selectorOf` the last item says where the next page starts. */
export function resultsPage<T>(items: T[], selectorOf: (last: T) => unknown): ResultsPage<T> {
  const last = items.at(-1);
  return { items, next_page: last === undefined ? null : encodePageToken(selectorOf(last)) };
}

/** The same page in another version's item type. */
export function mapPage<A, B>(page: ResultsPage<A>, convert: (item: A) => B): ResultsPage<B> {
  return { ...page, items: page.items.map(convert) };
}

export function encodePageToken(selector: unknown): string {
  const token = Buffer.from(JSON.stringify({ v: "v1", page_start: selector })).toString("base64");
  const urlSafe = token.replaceAll("+", "-").replaceAll("/", "_");
  if (urlSafe.length > MAX_TOKEN_LENGTH)
    throw new Error(`page token of ${urlSafe.length} characters exceeds ${MAX_TOKEN_LENGTH}`);
  return urlSafe;
}

export function decodePageToken(token: string): unknown {
  if (token.length > MAX_TOKEN_LENGTH) throw badToken("too large");
  if (!/^[A-Za-z0-9_-]*={0,2}$/.test(token)) throw badToken("corrupted token");
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
  } catch {
    throw badToken("corrupted token");
  }
  if (
    typeof parsed !== "object" ||
    parsed === null ||
    !("v" in parsed) ||
    parsed.v !== "v1" ||
    !("page_start" in parsed)
  ) {
    throw badToken("corrupted token");
  }
  return parsed.page_start;
}

/** The selector of a page request, checked: a token of another operation is refused like a corrupted one. */
export function selectorOf<T>(page: PageRequest, isSelector: (value: unknown) => value is T): T | undefined {
  if (page.selector === undefined) return undefined;
  if (!isSelector(page.selector)) throw badToken("corrupted token");
  return page.selector;
}

export function badToken(reason: string): HttpError {
  return HttpError.badRequest(`unable to parse query string: failed to parse pagination token: ${reason}`);
}
