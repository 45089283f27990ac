/** A page token of one version goes on in every other: nothing is lost, nothing comes twice. */
import { afterAll, describe, expect, test } from "vitest";
import { send } from "../fuzz/support/answer.ts";
import type { ApiDocument, DocumentOperation } from "../fuzz/support/documents.ts";
import { requestOf, validParts, type ValidParts } from "../fuzz/support/request.ts";
import { Dice } from "../fuzz/support/seed.ts";
import type { Target } from "../fuzz/support/target.ts";
import { documentsOf } from "./support/cells.ts";
import { MATRIX } from "./support/matrix-apis.ts";
import { ALL, REPLAY, report, SEED, slice } from "./support/runs.ts";

interface Page {
  readonly items: readonly unknown[];
  readonly next_page?: string | null;
}

describe.each(MATRIX)("$ident", ({ ident, api, start }) => {
  let ran = 0;
  let possible = 0;
  afterAll(() => report(`page tokens of ${ident}`, ran, possible));

  test("continues a list that was begun in another version", { timeout: 120_000 }, async () => {
    const target = await start();
    const documents = documentsOf(api);
    const dice = new Dice(`pages of ${ident}, ${SEED}`);
    try {
      const lists = await listsOf(target, documents, dice);
      const cells = lists.flatMap(({ versions, parts }) =>
        versions.flatMap((first) => versions.map((second) => ({ first, second, parts }))),
      );
      possible = cells.length;
      for (const { first, second, parts } of slice(cells, ALL ? cells.length : 20, `pages of ${ident}`)) {
        ran += 1;
        const whole = await pageOf(target, second, parts, {});
        const begun = await pageOf(target, first, parts, { limit: "1" });
        expect(begun.items.length).toBe(1);
        const rest = await restOf(target, second, parts, begun);
        const what = `${second.operationId}, begun in ${first.version}, continued in ${second.version}; ${REPLAY}`;
        expect(rest, what).toEqual(whole.items.slice(1));
      }
    } finally {
      await target.close();
    }
  });
});

interface List {
  /** The same list in every version that has it. */
  readonly versions: readonly DocumentOperation[];
  readonly parts: ValidParts;
}

/** The lists that have items to page through. */
async function listsOf(target: Target, documents: readonly ApiDocument[], dice: Dice): Promise<List[]> {
  const byPath = new Map<string, DocumentOperation[]>();
  for (const operation of documents.flatMap(({ operations }) => operations)) {
    if (operation.isPaginated) byPath.set(operation.path, [...(byPath.get(operation.path) ?? []), operation]);
  }
  const found: List[] = [];
  for (const versions of byPath.values()) {
    const [newest] = versions;
    if (newest === undefined) continue;
    // Parameters are drawn: some name things that are not there.
    for (let attempt = 0; attempt < 8; attempt += 1) {
      const drawn = validParts(newest, target.pool, dice);
      const required = newest.query.filter(({ name, isRequired }) => isRequired || name === "project");
      const query = Object.fromEntries(
        required.flatMap(({ name }) => (drawn.query[name] === undefined ? [] : [[name, drawn.query[name]]])),
      );
      const parts = { ...drawn, query };
      if ((await tryPage(target, newest, parts, {}))?.items.length) {
        found.push({ versions, parts });
        break;
      }
    }
  }
  expect(found.length + Number(byPath.size === 0), "no list has any items").toBeGreaterThan(0);
  return found;
}

async function tryPage(
  target: Target,
  operation: DocumentOperation,
  parts: ValidParts,
  more: Record<string, string>,
): Promise<Page | undefined> {
  const headers = { ...target.headers, "api-version": operation.version };
  const answer = await send(target, requestOf(operation, { ...parts, query: { ...parts.query, ...more } }, headers));
  return answer.status === 200 ? (JSON.parse(answer.text) as Page) : undefined;
}

async function pageOf(
  target: Target,
  operation: DocumentOperation,
  parts: ValidParts,
  more: Record<string, string>,
): Promise<Page> {
  const page = await tryPage(target, operation, parts, more);
  if (page === undefined) throw new Error(`${operation.operationId} at ${operation.version} has no page; ${REPLAY}`);
  return page;
}

const MAX_PAGES = 1_000;

async function restOf(
  target: Target,
  operation: DocumentOperation,
  parts: ValidParts,
  begun: Page,
): Promise<unknown[]> {
  const items: unknown[] = [];
  let token = begun.next_page;
  for (let pages = 0; token != null && pages < MAX_PAGES; pages += 1) {
    // After the first page only the token counts.
    const page = await pageOf(target, operation, { ...parts, query: {} }, { page_token: token });
    items.push(...page.items);
    token = page.next_page;
  }
  return items;
}
