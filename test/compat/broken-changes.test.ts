/** Tests of the tests: a change of each class that would break somebody, made on purpose, is seen by what is there to see it. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { emit, emitDocument } from "@racklet/api-kit/emit";
import { wireDiff, type WireDocument } from "@racklet/api-kit/wire-diff";
import { generatedDocuments, sha256 } from "@racklet/openapi-cli/generated";
import { judge, type Finding } from "@racklet/openapi-cli/judge";
import { beforeAll, describe, expect, test } from "vitest";
import { apiOf, BROKEN, tagOf, type BrokenChange, type SecondOpinion } from "./support/broken-changes.ts";

const documentOf = (operations: BrokenChange["before"]): WireDocument =>
  // What the emitter prints is such a document.
  emitDocument(apiOf(operations), 0) as unknown as WireDocument;

describe.each(BROKEN)("$name", ({ classes, before, after }) => {
  test("is classified by the differ", () => {
    const found = wireDiff(documentOf(before), documentOf(after)).filter(({ at }) => at !== "components");
    expect([...new Set(found.map((change) => change.class))].sort()).toEqual([...classes].sort());
  });

  test("is refused in a published version", () => {
    const [blessed] = generatedDocuments(apiOf(before));
    if (blessed === undefined) throw new Error("the API has no document");
    const { findings } = judge({
      apis: [apiOf(after)],
      local: new Map([
        [blessed.file, { ident: "shelf", version: blessed.version, kind: "version", content: blessed.text }],
      ]),
      ledger: [{ ident: "shelf", version: blessed.version, sha256: sha256(blessed.text) }],
      history: { ledgers: () => [], document: () => null },
    });
    const broken = findings.filter(({ severity }) => severity === "broken");
    expect(broken.map(({ subject }: Finding) => subject)).toEqual(["shelf@1.0.0"]);
    const message = classes.every((each) => each === "trivial") ? /documentation changed/ : /differ on the wire/;
    expect(broken[0]?.message).toMatch(message);
  });
});

interface RatedChange {
  readonly path: string;
  readonly impact: Exclude<SecondOpinion, null>;
}

describe("a second opinion", () => {
  let rated: readonly RatedChange[] = [];

  // All classes in one pair of documents: starting the program is what takes its time.
  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), "racklet-diff-"));
    try {
      const [a, b] = [join(folder, "before.json"), join(folder, "after.json")];
      writeFileSync(a, emit(apiOf(BROKEN.flatMap(({ before }) => before)), 0));
      writeFileSync(b, emit(apiOf(BROKEN.flatMap(({ after }) => after)), 0));
      rated = redoclyDiff(a, b);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each(BROKEN.map((change, i) => ({ ...change, tag: tagOf(i) })))("$name", ({ tag, secondOpinion }) => {
    const ranks = ["patch", "minor", "major"] as const;
    const impacts = rated.filter(({ path }) => path.includes(`~1${tag}~1`) || path.includes(`/${tag}Thing`));
    const worst = ranks.findLast((rank) => impacts.some(({ impact }) => impact === rank)) ?? null;
    expect(worst).toBe(secondOpinion);
  });
});

function redoclyDiff(before: string, after: string): readonly RatedChange[] {
  const program = fileURLToPath(new URL("bin/cli.js", import.meta.resolve("@redocly/cli/package.json")));
  const text = execFileSync(
    process.execPath,
    [program, "diff", before, after, "--format", "json", "--fail-on", "none"],
    {
      encoding: "utf8",
      maxBuffer: 1 << 26,
      stdio: ["ignore", "pipe", "ignore"],
      // It stays on this machine.
      env: { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true", CI: "1" },
    },
  );
  return (JSON.parse(text) as { changes: readonly RatedChange[] }).changes;
}
