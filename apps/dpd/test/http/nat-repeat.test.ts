/** A body that comes again byte for byte is answered by its digest: no client may be able to tell. */
import fc from "fast-check";
import { nullLog, realWorld } from "@racklet/world";
import { expect, test, vi } from "vitest";
import { chaosAsic, modelAsic, seededFaults } from "../../src/asic/index.ts";
import { entry, manyEntries } from "./support/entries.ts";
import { LATEST, startHarness, type Answer, type Harness } from "./support/harness.ts";

const RUNS = 60;

interface Ensure {
  readonly group: string;
  readonly generation: number;
  readonly entries: readonly unknown[];
  readonly dryRun: boolean;
}
interface Change {
  readonly upsert: readonly unknown[];
  readonly remove: readonly unknown[];
}
interface Request {
  readonly operation: string;
  readonly body: unknown;
}
type Step = { readonly ensure: Ensure } | { readonly other: Request };

const groupSet = fc.constantFrom(
  [],
  [entry("10.0.0.1", 0, 9), entry("fd00::1")],
  [entry("fd00::1"), entry("10.0.0.1", 0, 9)],
  [entry("10.0.0.1", 0, 9), entry("fd00::1", 0, 65_535, 2)],
  [entry("10.0.0.1", 0, 9), entry("10.0.0.1", 5, 15)],
  manyEntries(6),
);
const group = fc.constantFrom("a", "a", "b");
const ensure = fc.record({
  group,
  generation: fc.integer({ min: 1, max: 4 }),
  entries: groupSet,
  dryRun: fc.constantFrom(false, false, true),
});
/** A change of the group that was just ensured, or anything else that touches its entries. */
const other = fc.oneof(
  fc.record({ upsert: groupSet, remove: groupSet }),
  fc
    .constantFrom(
      "DELETE /nat/groups/a",
      "DELETE /nat/ipv4/10.0.0.1/3",
      "DELETE /nat/ipv6/fd00::1/3",
      "DELETE /nat/ipv4",
      "DELETE /all-settings",
    )
    .map((operation) => ({ operation, body: undefined })),
  fc
    .constantFrom("PUT /nat/ipv4/10.0.0.1/0/9", "PUT /nat/ipv6/fd00::1/0/65535")
    .map((operation) => ({ operation, body: entry("10.0.0.1").target })),
  fc
    .constantFrom("POST /debug/asic/detach", "POST /debug/asic/attach")
    .map((operation) => ({ operation, body: undefined })),
);
/** An ensure, up to two other requests, and the same ensure again. */
const story = fc
  .array(fc.record({ ensure, between: fc.array(other, { maxLength: 2 }) }), { minLength: 3, maxLength: 6 })
  .map((parts) =>
    parts.flatMap(({ ensure, between }): Step[] => [
      { ensure },
      ...between.map((one) => ({ other: addressed(one, ensure) })),
      { ensure },
    ]),
  );

function addressed(one: Request | Change, { group, generation }: Ensure): Request {
  if ("operation" in one) return one;
  return {
    operation: `POST /nat/groups/${group}/changes`,
    body: { from_generation: generation, generation: generation + 1, ...one },
  };
}

function start(seed: number): { dpd: Harness; ensures: () => number } {
  const world = { ...realWorld({ name: "dpd/test" }), log: nullLog, clock: { now: () => 5, monotonicMs: () => 5 } };
  const dpd = startHarness({ world, asic: chaosAsic(modelAsic("sidecar"), seededFaults({ seed, rate: 0.02 })) });
  const ensured = vi.spyOn(dpd.ctx.nat.groups, "ensure");
  return { dpd, ensures: () => ensured.mock.calls.length };
}

const shown = ({ status, body }: Answer) => [status, { ...(body as object), request_id: undefined }];

test("answers and leaves the same as if it had been read, whatever happened in between", async () => {
  let recognised = 0;
  await fc.assert(
    fc.asyncProperty(story, fc.nat(), async (steps, seed) => {
      const [quick, slow] = [start(seed), start(seed)];
      let padding = "";
      for (const step of steps) {
        if ("ensure" in step) {
          const { ensure } = step;
          const operation = `PUT /nat/groups/${ensure.group}?dry_run=${ensure.dryRun}`;
          const body = JSON.stringify({ generation: ensure.generation, entries: ensure.entries });
          // White space means nothing, and never twice the same bytes are never recognised.
          padding += " ";
          expect(shown(await quick.dpd.call(operation, { body }))).toEqual(
            shown(await slow.dpd.call(operation, { body: body + padding })),
          );
        } else {
          const { operation, body } = step.other;
          const options = { body, version: operation.includes("/debug/") ? null : LATEST };
          expect(shown(await quick.dpd.call(operation, options))).toEqual(
            shown(await slow.dpd.call(operation, options)),
          );
        }
        expect(await quick.dpd.digest()).toBe(await slow.dpd.digest());
      }
      recognised += slow.ensures() - quick.ensures();
    }),
    { numRuns: RUNS },
  );
  expect(recognised).toBeGreaterThan(RUNS / 4);
});

test("is refused like any other when it is sent as something else than JSON", async () => {
  const { call } = startHarness();
  const body = { generation: 1, entries: manyEntries(4) };
  await call("PUT /nat/groups/a", { body });
  expect(await call("PUT /nat/groups/a", { body })).toMatchObject({ status: 200, body: { outcome: "unchanged" } });
  expect(await call("PUT /nat/groups/a", { body, headers: { "content-type": "text/plain" } })).toMatchObject({
    status: 400,
    body: { message: expect.stringContaining("content type") },
  });
});

test("counts as an ensure and writes no table", async () => {
  let now = 1_000;
  const world = { ...realWorld({ name: "dpd/test" }), log: nullLog, clock: { now: () => now, monotonicMs: () => now } };
  const { ctx, call } = startHarness({ world });
  const body = { generation: 1, entries: manyEntries(4) };
  await call("PUT /nat/groups/a", { body });
  const { tableWrites } = ctx.nat.metrics;
  now = 2_000;
  await call("PUT /nat/groups/a", { body });
  expect((await call("GET /nat/groups/a")).body).toMatchObject({
    last_ensured: "1970-01-01T00:00:02.000Z",
    last_changed: "1970-01-01T00:00:01.000Z",
  });
  expect(ctx.nat.metrics).toMatchObject({ tableWrites, applied: { ensure: 2 } });
});

test("is stale once the group was changed", async () => {
  const { call } = startHarness();
  const body = { generation: 1, entries: manyEntries(4) };
  await call("PUT /nat/groups/a", { body });
  await call("POST /nat/groups/a/changes", { body: { from_generation: 1, generation: 2, upsert: [], remove: [] } });
  expect(await call("PUT /nat/groups/a", { body })).toMatchObject({
    status: 409,
    body: { error_code: "NatGenerationStale" },
  });
});
