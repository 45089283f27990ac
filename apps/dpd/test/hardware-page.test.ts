/** The page about hardware names each operation that a software switch cannot serve. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { hardwareOperations } from "@racklet/api-types/dpd/operations/hardware";
import { moduleOperations } from "@racklet/api-types/dpd/operations/module";
import { expect, test } from "vitest";

const page = readFileSync(resolve(import.meta.dirname, "../../../docs/reference/dpd-hardware.md"), "utf8");

test("the page names exactly the operations of modules and hardware", () => {
  const rows = page.split("\n").filter((line) => line.startsWith("| `"));
  const named = rows.flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`(\w+)`/g)].map((match) => match[1]));
  expect(named.sort()).toEqual([...Object.keys(hardwareOperations), ...Object.keys(moduleOperations)].sort());
});
