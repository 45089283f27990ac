/** `pnpm openapi <command>`: looks at, writes, checks and publishes the documents of every API. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import type { Api } from "@racklet/api-kit/declare";
import { wireDiff, type Change, type WireDocument } from "@racklet/api-kit/wire-diff";
import { apply } from "./apply.ts";
import { fileOf, generatedDocuments, isLockstep, sha256, type Generated } from "./generated.ts";
import type { History } from "./history.ts";
import { GENERATE, judge, type Finding, type Verdict } from "./judge.ts";
import { appendToLedger, readLedger } from "./ledger.ts";
import { readLocal } from "./local.ts";
import { versionsPage } from "./page/page.ts";
import { extract } from "./parity/extract.ts";
import { printParity } from "./parity/report.ts";
import { tableFile } from "./parity/table.ts";
import { paint, printChanges, printFinding, printTable, type Output } from "./print.ts";

export interface Workspace {
  readonly apis: readonly Api[];
  /** The documents' folder. */
  readonly folder: string;
  readonly history: History;
  readonly output: Output;
  /** Where the page about versions is; absent: there is none. */
  readonly page?: string;
}

export const FRESH = 0;
export const USAGE = 1;
export const NEEDS_UPDATE = 4;
export const FAILURE = 100;

const HELP = `usage: pnpm openapi <command>
  list [--json]         every version of every API: state, file, operations
  generate              write the documents that the declarations stand for, and docs/versions.md
  check                 say what generate would change, and what it cannot put right
  bless IDENT VERSION   publish a version: its document may never change again
  diff A B [--json]     what differs on the wire, classified; A and B are IDENT@VERSION or files
  parity                compare every version with the table of upstream's facts, and say how much is served
  upstream IDENT GIT_DIR FOLDER
                        write that table from the documents in a clone of upstream's repository
exit: 0 fresh or done, 4 run generate, 100 failure, 1 wrong usage`;

export function run(argv: readonly string[], workspace: Workspace): number {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { json: { type: "boolean", default: false }, help: { type: "boolean", short: "h", default: false } },
  });
  const [command, ...rest] = positionals;
  if (values.help) return usage(workspace, FRESH);
  const [first, second] = rest;
  if (command === "list" && rest.length === 0) return list(workspace, values.json);
  if (command === "generate" && rest.length === 0) return generate(workspace);
  if (command === "check" && rest.length === 0) return check(workspace);
  if (command === "parity" && rest.length === 0) return printParity(workspace.apis, workspace.output) ? FRESH : FAILURE;
  if (command === "upstream" && rest.length === 3) return upstream(workspace, rest);
  if (first === undefined || second === undefined || rest.length !== 2) return usage(workspace, USAGE);
  if (command === "bless") return bless(workspace, first, second);
  if (command === "diff") return diff(workspace, first, second, values.json);
  return usage(workspace, USAGE);
}

function upstream({ output }: Workspace, [ident = "", gitDir = "", folder = ""]: readonly string[]): number {
  const file = tableFile(ident);
  writeFileSync(file, extract(gitDir, folder));
  output.write(`wrote ${file}`);
  return FRESH;
}

function usage({ output }: Workspace, code: number): number {
  output.write(HELP);
  return code;
}

function verdictOf({ apis, folder, history }: Workspace): Verdict {
  return judge({ apis, local: readLocal(folder), ledger: readLedger(folder), history });
}

/** The text that the page about versions should have, unless it has it. A declaration that cannot be printed is told elsewhere. */
function stalePage({ apis, page }: Workspace, { findings }: Verdict): string | null {
  if (page === undefined || findings.some(({ message }) => message.startsWith("cannot be printed"))) return null;
  const text = versionsPage(apis);
  return existsSync(page) && readFileSync(page, "utf8") === text ? null : text;
}

function generate(workspace: Workspace): number {
  const { folder, output } = workspace;
  const verdict = verdictOf(workspace);
  const { actions } = verdict;
  apply(folder, actions);
  const text = stalePage(workspace, verdict);
  if (text !== null && workspace.page !== undefined) {
    writeFileSync(workspace.page, text);
    output.write(`wrote ${basename(workspace.page)}`);
  }
  for (const { kind, file } of actions) output.write(`${kind === "remove" ? "removed" : "wrote"} openapi/${file}`);
  // What is left after writing is what writing cannot put right.
  const left = verdictOf(workspace).findings;
  for (const finding of left) printFinding(output, finding);
  return left.some((finding) => finding.severity !== "note") ? FAILURE : FRESH;
}

function check(workspace: Workspace): number {
  const verdict = verdictOf(workspace);
  const { output, apis } = workspace;
  const page: Finding[] =
    stalePage(workspace, verdict) === null
      ? []
      : [{ severity: "stale", subject: "docs/versions.md", message: "is not about these versions", next: GENERATE }];
  const findings = [...verdict.findings, ...page];
  for (const finding of findings) printFinding(output, finding);
  if (findings.some(({ severity }) => severity === "broken")) return FAILURE;
  if (findings.some(({ severity }) => severity === "stale")) return NEEDS_UPDATE;
  const versions = apis.reduce((sum, api) => sum + generatedDocuments(api).length, 0);
  output.write(paint(output, "green", `fresh: ${versions} documents of ${apis.length} APIs`));
  return FRESH;
}

function list({ apis, folder, output }: Workspace, json: boolean): number {
  const ledger = readLedger(folder);
  const rows = apis.flatMap((api) =>
    generatedDocuments(api).map((document) => {
      const blessed = ledger.find((line) => line.ident === document.ident && line.version === document.version);
      const state = isLockstep(api) ? "lockstep" : blessed === undefined ? "added locally" : "blessed";
      const file = blessed === undefined ? document.file : fileOf(document.ident, document.version, blessed.sha256);
      const { ident, version, label, operations } = document;
      return { api: ident, version, label, state, file: `openapi/${file}`, operations };
    }),
  );
  if (json) output.write(JSON.stringify(rows));
  else {
    const cells = rows.map((row) => [row.api, row.version, row.label, row.state, String(row.operations), row.file]);
    printTable(output, ["api", "version", "label", "state", "operations", "file"], cells);
  }
  return FRESH;
}

function bless(workspace: Workspace, ident: string, version: string): number {
  const { apis, folder, output } = workspace;
  const refuse = (reason: string): number => {
    output.write(`${paint(output, "red", "refused")}: ${reason}`);
    return FAILURE;
  };
  const api = apis.find((each) => each.ident === ident);
  if (api === undefined) return refuse(`no API ${ident}; there are ${apis.map((each) => each.ident).join(", ")}`);
  if (isLockstep(api))
    return refuse(`${ident} has one version that client and server share: there is nothing to bless`);
  const document = findVersion(api, version);
  if (document === undefined) {
    return refuse(`${ident} declares no version ${version}; run: pnpm openapi list`);
  }
  if (readLedger(folder).some((line) => line.ident === ident && line.version === document.version)) {
    return refuse(`${ident}@${document.version} is blessed already`);
  }
  const file = readLocal(folder).get(document.file);
  if (file === undefined || sha256(file.content) !== document.sha256) {
    return refuse(`openapi/${document.file} is not what the declarations say; run: pnpm openapi generate`);
  }
  appendToLedger(folder, [{ ident, version: document.version, sha256: document.sha256 }]);
  output.write(`blessed ${ident}@${document.version} (${document.file}); commit openapi/blessed.json with it`);
  return FRESH;
}

function diff(workspace: Workspace, a: string, b: string, json: boolean): number {
  const { output } = workspace;
  const [before, after] = [load(workspace, a), load(workspace, b)];
  for (const [name, document] of [
    [a, before],
    [b, after],
  ] as const) {
    if (document !== null) continue;
    output.write(`${paint(output, "red", "not found")}: ${name} is neither IDENT@VERSION of a declared API nor a file`);
    return FAILURE;
  }
  const changes = wireDiff(before as WireDocument, after as WireDocument);
  if (json) output.write(JSON.stringify(changes));
  else if (changes.length === 0) output.write("no difference");
  else {
    printChanges(output, changes);
    output.write(countedByClass(changes));
  }
  return FRESH;
}

/** `2 additive, 1 breaking`: from harmless to worst. */
function countedByClass(changes: readonly Change[]): string {
  const classes = ["trivial", "additive", "request-breaking", "response-breaking", "breaking"] as const;
  return classes
    .map((each) => [changes.filter((change) => change.class === each).length, each] as const)
    .filter(([count]) => count > 0)
    .map(([count, each]) => `${count} ${each}`)
    .join(", ");
}

function load({ apis }: Workspace, name: string): WireDocument | null {
  const [ident, version] = name.split("@");
  const api = apis.find((each) => each.ident === ident);
  const document = api === undefined || version === undefined ? undefined : findVersion(api, version);
  const text = document?.text ?? (existsSync(name) ? readFileSync(name, "utf8") : null);
  return text === null ? null : (JSON.parse(text) as WireDocument);
}

/** `13` and `13.1` stand for `13.0.0` and `13.1.0`; `latest` for the newest. */
function findVersion(api: Api, version: string): Generated | undefined {
  const documents = generatedDocuments(api);
  if (version === "latest") return documents.at(-1);
  const padded = version
    .split(".")
    .concat("0", "0")
    .slice(0, Math.max(3, version.split(".").length))
    .join(".");
  return documents.find((each) => each.version === version || each.version === padded);
}
