/** The tests every API goes through. */
import type { Api } from "@racklet/api-kit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readDocuments } from "./documents.ts";
import { cutOff, HALF_WAYS, isAlive, onSocket } from "./half-way.ts";
import { longest, planOperations } from "./plan.ts";
import { shown } from "./request.ts";
import { allowedRun, refusalRun, type AllowedRun } from "./runs.ts";
import { Dice, REPLAY, RUNS } from "./seed.ts";
import type { StartTarget, Target } from "./target.ts";

export interface FuzzOptions {
  readonly api: Api;
  readonly start: StartTarget;
  /** Rounds of random requests, each with every operation in a random order. */
  readonly rounds: number;
  /** Of the operations, the share that random requests must bring to a success, however unlikely each is. */
  readonly successes: number;
}

const timeout = 60_000 * RUNS;

export function fuzz({ api, start, rounds, successes }: FuzzOptions): void {
  const documents = readDocuments(api.ident, api.versions.all.map(({ semver }) => semver.text).toReversed());
  const dice = new Dice(api.ident);
  const planned = planOperations(documents, dice);
  let target: Target;
  let allowed: AllowedRun | undefined;

  describe(`${api.ident}, fuzzed from its documents`, () => {
    beforeAll(async () => {
      target = await start();
    });
    afterAll(() => target?.close());

    test("refuses wrong input as documented and changes nothing", { timeout }, async () => {
      const operations = Array.from({ length: RUNS }, () => planned).flat();
      (await refusalRun(target, operations, dice)).check();
    });

    test("does nothing with a request whose connection ends half-way", { timeout }, async () => {
      const request = longest(target, planned, dice);
      const before = await target.digest();
      await onSocket(target, async (port) => {
        for (const way of HALF_WAYS) {
          await cutOff(target, port, request, way);
          expect(await target.digest(), `cut off ${way.what}:\n${shown(request)}\n${REPLAY}`).toBe(before);
        }
        expect(await isAlive(port)).toBe(true);
      });
    });

    test("answers what its documents allow, and an error changes nothing", { timeout }, async () => {
      const sequence = Array.from({ length: rounds * RUNS }, () => dice.shuffled(planned)).flat();
      allowed = await allowedRun(target, sequence, dice);
      allowed.faults.check();
    });

    test("has every operation of every version of its documents exercised", () => {
      const all = new Set(documents.flatMap(({ operations }) => operations.map(({ operationId }) => operationId)));
      const { answered, succeeded } = allowed ?? { answered: new Set<string>(), succeeded: new Set<string>() };
      expect([...all].filter((id) => !answered.has(id)).sort(), "never sent").toEqual([]);
      expect([...answered].filter((id) => !all.has(id)).sort(), "sent, but in no document").toEqual([]);
      const refusedOnly = [...all].filter((id) => !succeeded.has(id)).sort();
      const share = 1 - refusedOnly.length / all.size;
      expect(share, `never succeeded: ${refusedOnly.join(", ")}\n${REPLAY}`).toBeGreaterThanOrEqual(successes);
    });
  });
}
