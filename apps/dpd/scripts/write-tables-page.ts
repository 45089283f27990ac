/** `node apps/dpd/scripts/write-tables-page.ts`: writes the page about the P4 tables. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { TABLES_PAGE, renderTablesPage } from "./tables-page.ts";

const file = resolve(import.meta.dirname, "../../..", TABLES_PAGE);
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, renderTablesPage());
