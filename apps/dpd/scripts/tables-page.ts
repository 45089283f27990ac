/** The page about the P4 tables, from their declarations. */
import { COUNTERS, DROP_REASONS } from "../src/counter/catalogue.ts";
import { TABLES } from "../src/table/catalogue.ts";
import { CONSTANT_TABLES } from "../src/table/constants.ts";
import type { AnyTable } from "../src/table/types.ts";

export const TABLES_PAGE = "docs/reference/tables.md";

export function renderTablesPage(): string {
  return `${[
    "# The tables of a switch",
    "Made from the declarations in `apps/dpd/src/table` by `node apps/dpd/scripts/write-tables-page.ts`; do not edit.",
    "`GET /table` lists the names, `GET /table/{table}/dump` the entries, `GET /table/{table}/counters` their counters, and (from version 13.1) `GET /table/{table}/provenance` who wrote them. Names are accepted in any case. Sizes are those of the profile `sidecar`, which are upstream's, and of `large`, which no ASIC has room for.",
    "In a dump every key and argument is a text: addresses and MACs as usual, a longest-prefix key as `network/length`, a ternary one as `0x<value>/0x<mask>`, a range as `low-high`.",
    overview(),
    ...TABLES.map(section),
    constants(),
    counters(),
  ].join("\n\n")}\n`;
}

function overview(): string {
  const rows = TABLES.map((table) => [
    `[${table.name}](#${anchor(table.name)})`,
    table.domain,
    count(table.capacity.sidecar),
    count(table.capacity.large),
  ]);
  return grid(["table", "changes with", "sidecar", "large"], rows);
}

function section(table: AnyTable): string {
  const keys = table.keys.map((key) => [code(key.name), key.match, String(key.bits), code(key.p4)]);
  const actions = table.actions.map(({ name, params }) => [
    code(name),
    params.length === 0 ? "none" : params.map((param) => `${code(param.name)} (${param.bits})`).join(", "),
  ]);
  return [
    `## ${table.name}`,
    `In the P4 program \`${table.p4}\`. A packet that matches no entry: \`${table.defaultAction}\`. ${
      table.counter ? "Each entry counts packets and bytes." : "Entries are not counted."
    }`,
    grid(["key", "match", "bits", "P4 field"], keys),
    grid(["action", "arguments (bits)"], actions),
  ].join("\n\n");
}

function constants(): string {
  const rows = CONSTANT_TABLES.map(({ p4, effect }) => [code(p4), effect]);
  return `## Constant tables\n\nPart of the program: neither listed nor programmable.\n\n${grid(["P4 table", "effect"], rows)}`;
}

function counters(): string {
  const rows = COUNTERS.map(({ name, p4, index, bytes }) => [
    code(name),
    code(p4),
    index,
    bytes ? "packets, bytes" : "packets",
  ]);
  const reasons = DROP_REASONS.map((reason, at) => [String(at + 1), code(reason)]);
  return [
    "## Counters of no table",
    "`GET /counters/p4` lists them. Names are accepted in any case and without underscores.",
    grid(["counter", "P4 counter", "counts by", "what"], rows),
    "The reasons why a packet is dropped:",
    grid(["number", "reason"], reasons),
  ].join("\n\n");
}

const code = (text: string): string => `\`${text}\``;
const count = (n: number): string => n.toLocaleString("en-US");
const anchor = (title: string): string => title.toLowerCase().replaceAll(/[^\w-]/g, "");

function grid(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
