/** The page about versions: what changed in words, and that it cannot grow old unseen. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { apiVersions, declare, defineApi, s } from "@racklet/api-kit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { versionsPage } from "../src/page/page.ts";
import { changesInWords } from "../src/page/words.ts";
import { FRESH, NEEDS_UPDATE, run } from "../src/run.ts";

const thing = s.named("Thing", s.object({ id: s.uuid() }));
const newThing = s.named("Thing", s.object({ id: s.uuid(), size: s.optional(s.u8()) }));
const api = defineApi({
  ident: "shelf",
  title: "Shelf",
  description: "Things.",
  versions: apiVersions([
    [2, "SIZES"],
    [1, "INITIAL"],
  ]),
  onMissing: "refuse",
  bodyLimit: 1,
  operations: {
    thing_get: declare({
      operationId: "thing_get",
      method: "GET",
      path: "/thing",
      summary: "Get it",
      revisions: [
        { since: 1, response: newThing },
        { since: 0, response: thing, down: ({ id }: { id: string }) => ({ id }) },
      ],
    }),
    thing_delete: declare({
      operationId: "thing_delete",
      method: "DELETE",
      path: "/thing",
      summary: "Delete it",
      revisions: [{ since: 1 }],
    }),
  },
});

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "racklet-page-"))));
afterEach(() => rmSync(folder, { recursive: true }));

test("says what each version brought, in words", () => {
  const page = versionsPage([api]);
  expect(page).toContain("| shelf | 2 | 1.0.0 … 2.0.0 | 400 | 2 |");
  expect(page).toContain(
    "**2.0.0** `SIZES`\n\n* new: `DELETE /thing`\n* `GET /thing` – the answer, `size`: optional property added\n",
  );
  expect(page).toContain("**1.0.0** `INITIAL`\n\n* the first\n");
});

test("tells a change that several operations share once, and for whom it matters", () => {
  const at = (path: string) =>
    ({ class: "request-breaking", at: `PUT ${path} body.size`, message: "became required" }) as const;
  expect(changesInWords([at("/a"), at("/b"), { class: "trivial", at: "info", message: "changed" }])).toEqual([
    "`PUT /a`, `PUT /b` – the request's body, `size`: became required (requests of before may be refused)",
  ]);
});

test("is written by generate, and told to be old by check", () => {
  const lines: string[] = [];
  const page = join(folder, "versions.md");
  const workspace = {
    apis: [api],
    folder: join(folder, "openapi"),
    history: { ledgers: () => [], document: () => null },
    output: { write: (line: string) => lines.push(line), colour: false },
    page,
  };
  expect(run(["generate"], workspace)).toBe(FRESH);
  expect(readFileSync(page, "utf8")).toBe(versionsPage([api]));
  expect(run(["check"], workspace)).toBe(FRESH);
  writeFileSync(page, "something else");
  expect(run(["check"], workspace)).toBe(NEEDS_UPDATE);
  expect(lines.join("\n")).toContain("stale: docs/versions.md is not about these versions");
});
