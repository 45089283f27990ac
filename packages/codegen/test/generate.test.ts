import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { versionTag } from "../src/documents.ts";
import { generate } from "../src/generate.ts";
import { fixtureApi } from "./fixture-api.ts";
import { documentsOf } from "./load.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "racklet-codegen-"));
  for (const name of ["toy-client", "api-types"]) {
    mkdirSync(join(root, "packages", name), { recursive: true });
    writeFileSync(join(root, "packages", name, "package.json"), "{}");
  }
  mkdirSync(join(root, "openapi/toy"), { recursive: true });
  for (const { path, text } of documentsOf(fixtureApi)) writeFileSync(join(root, path), text);
});
afterEach(() => rmSync(root, { recursive: true }));

const run = (apis = [fixtureApi]) => generate({ root, loadApis: async () => apis });
const gen = (name: string) => readdirSync(join(root, "packages", name, "src/gen")).sort();
const read = (name: string) => readFileSync(join(root, "packages", name), "utf8");

it("makes an entry point per version and the validators", async () => {
  expect(await run()).toEqual({ made: 11, kept: 0, removed: 0, failures: [] });
  expect(gen("toy-client")).toEqual([
    ".stamp.json",
    "latest.ts",
    "v1.ts",
    "v1.types.d.ts",
    "v2.1.ts",
    "v2.1.types.d.ts",
    "v2.ts",
    "v2.types.d.ts",
  ]);
  expect(read("toy-client/src/gen/latest.ts")).toBe('export * from "./v2.1.ts";\n');
  expect(gen("api-types")).toEqual([
    ".stamp.json",
    "toy.response-validators.d.ts",
    "toy.response-validators.js",
    "toy.validators.d.ts",
    "toy.validators.js",
  ]);
});

it("describes each operation to the runtime and to the reader", async () => {
  await run();
  const text = read("toy-client/src/gen/v2.1.ts");
  expect(text).toContain(
    'entries_list: { method: "GET", path: "/entries/{group}", success: 200, idempotent: true, paginated: true }',
  );
  expect(text).toContain('everything_check: { method: "POST", path: "/everything", success: 204, idempotent: true }');
  expect(text).toContain('login: { method: "POST", path: "/login", success: null, form: true }');
  expect(text).toContain("Ends with *\\/ in its text.");
  expect(text).toContain("export function toyClient(options: ClientOptions): ToyV2_1Client");
  expect(text).toContain("export const v2_1: ClientVersion<typeof API_VERSION, ToyV2_1Client> = {");
});

it("does nothing, and loads no declarations, when nothing changed", async () => {
  await run();
  const again = await generate({
    root,
    loadApis: () => {
      throw new Error("declarations were loaded");
    },
  });
  expect(again).toEqual({ made: 0, kept: 11, removed: 0, failures: [] });
});

it("makes again what was deleted, and removes what belongs to no document", async () => {
  await run();
  rmSync(join(root, "packages/toy-client/src/gen/v1.ts"));
  writeFileSync(join(root, "packages/toy-client/src/gen/v9.ts"), "");
  expect(await run()).toMatchObject({ made: 2, kept: 9, removed: 1 });
});

it("uses no CommonJS in validators", async () => {
  await run();
  expect(read("api-types/src/gen/toy.validators.js")).not.toContain("require(");
});

it("still makes clients when a declaration has no document, and says what to run", async () => {
  rmSync(
    join(root, "openapi/toy", readdirSync(join(root, "openapi/toy")).find((name) => name.includes("2.1.0")) ?? ""),
  );
  const { failures } = await run();
  expect(failures).toEqual([
    "toy: everything_check is declared since 2.1.0 but not in openapi/; run: pnpm openapi generate",
  ]);
  expect(gen("toy-client")).toContain("v2.ts");
});

it("refuses two documents of one version", async () => {
  const [document] = documentsOf(fixtureApi);
  writeFileSync(join(root, "openapi/toy/toy-1.0.0-000000.json"), document?.text ?? "");
  await expect(run()).rejects.toThrow("are both toy 1.0.0");
});

it.each([
  ["13.0.0", "v13"],
  ["13.1.0", "v13.1"],
  ["2026082001.0.0", "v2026082001"],
])("calls the entry point of %s %s", (version, tag) => {
  expect(versionTag(version)).toBe(tag);
});
