/** Plain tables and findings for people; colour only on a terminal. */
import type { Change } from "@racklet/api-kit/wire-diff";
import type { Finding } from "./judge.ts";

export interface Output {
  readonly write: (line: string) => void;
  readonly colour: boolean;
}

const CODES = { red: 31, yellow: 33, green: 32, dim: 2 } as const;

export function paint(output: Output, colour: keyof typeof CODES, text: string): string {
  return output.colour ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text;
}

export function printTable(output: Output, header: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd();
  output.write(paint(output, "dim", line(header)));
  for (const row of rows) output.write(line(row));
}

const COLOURS = { broken: "red", stale: "yellow", note: "dim" } as const;

export function printFinding(output: Output, { severity, subject, message, next, changes }: Finding): void {
  output.write(`${paint(output, COLOURS[severity], severity)}: ${subject} ${message}`);
  if (changes !== undefined) printChanges(output, changes, "  ");
  output.write(`  → ${next}`);
}

export function printChanges(output: Output, changes: readonly Change[], indent = ""): void {
  for (const change of changes) {
    const colour = change.class === "trivial" ? "dim" : change.class === "additive" ? "green" : "red";
    output.write(`${indent}${paint(output, colour, change.class)}  ${change.at}: ${change.message}`);
  }
}
