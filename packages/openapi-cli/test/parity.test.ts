/** What we serve against the facts of upstream's documents. */
import { apiVersions, declare, defineApi, s, type Api } from "@racklet/api-kit";
import { emitDocument } from "@racklet/api-kit/emit";
import { apis } from "@racklet/api-types/registry";
import { describe, expect, test } from "vitest";
import { compare } from "../src/parity/compare.ts";
import { factsOf, type OpenApi } from "../src/parity/facts.ts";
import { printParity } from "../src/parity/report.ts";
import { factsAt, readTable, tableText, type UpstreamTable } from "../src/parity/table.ts";

test("every operation of every version agrees with upstream's, or differs for a reason that is listed", () => {
  const lines: string[] = [];
  const agrees = printParity(apis, { write: (line) => lines.push(line), colour: false });
  expect(agrees, lines.join("\n")).toBe(true);
  expect(lines.at(-1)).toMatch(/^\d+ of \d+ operations of upstream's newest versions are served; 0 disagreements/);
  expect(lines.find((line) => line.startsWith("dpd:"))).toMatch(/146\/146 operations at 13\.0\.0/);
});

test("there is a table for every API", () => {
  for (const { ident } of apis) expect(readTable(ident), ident).not.toBeNull();
});

describe("a difference from upstream is found:", () => {
  const thing = s.named("Thing", s.object({ id: s.uuid(), colour: s.enum(["red", "green"]) }));
  const base = { operationId: "thing_get", method: "GET", path: "/things", summary: "Get it" } as const;
  const shelf = (...operations: ReturnType<typeof declare>[]): Api =>
    defineApi({
      ident: "shelf",
      title: "Shelf",
      description: "",
      versions: apiVersions([[1, "INITIAL"]]),
      onMissing: "refuse",
      bodyLimit: 1,
      operations: Object.fromEntries(operations.map((operation) => [operation.operationId, operation])),
    });
  const operation = declare({ ...base, revisions: [{ since: 0, response: thing }] });
  const upstream = tableOf(shelf(operation));
  const kinds = (...operations: ReturnType<typeof declare>[]) =>
    compare(shelf(...operations), upstream, []).disagreements.map(({ aspect }) => aspect);

  test("none where there is none, whatever the words", () => {
    expect(kinds(declare({ ...base, summary: "Fetch it", revisions: [{ since: 0, response: thing }] }))).toEqual([]);
  });
  test("another id", () => {
    expect(kinds(declare({ ...base, operationId: "thing_view", revisions: operation.revisions }))).toEqual(["id"]);
  });
  test("another status", () => {
    expect(kinds(declare({ ...base, revisions: [{ since: 0, response: thing, status: 201 }] }))).toEqual(["status"]);
  });
  test("another name of a type", () => {
    const renamed = s.named("Object", s.object({ id: s.uuid(), colour: s.enum(["red", "green"]) }));
    expect(kinds(declare({ ...base, revisions: [{ since: 0, response: renamed }] }))).toEqual(["response name"]);
  });
  test("another field", () => {
    const changed = s.named("Thing", s.object({ id: s.uuid(), colour: s.optional(s.enum(["red", "green"])) }));
    expect(kinds(declare({ ...base, revisions: [{ since: 0, response: changed }] }))).toEqual(["response"]);
  });
  test("an operation that upstream has not", () => {
    expect(kinds(operation, declare({ ...operation, operationId: "b", path: "/b" }))).toEqual(["existence"]);
  });
  test("an exception that excuses nothing", () => {
    const exception = { ident: "shelf", operations: ["/things GET"], aspects: ["id"], reason: "" } as const;
    expect(compare(shelf(operation), upstream, [exception]).stale).toEqual([exception]);
  });
});

test("a table keeps one line for each run of versions in which nothing changed", () => {
  const a = {
    method: "GET",
    path: "/a",
    id: "a",
    status: 200,
    request: "-",
    response: "A",
    shape: ["-", "-", "1"],
  } as const;
  const b = { ...a, response: "B" };
  const text = tableText([
    ["1.0.0", [a]],
    ["2.0.0", [a]],
    ["3.0.0", [b]],
    ["4.0.0", []],
    ["5.0.0", [b]],
  ]);
  const table = {
    ident: "t",
    versions: ["1.0.0", "2.0.0", "3.0.0", "4.0.0", "5.0.0"],
    lines: text
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => JSON.parse(line) as never),
  };
  expect(table.lines.map(({ response, since, until }) => [response, since, until])).toEqual([
    ["A", "1.0.0", "2.0.0"],
    ["B", "3.0.0", "3.0.0"],
    ["B", "5.0.0", "5.0.0"],
  ]);
  expect(factsAt(table, "2.0.0").get("/a GET")).toMatchObject({ response: "A" });
  expect(factsAt(table, "4.0.0").size).toBe(0);
});

function tableOf(api: Api): UpstreamTable {
  const facts = factsOf(emitDocument(api, 0) as unknown as OpenApi);
  return {
    ident: "shelf",
    versions: ["1.0.0"],
    lines: facts.map((fact) => ({ ...fact, since: "1.0.0", until: "1.0.0" })),
  };
}
