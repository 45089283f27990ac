/** Pages in the order of ids, and those that are always empty. */
import { badToken, type PageRequest, type QueryParam, type ResultsPage } from "@racklet/api-kit";
import { listing } from "./listing.ts";

type ById = { readonly sort_by: "id_ascending" };

/** `keyOf`: the id that the page after this row continues after. */
export async function idPage<Q extends ById & Readonly<Record<string, unknown>>, Row, Item>(
  declared: Readonly<Record<string, QueryParam>>,
  input: { readonly query: Q; readonly page: PageRequest },
  list: (page: { readonly limit: number; readonly lastSeen: string | undefined }) => Promise<Row[]>,
  view: (row: Row) => Item,
  keyOf: (row: Row) => string,
): Promise<ResultsPage<Item>> {
  const of = listing(declared, input);
  return of.page(await list({ limit: of.limit, lastSeen: of.lastSeen }), view, keyOf);
}

/** Of a resource that cannot exist here. No page token leads here, since an empty page has no successor. */
export function emptyPage<Item>(page: PageRequest): ResultsPage<Item> {
  if (page.selector !== undefined) throw badToken("corrupted token");
  return { items: [], next_page: null };
}
