import { expect, it } from "vitest";
import { operationDocs } from "../src/sdk/docs.ts";
import { fixtureApi } from "./fixture-api.ts";
import { documentsOf } from "./load.ts";

const [section, ...sections] = operationDocs(newest(), "@racklet/toy-client/v2.1").split(/^## /m);

function newest() {
  const document = documentsOf(fixtureApi).at(-1);
  if (document === undefined) throw new Error("no document");
  return document;
}

it("begins with what to import, and what is sent", () => {
  expect(section).toContain('import { toyClient } from "@racklet/toy-client/v2.1";');
  expect(section).toContain("4 operations. Every request says `api-version: 2.1.0`.");
});

it("says nothing of a version where none is sent", () => {
  const lockstep = operationDocs({ ...newest(), lockstep: true }, "@racklet/toy-client/lockstep");
  expect(lockstep).toContain("no version is sent");
});

it.each([
  [
    "entries_list",
    `List entries.

\`GET /entries/{group}\`

- \`path.group\`: string
- \`query.limit\`, optional: integer (uint32). Most items of one page
- \`query.page_token\`, optional: string. \`next_page\` of the page before
- \`query.tag\`, optional: string
- answers with "EntryResultsPage" (200)
- item by item: \`pages.entries_list\``,
  ],
  [
    "entries_put",
    `Replace all entries.

Harmless to repeat. Ends with */ in its text.

\`PUT /entries\`

- \`body\`: "Entries"
- answers with "Entries" (200)`,
  ],
  [
    "login",
    `Ask for a token.

\`POST /login\`

- \`body\`: "Login" as application/x-www-form-urlencoded
- answers with the \`Response\` itself`,
  ],
])("describes %s", (operation, text) => {
  const found = sections.find((each) => each.startsWith(`${operation}\n`));
  expect(found?.slice(operation.length).trim()).toBe(text);
});
