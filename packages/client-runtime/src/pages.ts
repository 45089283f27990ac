/** Reads a paginated operation item by item. */
import type { RawArgs } from "./definition.ts";
import { ProtocolError, type CallIdentity } from "./errors.ts";

/**
 * After the first page only the token and the limit are sent: the token carries everything else. The last page of upstream
 * is empty; a token that comes back a second time would loop for ever and is refused.
 */
export async function* readPages(
  call: CallIdentity,
  fetchPage: (args: RawArgs) => Promise<unknown>,
  first: RawArgs,
): AsyncGenerator<unknown, void> {
  const limit = first.query?.["limit"];
  let args = first;
  let previous: unknown = first.query?.["page_token"];
  for (;;) {
    const page = pageOf(call, await fetchPage(args));
    yield* page.items;
    const token = page.next_page;
    if (token === null || token === undefined) return;
    if (token === previous) throw new ProtocolError(call, 200, "the page's token is the one that asked for it");
    previous = token;
    const query = limit === undefined ? { page_token: token } : { limit, page_token: token };
    args = first.path === undefined ? { query } : { path: first.path, query };
  }
}

function pageOf(call: CallIdentity, value: unknown): { items: unknown[]; next_page?: string | null } {
  const page = value as { items?: unknown; next_page?: unknown } | null;
  const token = page?.next_page;
  if (!Array.isArray(page?.items) || !(token === undefined || token === null || typeof token === "string")) {
    throw new ProtocolError(call, 200, "answered with something that is not a page");
  }
  return page as { items: unknown[]; next_page?: string | null };
}
