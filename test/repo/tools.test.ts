/** The launcher's own promises: what two runs at once, dead runs and broken reports do. */
import { execFile, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { root } from "./support/workspace.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "racklet-tools-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A process that runs `section` under the lock `l` kept in `folder`. */
function locked(section: string): { args: string[] } {
  const code = `
    import { appendFileSync, existsSync, writeFileSync } from "node:fs";
    import { setTimeout as delay } from "node:timers/promises";
    import { withLock } from ${JSON.stringify(join(root, "tools/lib/lock.mjs"))};
    const folder = ${JSON.stringify(folder)};
    await withLock("l", async (note) => { ${section} }, folder);`;
  return { args: ["--input-type=module", "-e", code] };
}

const log = (): string[] => readFileSync(join(folder, "log"), "utf8").trim().split("\n");

describe("the lock between runs", () => {
  test("lets one process in at a time", async () => {
    const { args } = locked(`
      appendFileSync(folder + "/log", "in " + process.pid + "\\n");
      await delay(20);
      appendFileSync(folder + "/log", "out " + process.pid + "\\n");`);
    await Promise.all(Array.from({ length: 5 }, () => promisify(execFile)(process.execPath, args)));
    const lines = log();
    expect(lines.length).toBe(10);
    for (let i = 0; i < lines.length; i += 2) expect(lines[i + 1]).toBe(lines[i]?.replace("in", "out"));
    expect(readdirSync(join(folder, "l.lock"))).toEqual([]);
  });

  test("is taken over from a killed process at once, and the wait names its holder", async () => {
    const holder = spawn(process.execPath, locked(`writeFileSync(folder + "/held", ""); await delay(60_000);`).args);
    const ended = new Promise((resolve) => holder.once("exit", resolve));
    await waitFor(() => existsSync(join(folder, "held")));
    const waiter = promisify(execFile)(process.execPath, locked(`appendFileSync(folder + "/log", "in");`).args);
    let said = "";
    waiter.child.stderr?.on("data", (chunk: string) => (said += chunk));
    await waitFor(
      () => said.includes(`waiting for process ${holder.pid}`),
      () => said,
    );
    expect(existsSync(join(folder, "log"))).toBe(false);
    holder.kill("SIGKILL");
    await ended;
    await waiter;
    expect(log()).toEqual(["in"]);
  });

  test("stays with a killed process as long as a child that works under it lives", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    const holder = spawn(process.execPath, locked(`note(${child.pid}); process.kill(process.pid, "SIGKILL");`).args);
    await new Promise((resolve) => holder.once("exit", resolve));
    const waiter = promisify(execFile)(process.execPath, locked(`appendFileSync(folder + "/log", "in");`).args);
    let said = "";
    waiter.child.stderr?.on("data", (chunk: string) => (said += chunk));
    await waitFor(
      () => said.includes(`waiting for process ${holder.pid}`),
      () => said,
    );
    expect(existsSync(join(folder, "log"))).toBe(false);
    child.kill("SIGKILL");
    await waiter;
    expect(log()).toEqual(["in"]);
  });

  test("is taken over from a claim whose heartbeat stopped, though its pid lives", async () => {
    mkdirSync(join(folder, "l.lock"));
    const claim = join(folder, "l.lock", `${process.pid}@${hostname()}@0-1`);
    writeFileSync(claim, "");
    const minuteAgo = new Date(Date.now() - 60_000);
    utimesSync(claim, minuteAgo, minuteAgo);
    await promisify(execFile)(process.execPath, locked(`appendFileSync(folder + "/log", "in");`).args);
    expect(log()).toEqual(["in"]);
  });
});

describe("the figures of vitest", () => {
  const file = (status: string, tests: string[]): unknown => ({
    status,
    assertionResults: tests.map((each) => ({ status: each })),
  });

  /** What tools/lib/vitest-figures.mjs makes of `report` and the exit code. */
  async function figures(report: unknown, code: number): Promise<unknown> {
    const path = join(folder, "report.json");
    if (report !== undefined) writeFileSync(path, JSON.stringify(report));
    const script = `
      import { vitestFigures } from ${JSON.stringify(join(root, "tools/lib/vitest-figures.mjs"))};
      console.log(JSON.stringify(vitestFigures(${JSON.stringify(path)}, ${code})));`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
    return JSON.parse(stdout);
  }

  const report = (counts: { passed: number; failed: number }, testResults: unknown[]): unknown => ({
    numPassedTests: counts.passed,
    numFailedTests: counts.failed,
    numPendingTests: 1,
    numTodoTests: 1,
    testResults,
  });

  test("count tests, and a file that could not be loaded as a failure", async () => {
    const results = [file("passed", ["passed"]), file("failed", ["failed"]), file("failed", [])];
    expect(await figures(report({ passed: 1, failed: 1 }, results), 1)).toEqual({ passed: 1, failed: 2, skipped: 2 });
  });

  test("count a failing exit that no test explains, and a missing report, as a failure", async () => {
    const fine = report({ passed: 1, failed: 0 }, [file("passed", ["passed"])]);
    expect(await figures(fine, 0)).toEqual({ passed: 1, failed: 0, skipped: 2 });
    expect(await figures(fine, 1)).toEqual({ passed: 1, failed: 1, skipped: 2 });
    rmSync(join(folder, "report.json"));
    expect(await figures(undefined, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

async function waitFor(isReached: () => boolean, seen: () => unknown = () => "nothing"): Promise<void> {
  const end = performance.now() + 10_000;
  while (!isReached()) {
    if (performance.now() > end)
      throw new Error(`not reached within 10 s: ${isReached.toString()}; last seen: ${String(seen())}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
