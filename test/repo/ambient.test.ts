import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { root } from "./support/workspace.ts";

interface Report {
  readonly diagnostics: readonly {
    readonly code: string;
    readonly labels: readonly { readonly span: { readonly line: number } }[];
  }[];
}

/** The lines of `code` that the repository's own lint configuration calls ambient. */
async function ambientLines(code: readonly string[]): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), "racklet-lint-"));
  try {
    const file = join(folder, "planted.ts");
    writeFileSync(file, code.join("\n"));
    const args = ["-c", join(root, ".oxlintrc.json"), "-f", "json", file];
    const oxlint = join(root, "node_modules/.bin/oxlint");
    // It exits with 1 when it finds something; what it found is on standard output either way.
    const { stdout } = await promisify(execFile)(oxlint, args, { cwd: root }).catch(
      (error: { stdout: string }) => error,
    );
    const { diagnostics } = JSON.parse(stdout) as Report;
    const ours = diagnostics.filter(({ code: rule }) => rule.includes("no-ambient-world"));
    return [...new Set(ours.map(({ labels }) => labels[0]?.span.line ?? 0))].sort((x, y) => x - y);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const violations = [
  'import { randomUUID } from "node:crypto";',
  'import { randomBytes as bytes } from "node:crypto";',
  'import * as everything from "node:crypto";',
  'import { setTimeout as delay } from "node:timers/promises";',
  'import { performance as perf } from "node:perf_hooks";',
  'import { request } from "node:http";',
  "export const a = Date.now();",
  "export const b = new Date();",
  "export const c = Date();",
  'export const d = Date["now"]();',
  "export const e = performance.now();",
  "export const f = Math.random();",
  "const { random } = Math;",
  "export const g = crypto.randomUUID();",
  "export const h = crypto.getRandomValues(new Uint8Array(4));",
  "export const i = process.hrtime.bigint();",
  "export const j = AbortSignal.timeout(5);",
  'export const k = fetch("http://localhost");',
  "export const l = globalThis.fetch;",
  "export const m = globalThis.Date.now();",
  "setTimeout(() => {}, 1);",
  "setInterval(() => {}, 1);",
  "setImmediate(() => {});",
  'export const n = import("node:timers");',
  "export const passedOn = [setTimeout];",
];

const harmless = [
  'import { createHash, type randomBytes } from "node:crypto";',
  'import type { request } from "node:http";',
  'export const text = "Date.now() and fetch()"; // Date.now(), Math.random()',
  "export type Later = ReturnType<typeof setTimeout> | typeof randomBytes | typeof request;",
  "export const parsed = [new Date(0), new Date(parsedAt()), Date.parse(text), Date.UTC(2026, 0), Math.floor(1.5)];",
  "export function own(fetch: (url: string) => string, clock: { now(): number }): unknown {",
  '  return [fetch("x"), clock.now(), createHash("sha256")];',
  "}",
  "export const viaWorld = (world: { fetch(): void; timers: { setTimeout(): void } }) => [world.fetch(), world.timers.setTimeout()];",
  "function parsedAt(): number { return 1; }",
  "export const date = (value: unknown): boolean => value instanceof Date;",
];

test("the lint finds every planted use of ambient time, randomness, ids, timers and calls", async () => {
  expect(await ambientLines(violations)).toEqual(violations.map((_, index) => index + 1));
});

test("the lint leaves alone what only looks like it", async () => {
  expect(await ambientLines(harmless)).toEqual([]);
});
