/**
 * Words for what a generated validator refused: where, the limit, and the current value. Missing and unknown fields are
 * said in serde's words, which clients of upstream know.
 */
import { codePoints } from "./json-schema-formats.ts";
import type { Issue, PatternWords, Validator } from "./validate.ts";

/** One refusal, as compiled validators report it. */
export interface CheckError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A compiled validator: false leaves its reasons in `errors`. */
export interface Check {
  (value: unknown): boolean;
  errors?: readonly CheckError[] | null;
}

export function validatorOf(check: Check): Validator {
  return (value, words) => (check(value) ? null : issueOf(check.errors ?? [], value, words));
}

const MAX_SHOWN = 80;
const MAX_ALTERNATIVES = 4;

/** Of the reasons inside a union, the ones that got furthest into the value tell most. */
export function issueOf(errors: readonly CheckError[], value: unknown, words: PatternWords = {}): Issue {
  const leaves = errors.filter(({ keyword }) => keyword !== "if" && keyword !== "anyOf");
  const depth = Math.max(...leaves.map(({ instancePath }) => segments(instancePath).length));
  const deepest = leaves.filter(({ instancePath }) => segments(instancePath).length === depth);
  const first = deepest[0];
  if (first === undefined) return { path: "", message: "is not valid" };
  const path = segments(first.instancePath);
  const messages = new Set(deepest.map((error) => reason(error, valueAt(value, segments(error.instancePath)), words)));
  return { path: pathText(path, value), message: [...messages].slice(0, MAX_ALTERNATIVES).join("; or ") };
}

function reason({ keyword, params }: CheckError, value: unknown, words: PatternWords): string {
  const limit = Number(params["limit"]);
  switch (keyword) {
    case "required":
      return `missing field \`${String(params["missingProperty"])}\``;
    case "additionalProperties":
      return `unknown field \`${String(params["additionalProperty"])}\``;
    case "type":
      return `must be ${[params["type"]].flat().join(" or ")}, is ${shown(value)}`;
    case "minimum":
      return `must be >= ${limit}, is ${shown(value)}`;
    case "maximum":
      return `must be <= ${limit}, is ${shown(value)}`;
    case "minLength":
      return `must have at least ${limit} characters, has ${codePoints(String(value))}`;
    case "maxLength":
      return `must have at most ${limit} characters, has ${codePoints(String(value))}`;
    case "minItems":
      return `must have at least ${limit} items, has ${lengthOf(value)}`;
    case "maxItems":
      return `must have at most ${limit} items, has ${lengthOf(value)}`;
    case "uniqueItems":
      return `must not repeat an item: ${String(params["j"])} and ${String(params["i"])} are equal`;
    case "enum":
      return `must be one of ${list(params["allowedValues"])}, is ${shown(value)}`;
    case "pattern":
      return (
        words[String(params["pattern"])]?.(String(value)) ??
        `must match ${String(params["pattern"])}, is ${shown(value)}`
      );
    case "format":
      return `must be ${FORMATS[String(params["format"])] ?? String(params["format"])}, is ${shown(value)}`;
    default:
      return `is not valid (${keyword}), is ${shown(value)}`;
  }
}

const FORMATS: Readonly<Record<string, string>> = {
  ip: "an IP address",
  ipv4: "an IPv4 address",
  ipv6: "an IPv6 address",
  uuid: "a UUID",
  mac: "a MAC address",
  uri: "a URI",
  "date-time": "an RFC 3339 time",
};

function list(values: unknown): string {
  const texts = (Array.isArray(values) ? values : []).map((value) => `\`${String(value)}\``);
  return texts.length > 20 ? `${texts.slice(0, 20).join(", ")} …` : texts.join(", ");
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value) ?? "absent";
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}

function segments(pointer: string): string[] {
  return pointer === ""
    ? []
    : pointer
        .slice(1)
        .split("/")
        .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let each = value;
  for (const segment of path) each = (each as Record<string, unknown> | null | undefined)?.[segment];
  return each;
}

function pathText(path: readonly string[], value: unknown): string {
  let text = "";
  let each = value;
  for (const segment of path) {
    if (Array.isArray(each)) text += `[${segment}]`;
    else if (/^[\w-]+$/.test(segment)) text += text === "" ? segment : `.${segment}`;
    else text += `[${JSON.stringify(segment)}]`;
    each = (each as Record<string, unknown> | null | undefined)?.[segment];
  }
  return text;
}
