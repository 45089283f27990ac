/**
 * Compares what is declared, what is on disk and what is blessed. Pure: the verdict is data, `generate` carries out its
 * actions and `check` prints its problems.
 */
import type { Api } from "@racklet/api-kit/declare";
import { wireDiff, type Change, type WireDocument } from "@racklet/api-kit/wire-diff";
import { fileOf, generatedDocuments, isLockstep, latestOf, sha256, type Generated } from "./generated.ts";
import type { Blessed } from "./ledger.ts";
import type { History } from "./history.ts";
import type { LocalFiles } from "./local.ts";

/** `stale`: `generate` puts it right. `broken`: a person has to. `note`: worth knowing, not an error. */
export type Severity = "stale" | "broken" | "note";

export interface Finding {
  readonly severity: Severity;
  /** A file of the documents' folder, or `ident@version`. */
  readonly subject: string;
  readonly message: string;
  /** What to do next. */
  readonly next: string;
  readonly changes?: readonly Change[];
}

export type Action =
  | { readonly kind: "write"; readonly file: string; readonly text: string }
  | { readonly kind: "link"; readonly file: string; readonly target: string }
  | { readonly kind: "remove"; readonly file: string };

export interface Verdict {
  readonly findings: readonly Finding[];
  readonly actions: readonly Action[];
}

export interface Evidence {
  readonly apis: readonly Api[];
  readonly local: LocalFiles;
  readonly ledger: readonly Blessed[];
  readonly history: History;
}

export const GENERATE = "run: pnpm openapi generate";

export function judge(evidence: Evidence): Verdict {
  const findings: Finding[] = [...judgeLedger(evidence)];
  const actions: Action[] = [];
  const wanted = new Set<string>();
  const undeclarable = new Set<string>();
  for (const api of evidence.apis) {
    const documents = tryGenerate(api, findings);
    if (documents === null) {
      undeclarable.add(api.ident);
      continue;
    }
    const kept = documents.map((document) => {
      const blessed = isLockstep(api) ? undefined : findBlessed(evidence.ledger, document);
      const result =
        blessed === undefined
          ? { findings: [], keep: { file: document.file, text: document.text } }
          : judgeBlessed(document, blessed, isNewestBlessed(evidence.ledger, documents, document), evidence);
      findings.push(...result.findings);
      return result.keep;
    });
    for (const keep of kept) {
      if (keep === null) continue;
      wanted.add(keep.file);
      if (evidence.local.get(keep.file)?.content === keep.text) continue;
      actions.push({ kind: "write", file: keep.file, text: keep.text });
      const state = evidence.local.has(keep.file) ? "differs from the declarations" : "is missing";
      findings.push({ severity: "stale", subject: keep.file, message: state, next: GENERATE });
    }
    const newest = kept.at(-1);
    if (!isLockstep(api) && newest !== null && newest !== undefined) {
      const file = latestOf(api.ident);
      const target = newest.file.slice(api.ident.length + 1);
      wanted.add(file);
      if (evidence.local.get(file)?.content !== target) {
        actions.push({ kind: "link", file, target });
        findings.push({ severity: "stale", subject: file, message: `must point to ${target}`, next: GENERATE });
      }
    }
    findings.push(...retired(api, documents, evidence));
  }
  for (const [file, { ident, version }] of evidence.local) {
    if (wanted.has(file) || undeclarable.has(ident) || isUnrestorable(findings, ident, version)) continue;
    actions.push({ kind: "remove", file });
    findings.push({ severity: "stale", subject: file, message: "belongs to no declared version", next: GENERATE });
  }
  return { findings, actions };
}

// A declaration that cannot be printed leaves its own API's files alone and does not hide what is wrong with the others.
function tryGenerate(api: Api, findings: Finding[]): Generated[] | null {
  try {
    return generatedDocuments(api);
  } catch (error) {
    const message = `cannot be printed: ${error instanceof Error ? error.message : String(error)}`;
    findings.push({ severity: "broken", subject: api.ident, message, next: "correct its declarations" });
    return null;
  }
}

interface Judged {
  readonly findings: readonly Finding[];
  /** What should be on disk; null when nobody knows the blessed bytes. */
  readonly keep: { readonly file: string; readonly text: string } | null;
}

function judgeBlessed(document: Generated, blessed: Blessed, newest: boolean, { local, history }: Evidence): Judged {
  const subject = `${document.ident}@${document.version}`;
  const file = fileOf(document.ident, document.version, blessed.sha256);
  const candidates = [document.text, local.get(file)?.content, history.document(file)];
  const text = candidates.find((each) => typeof each === "string" && sha256(each) === blessed.sha256);
  if (typeof text !== "string") {
    const next = `restore openapi/${file} from a checkout that has it`;
    return { findings: [{ severity: "broken", subject, message: "the blessed document is lost", next }], keep: null };
  }
  const keep = { file, text };
  if (text === document.text) return { findings: [], keep };
  const changes = wireDiff(JSON.parse(text) as WireDocument, JSON.parse(document.text) as WireDocument);
  const visible = changes.filter((change) => change.class !== "trivial");
  if (visible.length > 0) {
    const next = "undo the change of the declaration, or add a version for it";
    const message = "is blessed, but the declarations now differ on the wire";
    return { findings: [{ severity: "broken", subject, message, next, changes: visible }], keep };
  }
  if (!newest) return { findings: [], keep };
  const next = "undo the change, or add a version for it";
  const message = "is the newest blessed version and its documentation changed";
  return { findings: [{ severity: "broken", subject, message, next, changes }], keep };
}

function judgeLedger({ ledger, history }: Evidence): Finding[] {
  const subject = "blessed.json";
  const findings: Finding[] = [];
  for (const { revision, lines } of history.ledgers()) {
    for (const line of lines) {
      const now = ledger.find((each) => each.ident === line.ident && each.version === line.version);
      if (now?.sha256 === line.sha256) continue;
      const what = `${line.ident}@${line.version}`;
      const message = `${what} is ${now === undefined ? "no longer listed" : "listed with another hash"}`;
      const next = `restore the line that ${revision.slice(0, 12)} has; blessed versions never change`;
      if (!findings.some((each) => each.message === message))
        findings.push({ severity: "broken", subject, message, next });
    }
  }
  for (const [i, line] of ledger.entries()) {
    const first = ledger.findIndex((each) => each.ident === line.ident && each.version === line.version);
    if (first === i) continue;
    const message = `${line.ident}@${line.version} is listed twice`;
    findings.push({ severity: "broken", subject, message, next: "remove the second line" });
  }
  return findings;
}

function retired(api: Api, documents: readonly Generated[], { ledger }: Evidence): Finding[] {
  return ledger
    .filter(({ ident, version }) => ident === api.ident && !documents.some((each) => each.version === version))
    .map(({ ident, version }) => ({
      severity: "note",
      subject: `${ident}@${version}`,
      message: "is blessed but no longer declared: software that still speaks it cannot be upgraded from",
      next: "nothing, if it was retired on purpose",
    }));
}

function findBlessed(ledger: readonly Blessed[], { ident, version }: Generated): Blessed | undefined {
  return ledger.find((line) => line.ident === ident && line.version === version);
}

function isNewestBlessed(ledger: readonly Blessed[], documents: readonly Generated[], document: Generated): boolean {
  return documents.findLast((each) => findBlessed(ledger, each) !== undefined) === document;
}

// Files of a version whose blessed bytes are lost are all evidence there is.
function isUnrestorable(findings: readonly Finding[], ident: string, version: string | null): boolean {
  return findings.some((each) => each.subject === `${ident}@${version}` && each.message.endsWith("is lost"));
}
