/** The tables of upstream's facts in `upstream/`: one file per API, one line per operation and run of versions. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { keyOf, type Fact } from "./facts.ts";

export interface TableLine extends Fact {
  /** First and last version of the run, both included. */
  readonly since: string;
  readonly until: string;
}

export interface UpstreamTable {
  readonly ident: string;
  /** Every version that upstream has a document of, oldest first. */
  readonly versions: readonly string[];
  readonly lines: readonly TableLine[];
}

const FOLDER = join(import.meta.dirname, "../../upstream");

export const tableFile = (ident: string): string => join(FOLDER, `${ident}.jsonl`);

/** Null: nothing is known of upstream's API of that name. */
export function readTable(ident: string): UpstreamTable | null {
  const file = tableFile(ident);
  if (!existsSync(file)) return null;
  const [head = "{}", ...rest] = readFileSync(file, "utf8").trimEnd().split("\n");
  // This package writes these files and nobody else.
  const { versions } = JSON.parse(head) as { versions: readonly string[] };
  return { ident, versions, lines: rest.map((line) => JSON.parse(line) as TableLine) };
}

/** What upstream serves in a version, by path and method. */
export function factsAt({ versions, lines }: UpstreamTable, version: string): Map<string, Fact> {
  const at = versions.indexOf(version);
  const inForce = lines.filter(({ since, until }) => versions.indexOf(since) <= at && at <= versions.indexOf(until));
  return new Map(inForce.map((line) => [keyOf(line), line]));
}

/** `byVersion`: the facts of each version, oldest first. */
export function tableText(byVersion: readonly (readonly [version: string, facts: readonly Fact[]])[]): string {
  const lines: TableLine[] = [];
  const open = new Map<string, { line: TableLine; text: string }>();
  for (const [version, facts] of byVersion) {
    const seen = new Map(facts.map((fact) => [keyOf(fact), fact]));
    for (const [key, { line }] of open) {
      if (seen.has(key)) continue;
      lines.push(line);
      open.delete(key);
    }
    for (const [key, fact] of seen) {
      const text = JSON.stringify(fact);
      const running = open.get(key);
      if (running !== undefined && running.text !== text) lines.push(running.line);
      const since = running?.text === text ? running.line.since : version;
      open.set(key, { text, line: { ...fact, since, until: version } });
    }
  }
  lines.push(...[...open.values()].map(({ line }) => line));
  const order = byVersion.map(([version]) => version);
  const sorted = lines.toSorted((a, b) => {
    if (keyOf(a) !== keyOf(b)) return keyOf(a) < keyOf(b) ? -1 : 1;
    return order.indexOf(a.since) - order.indexOf(b.since);
  });
  return [{ versions: order }, ...sorted].map((line) => `${JSON.stringify(line)}\n`).join("");
}
