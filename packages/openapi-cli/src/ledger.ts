/**
 * `blessed.json`: which documents are published and may never change again. Lines are only ever appended; the hash pins the
 * bytes without needing history, and history, where there is some, pins the ledger.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LEDGER } from "./local.ts";

export interface Blessed {
  readonly ident: string;
  readonly version: string;
  readonly sha256: string;
}

export function readLedger(folder: string): Blessed[] {
  const path = join(folder, LEDGER);
  return existsSync(path) ? parseLedger(readFileSync(path, "utf8"), path) : [];
}

export function parseLedger(text: string, where: string): Blessed[] {
  const lines: unknown = JSON.parse(text);
  if (!Array.isArray(lines) || !lines.every(isBlessed)) {
    throw new Error(`${where} must be a list of {ident, version, sha256}`);
  }
  return lines;
}

function isBlessed(line: unknown): line is Blessed {
  if (typeof line !== "object" || line === null) return false;
  const { ident, version, sha256 } = line as Partial<Record<keyof Blessed, unknown>>;
  return typeof ident === "string" && typeof version === "string" && /^[0-9a-f]{64}$/.test(String(sha256));
}

/** One line per entry, so that two branches blessing something collide. */
export function ledgerText(lines: readonly Blessed[]): string {
  const texts = lines.map(({ ident, version, sha256 }) => `  ${JSON.stringify({ ident, version, sha256 })}`);
  return texts.length === 0 ? "[]\n" : `[\n${texts.join(",\n")}\n]\n`;
}

export function appendToLedger(folder: string, lines: readonly Blessed[]): void {
  writeFileSync(join(folder, LEDGER), ledgerText([...readLedger(folder), ...lines]));
}
