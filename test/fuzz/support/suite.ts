/** The tests every API goes through. */
import type { Api } from "@racklet/api-kit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { errorBodyFault, exchange, messageOf, send, type Answer } from "./answer.ts";
import { readDocuments, type ApiDocument, type DocumentOperation } from "./documents.ts";
import { Faults } from "./faults.ts";
import { requestOf, validParts } from "./request.ts";
import { Dice, REPLAY, RUNS } from "./seed.ts";
import type { StartTarget, Target } from "./target.ts";
import { wrongRequests, type WrongOptions, type WrongRequest } from "./wrong-requests.ts";

export interface FuzzOptions {
  readonly api: Api;
  readonly start: StartTarget;
  /** Rounds of random requests, each with every operation in a random order. */
  readonly rounds: number;
  /** Of the operations, the share that random requests must bring to a success, however unlikely each is. */
  readonly successes: number;
}

const VERSION_HEADER = "api-version";
const TRAIL = 10;
const SUITE_DEADLINE_MS = 60_000 * RUNS;

export function fuzz({ api, start, rounds, successes }: FuzzOptions): void {
  const documents = readDocuments(api.ident, api.versions.all.map(({ semver }) => semver.text).toReversed());
  const dice = new Dice(api.ident);
  const planned = planOperations(documents, dice);
  const answered = new Set<string>();
  const succeeded = new Set<string>();
  let target: Target;

  describe(`${api.ident}, fuzzed from its documents`, () => {
    beforeAll(async () => {
      target = await start();
    });
    afterAll(() => target?.close());

    test("refuses wrong input as documented and changes nothing", { timeout: SUITE_DEADLINE_MS }, async () => {
      const faults = new Faults();
      let before = await target.digest();
      for (const operation of Array.from({ length: RUNS }, () => planned).flat()) {
        const parts = validParts(operation, target.pool, dice);
        for (const wrong of wrongRequests(operation, parts, wrongOptions(api, target, operation))) {
          const answer = await send(target, wrong.request);
          faults.add(
            ...refusalFaults(wrong, answer).map((fault) =>
              exchange(`${operation.operationId}: ${wrong.what}: ${fault}`, wrong.request, answer, target),
            ),
          );
        }
        const after = await target.digest();
        if (after !== before)
          faults.add(`wrong input for ${operation.operationId} changed something:\n${difference(before, after)}`);
        before = after;
      }
      faults.check();
    });

    test("answers what its documents allow, and an error changes nothing", { timeout: SUITE_DEADLINE_MS }, async () => {
      const faults = new Faults();
      const trail: string[] = [];
      const sequence = Array.from({ length: rounds * RUNS }, () => dice.shuffled(planned)).flat();
      let before = "";
      for (const [i, operation] of sequence.entries()) {
        if (i % target.prepareEvery === 0) {
          await target.prepare();
          before = await target.digest();
        }
        const parts = validParts(operation, target.pool, dice);
        const request = requestOf(operation, parts, headersFor(api, target, operation));
        const answer = await send(target, request);
        const after = await target.digest();
        const found = answerFaults(operation, answer);
        if (answer.status >= 400 && after !== before)
          found.push(`is an error, yet it changed something:\n${difference(before, after)}`);
        const said = `${exchange("", request, answer, target)}\nbefore it:\n${trail.join("\n")}`;
        faults.add(...found.map((fault) => `${operation.operationId}: ${fault}${said}`));
        trail.push(`${request.method} ${request.url} → ${answer.status}`);
        if (trail.length > TRAIL) trail.shift();
        answered.add(operation.operationId);
        if (answer.status < 400) {
          succeeded.add(operation.operationId);
          target.pool.learn(jsonOf(answer));
        }
        before = after;
      }
      faults.check();
    });

    test("has every operation of every version of its documents exercised", () => {
      const all = new Set(documents.flatMap(({ operations }) => operations.map(({ operationId }) => operationId)));
      expect([...all].filter((id) => !answered.has(id)).sort(), "never sent").toEqual([]);
      expect([...answered].filter((id) => !all.has(id)).sort(), "sent, but not in any document").toEqual([]);
      const refusedOnly = [...all].filter((id) => !succeeded.has(id)).sort();
      const share = 1 - refusedOnly.length / all.size;
      expect(share, `never succeeded: ${refusedOnly.join(", ")}\n${REPLAY}`).toBeGreaterThanOrEqual(successes);
    });
  });
}

/** Every operation at the newest version it has, and at one older version. */
function planOperations(documentsNewestFirst: readonly ApiDocument[], dice: Dice): DocumentOperation[] {
  const byId = new Map<string, DocumentOperation[]>();
  for (const { operations } of documentsNewestFirst) {
    for (const operation of operations)
      byId.set(operation.operationId, [...(byId.get(operation.operationId) ?? []), operation]);
  }
  return [...byId.values()].flatMap(([newest, ...older]) => {
    if (newest === undefined) return [];
    return older.length === 0 ? [newest] : [newest, dice.pick(older)];
  });
}

function headersFor(api: Api, target: Target, { version }: DocumentOperation): Record<string, string> {
  return { ...target.headers, ...(api.onMissing === "unversioned" ? {} : { [VERSION_HEADER]: version }) };
}

function wrongOptions(api: Api, target: Target, operation: DocumentOperation): WrongOptions {
  const { document, path, method } = operation;
  const declared = Object.values(api.operations).find((each) => each.path === path && each.method === method);
  const limit = target.bodyLimits?.[operation.operationId] ?? declared?.bodyLimit ?? api.bodyLimit;
  return {
    headers: headersFor(api, target, operation),
    versionHeader: VERSION_HEADER,
    onMissing: api.onMissing,
    bodyLimit: limit,
    methods: document.operations.filter((each) => each.path === path).map((each) => each.method),
  };
}

function refusalFaults({ statuses, message }: WrongRequest, answer: Answer): string[] {
  if (!statuses.includes(answer.status)) return [`the status is not ${statuses.join(" or ")}`];
  const fault = errorBodyFault(answer);
  if (fault !== undefined) return [fault];
  return message.test(messageOf(answer)) ? [] : [`the message is not like ${message}`];
}

const ALLOWED_5XX = [501, 503, 507];

function answerFaults({ successStatus }: DocumentOperation, answer: Answer): string[] {
  const { status } = answer;
  if (status < 400) {
    const isDocumented = successStatus === undefined ? status >= 200 : status === successStatus;
    return isDocumented ? [] : [`${status} is not in its document`];
  }
  // Nothing that a document allows is a request for another method.
  if (status === 405 || (status >= 500 && !ALLOWED_5XX.includes(status))) return [`${status}`];
  // A free-form answer is of another standard, down to its errors.
  const fault = successStatus === undefined ? undefined : errorBodyFault(answer);
  return fault === undefined ? [] : [fault];
}

function jsonOf({ text }: Answer): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Free-form answers may be anything.
    return undefined;
  }
}

/** The lines that only one of two digests has. */
function difference(before: string, after: string): string {
  const [old, now] = [before.split("\n"), after.split("\n")];
  const lost = old.filter((line) => !now.includes(line)).map((line) => `- ${line}`);
  return [...lost, ...now.filter((line) => !old.includes(line)).map((line) => `+ ${line}`)].join("\n");
}
