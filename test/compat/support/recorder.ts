/**
 * Makes a recording from the document of a version: every operation with requests that the document allows, those that
 * succeed by preference. Requests are drawn per operation, so a new operation does not change what others are asked.
 */
import type { ApiDocument, DocumentOperation } from "../../fuzz/support/documents.ts";
import { requestOf, validParts } from "../../fuzz/support/request.ts";
import { Dice } from "../../fuzz/support/seed.ts";
import type { Target } from "../../fuzz/support/target.ts";
import { answerOf, ask, type Golden, type Masks } from "./goldens.ts";

/** Draws until one succeeds; what is refused is recorded too, once. */
const ATTEMPTS = 8;

/** `unordered`: requests whose answers have their items in a drawn order. */
export async function recordVersion(
  target: Target,
  document: ApiDocument,
  masks: Masks,
  unordered: ReadonlySet<string>,
): Promise<Golden[]> {
  const operations = document.operations.filter(
    ({ body }) => body === undefined || body.contentType === "application/json",
  );
  const of = (...methods: string[]): DocumentOperation[] =>
    operations.filter(({ method }) => methods.includes(method)).toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const goldens: Golden[] = [];
  const seen = new Set<string>();
  const record = async (operation: DocumentOperation, purpose: string): Promise<void> => {
    for (const golden of await recordOperation({ target, masks, unordered }, operation, purpose)) {
      const text = JSON.stringify(golden);
      // What writing has not changed need not be read twice.
      if (golden.operation.startsWith("GET ") && seen.has(text)) continue;
      seen.add(text);
      goldens.push(golden);
    }
  };
  for (const operation of of("GET")) await record(operation, "read");
  for (const operation of of("PUT", "POST")) await record(operation, "write");
  for (const operation of of("GET")) await record(operation, "read");
  // A thing's parts go before it does.
  for (const operation of of("DELETE").toReversed()) await record(operation, "delete");
  return goldens;
}

interface Recording {
  readonly target: Target;
  readonly masks: Masks;
  readonly unordered: ReadonlySet<string>;
}

async function recordOperation(
  { target, masks, unordered }: Recording,
  operation: DocumentOperation,
  purpose: string,
): Promise<Golden[]> {
  const dice = new Dice(`golden ${purpose} ${keyOf(operation)}`);
  const recorded: Golden[] = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { method, url, body } = requestOf(operation, validParts(operation, target.pool, dice), {});
    // Fields that nobody knows are the fuzzer's business.
    if (typeof body === "string" && /__proto__|zz_unknown/.test(body)) continue;
    const asked = {
      operation: `${method} ${url}`,
      ...(typeof body === "string" ? { body: JSON.parse(body) as unknown } : {}),
    };
    const masked = masks.maskRequest(asked);
    const answer = await ask(target, operation.version, asked.operation, asked.body);
    const isUnordered = unordered.has(masked.operation);
    const golden: Golden = {
      ...masked,
      status: answer.status,
      answer: masks.maskAnswer(answerOf(answer), isUnordered),
      ...(isUnordered ? { unordered: true } : {}),
    };
    const isRefused = answer.status >= 400;
    if (!isRefused || recorded.length === 0) recorded.push(golden);
    if (!isRefused) break;
  }
  return recorded;
}

const keyOf = ({ method, path }: DocumentOperation): string => `${method} ${path}`;
