/**
 * Runs one check of `npm test` and writes its figures `{passed, failed, skipped}` to .tools/results/<name>.json:
 * `node tools/check.mjs <name> <command> [args]`. A check counts as one, except vitest (name `tests`), whose tests are counted.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { resultsDir } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";
import { vitestFigures } from "./lib/vitest-figures.mjs";

const [name, command, ...args] = process.argv.slice(2);
if (name === undefined || command === undefined) throw new Error("usage: check.mjs <name> <command> [args]");
const result = join(resultsDir, `${name}.json`);
const report = join(resultsDir, "vitest-report.json");
mkdirSync(resultsDir, { recursive: true });
rmSync(result, { force: true });
rmSync(report, { force: true });

const isVitest = command === "vitest";
const reporters = isVitest ? ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`] : [];
const code = await run(command, [...args, ...reporters]);
const figures = isVitest
  ? vitestFigures(report, code)
  : { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
writeFileSync(result, `${JSON.stringify(figures)}\n`);
process.exitCode = code === 0 && figures.failed > 0 ? 1 : code;
