/** The page about the tables says what the declarations say. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { TABLES_PAGE, renderTablesPage } from "../scripts/tables-page.ts";
import { TABLES } from "../src/table/catalogue.ts";

const page = readFileSync(resolve(import.meta.dirname, "../../..", TABLES_PAGE), "utf8");

test("the page about the tables is current: `node apps/dpd/scripts/write-tables-page.ts` writes it", () => {
  expect(page).toBe(renderTablesPage());
});

test("the page has every table with its keys and actions", () => {
  for (const table of TABLES) {
    const section = page.split(`\n## ${table.name}\n`)[1]?.split("\n## ")[0] ?? "";
    for (const { name } of [...table.keys, ...table.actions]) expect(section).toContain(`| \`${name}\` |`);
    expect(section).toContain(table.p4);
  }
});
