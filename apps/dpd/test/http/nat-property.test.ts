/** Random NAT requests in random versions against the model: what each answers, and what the API shows afterwards. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { NatEntryInput } from "../../src/nat/input.ts";
import { expected, line, Model, step, type Step } from "../nat-model.ts";
import { LATEST, pagesOf, startHarness, type Harness } from "./support/harness.ts";

const RUNS = 60;
const STEPS = { minLength: 20, maxLength: 40 };

const version = fc.oneof(
  fc.integer({ min: 1, max: 13 }).map((major) => `${major}.0.0`),
  fc.constant(LATEST),
);
const request = fc.record({ step, version });

const familyOf = (external: string): "ipv4" | "ipv6" => (external.includes(":") ? "ipv6" : "ipv4");

/** The request for a step; groups exist in the newest version only. */
function send({ call }: Harness, one: Step, version: string) {
  switch (one.kind) {
    case "ensure":
      return call(`PUT /nat/groups/${one.group}`, {
        version,
        body: { generation: one.generation, entries: one.entries },
      });
    case "change": {
      const { from, generation, entries, remove } = one;
      const body = { from_generation: from, generation, upsert: entries, remove };
      return call(`POST /nat/groups/${one.group}/changes`, { version, body });
    }
    case "drop":
      return call(`DELETE /nat/groups/${one.group}`, { version });
    case "put": {
      const { external, low, high, target } = one.entry;
      return call(`PUT /nat/${familyOf(external)}/${external}/${low}/${high}`, { version, body: target });
    }
    case "take": {
      const { external, low } = one.entry;
      return call(`DELETE /nat/${familyOf(external)}/${external}/${low}`, { version });
    }
    case "reset":
      return call(`DELETE /nat/${one.family}`, { version });
  }
}

const REFUSALS: Readonly<Record<string, number>> = {
  invalid: 400,
  "no such NAT group": 404,
  "conflicting mapping": 409,
  NatEntryConflict: 409,
  NatGenerationMismatch: 409,
  NatGenerationStale: 409,
};
const SUCCESS: Readonly<Record<Step["kind"], number>> = {
  ensure: 200,
  change: 200,
  drop: 204,
  put: 204,
  take: 204,
  reset: 204,
};
const needsGroups = ({ kind }: Step): boolean => kind === "ensure" || kind === "change" || kind === "drop";

/** Every entry, through the lists of the given version. */
async function listed({ call }: Harness, version: string): Promise<string[]> {
  const lines: string[] = [];
  const inVersion: Harness["call"] = (operation) => call(operation, { version });
  for (const family of ["ipv4", "ipv6"]) {
    for (const address of (await pagesOf(inVersion, `/nat/${family}`)).flat()) {
      const entries = (await pagesOf(inVersion, `/nat/${family}/${String(address)}`)).flat() as NatEntryInput[];
      lines.push(...entries.map(line));
    }
  }
  return lines.sort();
}

test("any sequence of requests in any versions answers and leaves what the model says", async () => {
  let requests = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(request, STEPS), version, async (sequence, reader) => {
      const harness = startHarness();
      const model = new Model();
      for (const { step: one, version: asked } of sequence) {
        requests++;
        const answer = await send(harness, one, asked);
        if (needsGroups(one) && asked !== LATEST) {
          expect(answer, JSON.stringify(one)).toMatchObject({ status: 404, body: { message: "Not Found" } });
        } else {
          const refusal = expected(model, one);
          const status = refusal === undefined ? SUCCESS[one.kind] : REFUSALS[refusal];
          expect(answer, `${JSON.stringify(one)}: ${refusal ?? "done"}`).toMatchObject({ status });
        }
        expect(await listed(harness, reader)).toEqual(model.entries.map(({ input }) => line(input)).sort());
      }
      const groups = (await pagesOf(harness.call, "/nat/groups")).flat() as { group: string; generation: number }[];
      expect(groups.map(({ group, generation }) => [group, generation])).toEqual(
        [...model.groups].map(([group, { generation }]) => [group, generation]).sort(),
      );
    }),
    { numRuns: RUNS },
  );
  expect(requests).toBeGreaterThanOrEqual(1_000);
});
