import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { declare, defineApi, type Api } from "@racklet/api-kit/declare";
import { s, type Schema } from "@racklet/api-kit/schema";
import { apiVersions } from "@racklet/api-kit/versions";
import { gitHistory, type History } from "../src/history.ts";
import { ledgerText } from "../src/ledger.ts";
import { FAILURE, FRESH, NEEDS_UPDATE, run, USAGE } from "../src/run.ts";

const versionsTo = (newest: number) =>
  apiVersions(Array.from({ length: newest }, (_, i) => [newest - i, `V${newest - i}`] as const));

interface ToyOptions {
  readonly newest?: number;
  readonly body?: Schema;
  readonly summary?: string;
  readonly lockstep?: boolean;
}

function toy({ newest = 2, body = s.object({ a: s.u8() }), summary = "Put.", lockstep = false }: ToyOptions = {}): Api {
  return defineApi({
    ident: "toy",
    title: "Toy",
    description: "For tests",
    versions: versionsTo(newest),
    onMissing: lockstep ? "unversioned" : "refuse",
    bodyLimit: 100,
    operations: {
      put: declare({ operationId: "put", method: "PUT", path: "/x", summary, revisions: [{ since: 0, body }] }),
    },
  });
}

const noHistory: History = { ledgers: () => [], document: () => null };
let folder = "";
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "racklet-openapi-")), "openapi");
  mkdirSync(folder);
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true }));

function openapi(
  apis: Api | readonly Api[],
  argv: string[],
  history: History = noHistory,
): { code: number; text: string } {
  const lines: string[] = [];
  const output = { write: (line: string) => void lines.push(line), colour: false };
  const code = run(argv, { apis: [apis].flat() as Api[], folder, history, output });
  return { code, text: lines.join("\n") };
}

const files = () => readdirSync(join(folder, "toy")).sort();
const fileOf = (version: string) => files().find((name) => name.startsWith(`toy-${version}-`)) ?? "";
const blessOldest = () => {
  expect(openapi(toy(), ["generate"]).code).toBe(FRESH);
  expect(openapi(toy(), ["bless", "toy", "1"]).code).toBe(FRESH);
};

describe("generate and check", () => {
  it("need one run to be fresh, and then change nothing", () => {
    expect(openapi(toy(), ["check"]).code).toBe(NEEDS_UPDATE);
    expect(openapi(toy(), ["generate"]).code).toBe(FRESH);
    expect(openapi(toy(), ["check"])).toEqual({ code: FRESH, text: "fresh: 2 documents of 1 APIs" });
    expect(openapi(toy(), ["generate"])).toEqual({ code: FRESH, text: "" });
    expect(files()).toEqual([
      expect.stringMatching(/^toy-1\.0\.0-[0-9a-f]{6}\.json$/),
      expect.stringMatching(/^toy-2\.0\.0-[0-9a-f]{6}\.json$/),
      "toy-latest.json",
    ]);
    expect(readlinkSync(join(folder, "toy/toy-latest.json"))).toBe(fileOf("2.0.0"));
  });

  it("keep one file, without a version in its name, for a lockstep API", () => {
    openapi(toy({ lockstep: true }), ["generate"]);
    expect(readdirSync(folder)).toEqual(["toy.json"]);
    expect(openapi(toy({ lockstep: true, summary: "New." }), ["check"]).code).toBe(NEEDS_UPDATE);
  });

  it.each<[string, () => void, string]>([
    [
      "a document that was edited",
      () => writeFileSync(join(folder, "toy", fileOf("1.0.0")), "{}"),
      "differs from the declarations",
    ],
    ["a document that is missing", () => rmSync(join(folder, "toy", fileOf("1.0.0"))), "is missing"],
    [
      "a second document of a version",
      () => writeFileSync(join(folder, "toy/toy-1.0.0-000000.json"), "{}"),
      "belongs to no declared version",
    ],
    [
      "a document of an unknown version",
      () => writeFileSync(join(folder, "toy/toy-9.0.0-000000.json"), "{}"),
      "belongs to no declared version",
    ],
    [
      "a document of an unknown API",
      () => writeFileSync(join(folder, "other.json"), "{}"),
      "belongs to no declared version",
    ],
    ["a latest link that is missing", () => rmSync(join(folder, "toy/toy-latest.json")), "must point to toy-2.0.0-"],
  ])("see and put right %s", (_what, damage, message) => {
    openapi(toy(), ["generate"]);
    damage();
    const { code, text } = openapi(toy(), ["check"]);
    expect(code).toBe(NEEDS_UPDATE);
    expect(text).toContain(message);
    expect(text).toContain("→ run: pnpm openapi generate");
    expect(openapi(toy(), ["generate"]).code).toBe(FRESH);
    expect(openapi(toy(), ["check"]).code).toBe(FRESH);
  });

  it("leave alone what is not theirs", () => {
    mkdirSync(join(folder, "toy/golden"), { recursive: true });
    writeFileSync(join(folder, "toy/golden/1.0.0.jsonl"), "");
    writeFileSync(join(folder, "toy/README.md"), "");
    openapi(toy(), ["generate"]);
    expect(files()).toContain("golden");
    expect(files()).toContain("README.md");
  });

  it("move to the new file when an unblessed version changes", () => {
    openapi(toy(), ["generate"]);
    expect(openapi(toy({ summary: "New." }), ["generate"]).code).toBe(FRESH);
    expect(files()).toHaveLength(3);
  });

  it("report declarations that cannot be printed without touching their files or the other APIs' verdicts", () => {
    openapi(toy(), ["generate"]);
    const clash = toy({ body: s.object({ a: s.named("T", s.u8()), b: s.named("T", s.u16()) }) });
    const { code, text } = openapi(clash, ["generate"]);
    expect(code).toBe(FAILURE);
    expect(text).toContain("two shapes are named T");
    expect(files()).toHaveLength(3);
  });
});

describe("a blessed version", () => {
  it("may be left as it is", () => {
    blessOldest();
    expect(openapi(toy(), ["check"]).code).toBe(FRESH);
    expect(openapi(toy(), ["list"]).text).toMatch(/toy +1\.0\.0 +V1 +blessed[^]*toy +2\.0\.0 +V2 +added locally/);
  });

  it("must not change on the wire, and generate does not touch it", () => {
    blessOldest();
    const before = readFileSync(join(folder, "toy", fileOf("1.0.0")), "utf8");
    const changed = toy({ body: s.object({ a: s.u8(), b: s.optional(s.u8()) }) });
    const { code, text } = openapi(changed, ["generate"]);
    expect(code).toBe(FAILURE);
    expect(text).toContain("broken: toy@1.0.0 is blessed, but the declarations now differ on the wire");
    expect(text).toContain("additive  PUT /x body.b: optional property added");
    expect(text).toContain("→ undo the change of the declaration, or add a version for it");
    expect(readFileSync(join(folder, "toy", fileOf("1.0.0")), "utf8")).toBe(before);
  });

  it("must not even be documented differently when it is the newest blessed one", () => {
    blessOldest();
    expect(openapi(toy({ summary: "New." }), ["check"]).text).toContain("toy@1.0.0 is the newest blessed version");
    expect(openapi(toy({ summary: "New." }), ["check"]).code).toBe(FAILURE);
  });

  it("keeps its bytes when an older one is only documented differently", () => {
    blessOldest();
    openapi(toy(), ["bless", "toy", "2.0.0"]);
    const { code, text } = openapi(toy({ summary: "New." }), ["check"]);
    expect(text).not.toContain("toy@1.0.0");
    expect(text).toContain("toy@2.0.0 is the newest blessed version");
    expect(code).toBe(FAILURE);
  });

  it("is restored when its file is damaged", () => {
    blessOldest();
    const name = fileOf("1.0.0");
    writeFileSync(join(folder, "toy", name), "{}");
    expect(openapi(toy(), ["check"]).code).toBe(NEEDS_UPDATE);
    expect(openapi(toy(), ["generate"]).code).toBe(FRESH);
    expect(fileOf("1.0.0")).toBe(name);
  });

  it("is restored from history when the declarations no longer give its bytes", () => {
    blessOldest();
    openapi(toy(), ["bless", "toy", "2"]);
    const name = fileOf("1.0.0");
    const text = readFileSync(join(folder, "toy", name), "utf8");
    rmSync(join(folder, "toy", name));
    const changed = toy({ summary: "New." });
    expect(openapi(changed, ["check"]).text).toContain("the blessed document is lost");
    const history = { ...noHistory, document: (file: string) => (file === `toy/${name}` ? text : null) };
    openapi(changed, ["generate"], history);
    expect(readFileSync(join(folder, "toy", name), "utf8")).toBe(text);
  });

  it("is noted, and its file removed, when it is no longer declared", () => {
    blessOldest();
    writeFileSync(
      join(folder, "blessed.json"),
      readFileSync(join(folder, "blessed.json"), "utf8").replace("1.0.0", "3.0.0"),
    );
    expect(openapi(toy(), ["generate"])).toMatchObject({ code: FRESH });
    expect(openapi(toy(), ["check"]).text).toContain("note: toy@3.0.0 is blessed but no longer declared");
  });

  it.each<[string, (text: string) => string, string]>([
    ["removed", () => "[]\n", "toy@1.0.0 is no longer listed"],
    ["changed", (text) => text.replace(/"sha256":"\w{2}/, '"sha256":"00'), "toy@1.0.0 is listed with another hash"],
  ])("keeps its line in the ledger: %s", (_what, edit, message) => {
    const git = (...args: string[]) => execFileSync("git", ["-C", folder, ...args], { stdio: "ignore" });
    blessOldest();
    git("init", "-b", "main", "..");
    git("add", ".");
    git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-m", "bless");
    expect(openapi(toy(), ["check"], gitHistory(folder)).code).toBe(FRESH);
    const path = join(folder, "blessed.json");
    writeFileSync(path, edit(readFileSync(path, "utf8")));
    const { code, text } = openapi(toy(), ["check"], gitHistory(folder));
    expect(code).toBe(FAILURE);
    expect(text).toContain(`broken: blessed.json ${message}`);
  });
});

describe("bless", () => {
  it.each<[string, string[], string]>([
    ["an unknown API", ["bless", "nope", "1"], "no API nope; there are toy"],
    ["an unknown version", ["bless", "toy", "7"], "toy declares no version 7"],
    ["a stale document", ["bless", "toy", "1"], "is not what the declarations say"],
  ])("refuses %s", (_what, argv, message) => {
    const { code, text } = openapi(toy(), argv);
    expect(code).toBe(FAILURE);
    expect(text).toContain(message);
    expect(existsSync(join(folder, "blessed.json"))).toBe(false);
  });

  it("refuses to bless twice, and lockstep APIs", () => {
    blessOldest();
    expect(openapi(toy(), ["bless", "toy", "1.0.0"]).text).toContain("is blessed already");
    expect(openapi(toy({ lockstep: true }), ["bless", "toy", "1"]).text).toContain("nothing to bless");
  });

  it("appends one line per version", () => {
    blessOldest();
    openapi(toy(), ["bless", "toy", "2"]);
    const lines = JSON.parse(readFileSync(join(folder, "blessed.json"), "utf8")) as {
      ident: string;
      version: string;
      sha256: string;
    }[];
    expect(lines.map(({ version }) => version)).toEqual(["1.0.0", "2.0.0"]);
    expect(readFileSync(join(folder, "blessed.json"), "utf8")).toBe(ledgerText(lines));
    expect(ledgerText(lines).split("\n")).toHaveLength(5);
  });
});

describe("diff", () => {
  it("compares versions and files", () => {
    const api = toy({ newest: 1 });
    openapi(api, ["generate"]);
    expect(openapi(api, ["diff", "toy@1", "toy@latest"]).text).toBe("no difference");
    const file = join(folder, "other-api.json");
    writeFileSync(file, readFileSync(join(folder, "toy", fileOf("1.0.0")), "utf8").replace('"uint8"', '"uint16"'));
    const told = "breaking  PUT /x body.a: format uint8 → uint16\n1 breaking";
    expect(openapi(api, ["diff", "toy@1.0.0", file]).text).toBe(told);
    expect(JSON.parse(openapi(api, ["diff", "toy@1.0.0", file, "--json"]).text)).toHaveLength(1);
  });

  it("says what it does not know", () => {
    expect(openapi(toy(), ["diff", "toy@1", "toy@9"])).toMatchObject({ code: FAILURE });
  });
});

describe("the command line", () => {
  it("lists as JSON for scripts", () => {
    const rows = JSON.parse(openapi(toy(), ["list", "--json"]).text) as object[];
    expect(rows[1]).toMatchObject({ api: "toy", version: "2.0.0", label: "V2", state: "added locally", operations: 1 });
  });

  it.each([[[]], [["nonsense"]], [["bless", "toy"]], [["check", "more"]]])(
    "explains itself when called with %j",
    (argv) => {
      expect(openapi(toy(), argv)).toMatchObject({ code: USAGE, text: expect.stringContaining("usage: pnpm openapi") });
    },
  );
});
