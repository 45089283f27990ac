/** The two ways a service is tried: with requests that are wrong in one thing, and with whatever its documents allow. */
import { errorBodyFault, exchange, messageOf, send, type Answer } from "./answer.ts";
import type { DocumentOperation } from "./documents.ts";
import { Faults } from "./faults.ts";
import { headersFor, wrongOptions } from "./plan.ts";
import { requestOf, validParts } from "./request.ts";
import type { Dice } from "./seed.ts";
import type { Target } from "./target.ts";
import { wrongRequests, type WrongRequest } from "./wrong-requests.ts";

/** Every wrong request must be refused as documented, and change nothing. */
export async function refusalRun(
  target: Target,
  operations: readonly DocumentOperation[],
  dice: Dice,
): Promise<Faults> {
  const faults = new Faults();
  let before = await target.digest();
  for (const operation of operations) {
    if (faults.isEnough) break;
    const parts = validParts(operation, target.pool, dice);
    for (const wrong of wrongRequests(operation, parts, wrongOptions(target, operation), dice)) {
      const answer = await send(target, wrong.request);
      const found = refusalFaults(wrong, answer);
      faults.add(
        ...found.map((fault) =>
          exchange(`${operation.operationId}: ${wrong.what}: ${fault}`, wrong.request, answer, target),
        ),
      );
    }
    const after = await target.digest();
    if (after !== before) {
      faults.add(`wrong input for ${operation.operationId} changed something:\n${difference(before, after)}`);
    }
    before = after;
  }
  return faults;
}

export interface AllowedRun {
  readonly faults: Faults;
  readonly answered: ReadonlySet<string>;
  readonly succeeded: ReadonlySet<string>;
}

const TRAIL = 10;

/** Every answer must be one of the operation's document or an error, and an error must change nothing. */
export async function allowedRun(
  target: Target,
  operations: readonly DocumentOperation[],
  dice: Dice,
): Promise<AllowedRun> {
  const faults = new Faults();
  const answered = new Set<string>();
  const succeeded = new Set<string>();
  const trail: string[] = [];
  let before = "";
  for (const [i, operation] of operations.entries()) {
    if (faults.isEnough) break;
    if (i % target.prepareEvery === 0) {
      await target.prepare();
      before = await target.digest();
    }
    const request = requestOf(operation, validParts(operation, target.pool, dice), headersFor(target, operation));
    const answer = await send(target, request);
    const after = await target.digest();
    const found = answerFaults(operation, answer);
    if (answer.status >= 400 && after !== before) {
      found.push(`is an error, yet it changed something:\n${difference(before, after)}`);
    }
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
  return { faults, answered, succeeded };
}

function refusalFaults({ statuses, message }: WrongRequest, answer: Answer): string[] {
  if (!statuses.includes(answer.status)) return [`the status is not ${statuses.join(" or ")}`];
  const fault = errorBodyFault(answer);
  if (fault !== undefined) return [fault];
  return message.test(messageOf(answer)) ? [] : [`the message is not like ${message}`];
}

const ALLOWED_5XX = [501, 503, 507];
/** What else an operation is for. */
const ALLOWED_OF: Readonly<Record<string, readonly number[]>> = {
  // A wait whose time is over.
  multicast_wait: [504],
};

function answerFaults({ operationId, successStatus }: DocumentOperation, answer: Answer): string[] {
  const { status } = answer;
  if (status < 400) {
    const isDocumented = successStatus === undefined ? status >= 200 : status === successStatus;
    return isDocumented ? [] : [`${status} is not in its document`];
  }
  // Nothing that a document allows is a request for another method.
  const allowed = [...ALLOWED_5XX, ...(ALLOWED_OF[operationId] ?? [])];
  if (status === 405 || (status >= 500 && !allowed.includes(status))) return [`${status}`];
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
