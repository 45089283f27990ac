import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { formatDuration } from "../src/text/duration.ts";
import { describeExit } from "../src/text/exit.ts";
import { PLAIN, styleFor } from "../src/text/style.ts";
import { renderTable } from "../src/text/table.ts";

describe("a table", () => {
  test("has columns as wide as what is in them, and no spaces at the end", () => {
    const rows = [["nexus", "running", "http://127.0.0.1:12220"], ["sled-agent/10", "up", ""], ["x"]];
    expect(renderTable(["SERVICE", "STATE", "URL"], rows)).toBe(
      ["SERVICE        STATE    URL", "nexus          running  http://127.0.0.1:12220", "sled-agent/10  up", "x"].join(
        "\n",
      ),
    );
  });

  test("is aligned with colours as without", () => {
    const { good } = styleFor({ isTTY: true }, {});
    expect(good("ok")).not.toBe("ok");
    const table = renderTable(
      ["A", "B"],
      [
        [good("ok"), "1"],
        ["wrong", "2"],
      ],
    );
    expect(stripVTControlCharacters(table)).toBe("A      B\nok     1\nwrong  2");
  });
});

describe("colours", () => {
  test.each([
    [{ isTTY: false }, {}],
    [{}, {}],
    [{ isTTY: true }, { NO_COLOR: "1" }],
    [{ isTTY: true }, { TERM: "dumb" }],
  ])("are left out for %j with %j", (stream, env) => {
    expect(styleFor(stream, env)).toBe(PLAIN);
  });
});

test.each([
  [0, "0 ms"],
  [999, "999 ms"],
  [4_210, "4.2 s"],
  [59_960, "1 min"],
  [185_000, "3 min 5 s"],
  [7_440_000, "2 h 4 min"],
  [266_400_000, "3 d 2 h"],
])("%d ms is %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test.each([
  [{ code: 1, signal: null, lastLine: "no such file" }, "ended with exit code 1: no such file"],
  [{ code: null, signal: "SIGKILL", lastLine: "registered" }, "was ended by SIGKILL"],
  [{ code: 0, signal: null, lastLine: "registered" }, "ended with exit code 0"],
  [
    { code: 1, signal: null, lastLine: '{"level":60,"err":{"message":"disk full"},"msg":"cannot go on"}' },
    "ended with exit code 1: cannot go on: disk full",
  ],
  [
    { code: null, signal: null, lastLine: "cannot be started: EACCES" },
    "could not be started: cannot be started: EACCES",
  ],
])("%j reads: %s", (exit, text) => {
  expect(describeExit(exit)).toBe(text);
});
