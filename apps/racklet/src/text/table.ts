/** Text tables for people: columns as wide as what is in them, nothing cut off. */
import { stripVTControlCharacters } from "node:util";

export type Row = readonly string[];

/** `header` in the first line, two spaces between columns, no space at the end of a line. */
export function renderTable(header: Row, rows: readonly Row[], style: (heading: string) => string = String): string {
  const widths = header.map((heading, column) =>
    Math.max(width(heading), ...rows.map((row) => width(row[column] ?? ""))),
  );
  const line = (cells: Row): string =>
    widths
      .map((size, column) => pad(cells[column] ?? "", size))
      .join("  ")
      .trimEnd();
  return [line(header.map(style)), ...rows.map(line)].join("\n");
}

/** What is shown: escape sequences of colours take no room. */
function width(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

function pad(text: string, size: number): string {
  return text + " ".repeat(size - width(text));
}
