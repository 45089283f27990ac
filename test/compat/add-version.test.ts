/**
 * Adding a version as docs/versions.md says, in a copy of the packages that takes part: it touches only the files that the page
 * names, and the document, the client, the conversions and the matrix have the version by themselves.
 */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Api } from "@racklet/api-kit";
import { EXAMPLE, EXAMPLE_VERSION } from "@racklet/openapi-cli/page/example";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readDocuments } from "../fuzz/support/documents.ts";
import { cellsOf } from "./support/cells.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const COPIED = ["api-kit", "api-types", "codegen", "net", "openapi-cli", "world", "propolis-client", "client-runtime"];
const API = "propolis";
/** What the tools write. */
const GENERATED = /^(openapi\/|docs\/versions\.md$|packages\/[\w-]+\/src\/gen\/)/;

let copy: string;
let before: ReadonlyMap<string, string>;
let after: ReadonlyMap<string, string>;

beforeAll(() => {
  copy = realpathSync(mkdtempSync(join(tmpdir(), "racklet-version-")));
  for (const name of COPIED) copyPackage(name);
  cpSync(join(ROOT, "apps/propolis/src"), join(copy, "apps/propolis/src"), { recursive: true });
  cpSync(join(ROOT, "openapi", API), join(copy, "openapi", API), { recursive: true, verbatimSymlinks: true });
  writeFileSync(join(copy, "openapi/blessed.json"), "[]\n");
  mkdirSync(join(copy, "docs"));
  // The other APIs would only take time.
  const registry = `import { propolisApi } from "./propolis/api.ts";\nexport const apis = [propolisApi];\n`;
  writeFileSync(join(copy, "packages/api-types/src/registry.ts"), registry);
  node("packages/openapi-cli/src/main.ts", "generate");
  before = filesOf(copy);
  for (const each of EXAMPLE) {
    const file = join(copy, each.file);
    if (each.kind === "new") {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, each.text);
    } else {
      for (const edit of each.edits) writeFileSync(file, replaceOnce(readFileSync(file, "utf8"), edit, each.file));
    }
  }
  node("packages/openapi-cli/src/main.ts", "generate");
  node("packages/codegen/src/main.ts");
  after = filesOf(copy);
}, 60_000);
afterAll(() => rmSync(copy, { recursive: true }));

test("touches only the files that the page names", () => {
  const changed = [...after].filter(([file, text]) => before.get(file) !== text).map(([file]) => file);
  expect(changed.filter((file) => !GENERATED.test(file)).sort()).toEqual(EXAMPLE.map(({ file }) => file).sort());
});

test("adds one document, says so on the page, and leaves every other document as it was", () => {
  const documents = (files: ReadonlyMap<string, string>) =>
    [...files].filter(([file]) => /^openapi\/propolis\/propolis-\d/.test(file));
  const added = documents(after).filter(([file]) => !before.has(file));
  expect(added.map(([file]) => file)).toEqual([
    expect.stringMatching(new RegExp(`/propolis-${EXAMPLE_VERSION}-[0-9a-f]{6}\\.json$`)),
  ]);
  expect(documents(before).every(([file, text]) => after.get(file) === text)).toBe(true);
  expect(added[0]?.[1]).toContain('"uptime_ms"');
  expect(after.get("docs/versions.md")).toContain(
    `**${EXAMPLE_VERSION}** \`UPTIME\`\n\n* \`GET /instance\` – the answer, \`uptime_ms\`: optional property added`,
  );
});

test("gives the client package an entry point, which is its newest", () => {
  const gen = "packages/propolis-client/src/gen";
  expect(after.get(`${gen}/v7.ts`)).toContain(`API_VERSION = "${EXAMPLE_VERSION}"`);
  expect(after.get(`${gen}/v7.types.d.ts`)).toContain("uptime_ms?: number");
  expect(after.get(`${gen}/latest.ts`)).toBe('export * from "./v7.ts";\n');
  expect(after.get(`${gen}/v6.ts`)).toBe(before.get(`${gen}/v6.ts`));
});

test("is found by the matrix, and its conversion gives older clients their own answer", async () => {
  const { propolisApi } = (await import(pathToFileURL(join(copy, "packages/api-types/src/propolis/api.ts")).href)) as {
    propolisApi: Api;
  };
  const versions = propolisApi.versions.all.map(({ semver }) => semver.text);
  expect(versions.at(-1)).toBe(EXAMPLE_VERSION);
  const cells = cellsOf(
    propolisApi,
    "propolis",
    readDocuments("propolis", versions.toReversed(), join(copy, "openapi/")),
  );
  const own = cells.filter(({ client, server }) => client === EXAMPLE_VERSION && server === EXAMPLE_VERSION);
  expect(own.length).toBeGreaterThan(10);
  expect(cells.filter(({ client, kind }) => client === EXAMPLE_VERSION && kind === "refused").length).toBeGreaterThan(
    10,
  );
  const [, initial] = propolisApi.operations["instance_get"]?.revisions ?? [];
  if (initial === undefined || initial.removed === true || initial.down === undefined) throw new Error("no conversion");
  expect((initial.down as (newer: unknown) => unknown)({ instance: {}, uptime_ms: 5 })).toEqual({ instance: {} });
});

function copyPackage(name: string): void {
  const [from, to] = [join(ROOT, "packages", name), join(copy, "packages", name)];
  cpSync(from, to, { recursive: true, filter: (path) => !/\/(node_modules|dist|docs|test)$/.test(path) });
  const modules = join(from, "node_modules");
  if (!existsSync(modules)) return;
  for (const entry of readdirSync(modules).flatMap((each) =>
    each.startsWith("@") ? readdirSync(join(modules, each)).map((one) => `${each}/${one}`) : [each],
  )) {
    if (entry.startsWith(".")) continue;
    const target = join(to, "node_modules", entry);
    mkdirSync(dirname(target), { recursive: true });
    const own = entry.replace("@racklet/", "");
    symlinkSync(COPIED.includes(own) ? join(copy, "packages", own) : realpathSync(join(modules, entry)), target);
  }
}

function node(script: string, ...args: string[]): void {
  execFileSync(process.execPath, [join(copy, script), ...args], { cwd: copy, stdio: "pipe" });
}

function replaceOnce(
  text: string,
  { before: old, after: now }: { before: string; after: string },
  file: string,
): string {
  const parts = text.split(old);
  if (parts.length !== 2)
    throw new Error(`${file} has this ${parts.length - 1} times, not once; correct the example:\n${old}`);
  return parts.join(now);
}

function filesOf(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    entries
      .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, "utf8")]),
  );
}
