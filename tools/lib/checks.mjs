/**
 * `npm test`: every check through turbo, all of them even when one fails, then one line with the sum over all of them.
 * Each check leaves its figures in .tools/results (tools/check.mjs); turbo restores that file when it answers from its cache.
 */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "./lock.mjs";
import { resultsDir } from "./paths.mjs";
import { run } from "./run.mjs";

const checks = ["typecheck", "lint", "format", "knip", "documents", "tests"];

/** `args` go to turbo, for example `--force` to disregard its cache. One run at a time: they share the results folder. */
export function runChecks(args) {
  return withLock("test", async (onSpawn) => {
    rmSync(resultsDir, { recursive: true, force: true });
    mkdirSync(resultsDir, { recursive: true });
    const tasks = checks.map((name) => `//#${name}`);
    const options = ["--continue=always", "--output-logs=new-only", "--log-order=stream", "--ui=stream"];
    const code = await run("turbo", ["run", ...tasks, ...options, ...args], { env: colour(), onSpawn });
    const sum = add(checks.map(readResult));
    const skipped = sum.skipped > 0 ? `, ${sum.skipped} skipped` : "";
    // The last line, alone: scripts read it.
    console.log(`${sum.passed} passed, ${sum.failed} failed${skipped}`);
    return code === 0 && sum.failed === 0 && sum.tests > 0 ? 0 : code || 1;
  });
}

/** No colours in what goes into a file, unless asked for. */
function colour() {
  return process.stdout.isTTY === true || process.env.FORCE_COLOR !== undefined
    ? {}
    : { NO_COLOR: "1", FORCE_COLOR: "0" };
}

/** A check that left no figures did not run to its end: that is a failure, whatever the reason. */
function readResult(name) {
  try {
    const result = JSON.parse(readFileSync(join(resultsDir, `${name}.json`), "utf8"));
    if (result.failed > 0) console.error(`racklet: ${name} failed`);
    return { ...result, tests: name === "tests" ? result.passed + result.failed : 0 };
  } catch (error) {
    console.error(`racklet: ${name} left no result (${error.code ?? error.message})`);
    return { passed: 0, failed: 1, skipped: 0, tests: 0 };
  }
}

function add(results) {
  return results.reduce(
    (sum, each) => ({
      passed: sum.passed + each.passed,
      failed: sum.failed + each.failed,
      skipped: sum.skipped + each.skipped,
      tests: sum.tests + each.tests,
    }),
    { passed: 0, failed: 0, skipped: 0, tests: 0 },
  );
}
