/**
 * Keyset pages over a query: the next page starts after the last key seen, so a page costs O(page) however deep it is.
 * Which columns are the keys is the caller's to say; each needs an index for that to be true.
 */
import { sql, type SelectQueryBuilder } from "kysely";

export type SortMode = "name_ascending" | "name_descending" | "id_ascending";

/** One page of a listing, as asked for. */
export interface Paging<Mode extends SortMode = SortMode> {
  readonly sortBy: Mode;
  /** 1 … 10,000. */
  readonly limit: number;
  /** Key of the last item of the page before: a name or an id, as `sortBy` says. */
  readonly lastSeen: string | undefined;
}

/** Where the keys are: column references such as `vpc.name`. Both are unique within the listing. */
export interface KeyColumns {
  readonly name: string;
  readonly id: string;
}

const OWN: KeyColumns = { name: "name", id: "id" };

/** The query, cut to the page and in its order. */
export function paginate<DB, TB extends keyof DB, O>(
  query: SelectQueryBuilder<DB, TB, O>,
  paging: Paging,
  columns: KeyColumns = OWN,
): SelectQueryBuilder<DB, TB, O> {
  const column = paging.sortBy === "id_ascending" ? columns.id : columns.name;
  const descending = paging.sortBy === "name_descending";
  return paginateBy(query, column, { ...paging, descending });
}

/** As paginate, over any one unique text column. */
export function paginateBy<DB, TB extends keyof DB, O>(
  query: SelectQueryBuilder<DB, TB, O>,
  column: string,
  page: { readonly limit: number; readonly lastSeen: string | undefined; readonly descending?: boolean },
): SelectQueryBuilder<DB, TB, O> {
  const key = sql.ref(column);
  const after =
    page.descending === true ? sql<boolean>`${key} < ${page.lastSeen}` : sql<boolean>`${key} > ${page.lastSeen}`;
  const rest = page.lastSeen === undefined ? query : query.where(after);
  return rest.orderBy(key, page.descending === true ? "desc" : "asc").limit(page.limit);
}

/** The key by which the page after this row continues. */
export function pageKey(sortBy: SortMode, row: { readonly id: string; readonly name: string }): string {
  return sortBy === "id_ascending" ? row.id : row.name;
}
