/**
 * Recorded requests and answers, one JSON text per line, as dpd's have it: `{operation, body?, status, answer}`. Ids, MAC
 * addresses and networks that differ from run to run stand as a placeholder, the same one wherever the same value appears, in
 * requests as well; so one that is mixed up is seen. Times, page tokens and request ids are not compared, only that they are there.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { send, type Answer } from "../../fuzz/support/answer.ts";
import type { Target } from "../../fuzz/support/target.ts";

export interface Golden {
  /** `PUT /vmms/…`, with the query. */
  readonly operation: string;
  readonly body?: unknown;
  readonly status: number;
  readonly answer: unknown;
  /** The order of the answer's items follows from values that are drawn anew in every run. */
  readonly unordered?: true;
}

const FOLDER = fileURLToPath(new URL("../../../openapi/", import.meta.url));

export const goldenFolder = (ident: string): string => join(FOLDER, ident, "golden");
export const goldenFile = (ident: string, version: string): string => join(goldenFolder(ident), `${version}.jsonl`);

export function readGoldens(ident: string, version: string): Golden[] {
  const lines = readFileSync(goldenFile(ident, version), "utf8").trimEnd().split("\n");
  // This folder's files are written by `record.ts` alone.
  return lines.map((line) => JSON.parse(line) as Golden);
}

export function recordedVersions(ident: string): string[] {
  return readdirSync(goldenFolder(ident)).map((name) => name.replace(/\.jsonl$/, ""));
}

/** Random or seeded values, by what they look like; each kind is numbered on its own. */
const KINDS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ["uuid", /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi],
  ["mac", /\b(?:[0-9A-F]{2}:){5}[0-9A-F]{2}\b/g],
  // The network of a VPC is drawn.
  ["ula", /\bfd[0-9a-f]{2}(?::[0-9a-f]{1,4}){2}(?=::\/48|:[0-9a-f]{1,4}::|::\/64|::)/g],
];
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;
const PLACEHOLDER = /<(?:uuid|mac|ula) \d+>/g;

/** What stands for what in one run. */
export class Masks {
  readonly #names = new Map<string, string>();
  readonly #values = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #literal: Set<string>;

  /** `literal`: values that the test itself chose. */
  constructor(literal: Iterable<string>) {
    this.#literal = new Set([...literal].map((value) => value.toLowerCase()));
  }

  /** What an answer has shown before gets its placeholder; everything else in a request is the test's own choice. */
  maskRequest<T>(value: T): T {
    let text = JSON.stringify(value ?? null);
    for (const [, pattern] of KINDS) {
      text = text.replaceAll(pattern, (found) => {
        const name = this.#names.get(found.toLowerCase());
        if (name === undefined) this.#literal.add(found.toLowerCase());
        return name ?? found;
      });
    }
    return JSON.parse(text) as T;
  }

  /** `unordered`: items are put into an order that no drawn value decides. */
  maskAnswer(answer: unknown, unordered: boolean): unknown {
    const items = (answer as { items?: unknown } | null)?.items;
    if (!unordered || !Array.isArray(items)) return this.mask(answer);
    const bare = (item: unknown): string => {
      let text = JSON.stringify(item).replaceAll(TIME, "");
      for (const [, pattern] of KINDS) text = text.replaceAll(pattern, "");
      return text;
    };
    const sorted = items.toSorted((a, b) => (bare(a) < bare(b) ? -1 : 1));
    return this.mask({ ...(answer as object), items: sorted });
  }

  mask(value: unknown): unknown {
    if (typeof value === "string") return this.#maskText(value);
    if (Array.isArray(value)) return value.map((each) => this.mask(each));
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).map(([key, part]): [string, unknown] => {
      if (key === "request_id") return [key, "<id>"];
      // A token has the last item in it, names and ids.
      if (key === "next_page" && typeof part === "string") return [key, "<token>"];
      return [this.#maskText(key), this.mask(part)];
    });
    return Object.fromEntries(entries);
  }

  /** Puts values in the place of placeholders that have appeared; undefined when one has not. */
  fill<T>(value: T): T | undefined {
    const text = JSON.stringify(value ?? null);
    let isKnown = true;
    const filled = text.replaceAll(PLACEHOLDER, (name) => {
      const found = this.#values.get(name);
      if (found === undefined) isKnown = false;
      return found ?? name;
    });
    return isKnown ? (JSON.parse(filled) as T) : undefined;
  }

  #maskText(text: string): string {
    let masked = text.replaceAll(TIME, "<time>");
    for (const [kind, pattern] of KINDS) masked = masked.replaceAll(pattern, (value) => this.#nameOf(kind, value));
    return masked;
  }

  #nameOf(kind: string, value: string): string {
    const key = value.toLowerCase();
    if (this.#literal.has(key)) return value;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const name = `<${kind} ${count}>`;
    this.#names.set(key, name);
    this.#values.set(name, value);
    return name;
  }
}

export async function ask(target: Target, version: string, operation: string, body: unknown): Promise<Answer> {
  const [method = "", url = ""] = operation.split(" ");
  const headers = {
    ...target.headers,
    "api-version": version,
    ...(body === undefined ? {} : { "content-type": "application/json" }),
  };
  return send(target, { method, url, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
}

export function answerOf({ text }: Answer): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Free-form answers may be anything.
    return text;
  }
}

export interface GoldenFault {
  /** As recorded. */
  readonly operation: string;
  readonly text: string;
}

/** Sends every recorded request to a fresh service; one fault for each answer that is not what was recorded. */
export async function replay(
  target: Target,
  version: string,
  goldens: readonly Golden[],
  masks: Masks,
): Promise<GoldenFault[]> {
  const faults: GoldenFault[] = [];
  const add = (operation: string, text: string): void => void faults.push({ operation, text: `${operation} ${text}` });
  for (const { operation, body, status, answer, unordered = false } of goldens) {
    const request = masks.fill({ operation, body });
    if (request === undefined) {
      add(operation, "names something that never came up");
      continue;
    }
    masks.maskRequest(request);
    const got = await ask(target, version, request.operation, request.body);
    const masked = masks.maskAnswer(answerOf(got), unordered);
    if (got.status !== status || !isEqual(masked, answer)) {
      add(
        operation,
        `${JSON.stringify(body)}\nanswers ${got.status} ${JSON.stringify(masked)}\nrecorded ${status} ${JSON.stringify(answer)}`,
      );
    }
  }
  return faults;
}

// The order of fields is not on the wire.
function isEqual(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const [x, y] = [Object.entries(a), Object.entries(b)];
  if (Array.isArray(a) !== Array.isArray(b) || x.length !== y.length) return false;
  return x.every(
    ([key, part]) => Object.hasOwn(b, key) && isEqual(part, (b as Readonly<Record<string, unknown>>)[key]),
  );
}
