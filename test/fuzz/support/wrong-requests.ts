/**
 * For an operation and a request that it would accept: requests with one thing wrong, and the refusal each must get. What is
 * wrong in the same way whatever the operation is dealt out among the operations, a few cases to each.
 */
import type { JsonSchema } from "@racklet/api-kit/json-schema";
import { conforms } from "./conforms.ts";
import type { DocumentOperation, DocumentParameter } from "./documents.ts";
import { mutationsOf } from "./mutations.ts";
import { requestOf, urlOf, type FuzzRequest, type ValidParts } from "./request.ts";
import type { Dice } from "./seed.ts";

export interface WrongRequest {
  readonly what: string;
  readonly request: FuzzRequest;
  readonly statuses: readonly number[];
  readonly message: RegExp;
}

export interface WrongOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly needsCredentials: boolean;
  /** Parameters that may have any text. */
  readonly unchecked: readonly string[];
  /** The newest version of the API. */
  readonly isNewest: boolean;
  /** The version header, where the API has versions. */
  readonly versionHeader: string | undefined;
  readonly onMissing: "refuse" | "latest" | "unversioned";
  readonly bodyLimit: number;
  /** Every method that the operation's path has in this version. */
  readonly methods: readonly string[];
}

export function* wrongRequests(
  operation: DocumentOperation,
  parts: ValidParts,
  options: WrongOptions,
  dice: Dice,
): Generator<WrongRequest> {
  const good = requestOf(operation, parts, options.headers);
  yield* wrongVersions(good, options, dice);
  yield* wrongRoutes(operation, good, options);
  if (options.needsCredentials) yield* wrongCredentials(operation, parts, good, options, dice);
  yield* wrongParams(operation, parts, good, options, dice);
  yield* wrongQueries(operation, parts, good, options, dice);
  if (operation.body !== undefined) {
    yield* wrongBytes(good, options.bodyLimit, dice);
    yield* wrongTypes(good, dice);
    if (operation.body.contentType === "application/json")
      yield* wrongValues(operation, parts, good, options.bodyLimit);
  }
}

const BAD_REQUEST = [400];

const BAD_VERSIONS = [
  "",
  "1",
  "1.0",
  "v1.0.0",
  "1.0.0.0",
  "01.0.0",
  "-1.0.0",
  "latest",
  "1.0.0, 2.0.0",
  "1".repeat(5_000),
];
const UNKNOWN_VERSIONS = ["99999999999.0.0", "99999999999.0.0-rc.1", "18446744073709551615.0.0"];

function* wrongVersions(
  good: FuzzRequest,
  { onMissing, versionHeader }: WrongOptions,
  dice: Dice,
): Generator<WrongRequest> {
  if (onMissing === "unversioned" || versionHeader === undefined) return;
  const { [versionHeader]: _, ...without } = good.headers;
  if (onMissing === "refuse") {
    const message = /^missing expected header "api-version"$/;
    yield { what: "no version", request: { ...good, headers: without }, statuses: BAD_REQUEST, message };
  }
  const having = (version: string): FuzzRequest => ({ ...good, headers: { ...without, [versionHeader]: version } });
  for (const version of dice.deal(BAD_VERSIONS, 3)) {
    const message = /^bad value for header "api-version"/;
    yield { what: `version ${version.slice(0, 20)}`, request: having(version), statuses: BAD_REQUEST, message };
  }
  for (const version of dice.deal(UNKNOWN_VERSIONS, 1)) {
    const message = /^server does not support this API version: /;
    yield { what: `version ${version}`, request: having(version), statuses: BAD_REQUEST, message };
  }
}

const NOBODY = "00000000-0000-4000-8000-000000000000";
const BAD_CREDENTIALS: readonly Readonly<Record<string, string>>[] = [
  { authorization: "" },
  { authorization: "Bearer" },
  { authorization: "Bearer garbage" },
  { authorization: `Bearer oxide-token-${"0".repeat(40)}` },
  { authorization: `Bearer oxide-spoof-${NOBODY}` },
  { authorization: "Basic YTpi" },
  { cookie: "session=0123456789abcdef" },
];

function* wrongCredentials(
  operation: DocumentOperation,
  parts: ValidParts,
  good: FuzzRequest,
  { isNewest }: WrongOptions,
  dice: Dice,
): Generator<WrongRequest> {
  const { authorization, ...without } = good.headers;
  const having = (headers: Readonly<Record<string, string>>, url = good.url): WrongRequest => ({
    what: `credentials ${JSON.stringify(headers)} instead of ${authorization}`,
    request: { ...good, url, headers: { ...without, ...headers } },
    // What an older version allowed and the newest cannot say is refused before anybody is asked for.
    ...(isNewest
      ? { statuses: [401], message: /^credentials missing or invalid$/ }
      : { statuses: [400, 401], message: /./ }),
  });
  // Every operation must ask for some.
  for (const headers of [{}, ...dice.deal(BAD_CREDENTIALS, 2)]) yield having(headers);
  if (!operation.isPaginated) return;
  for (const token of dice.deal(FOREIGN_TOKENS, 2)) {
    const url = urlOf(operation, parts.params, { ...parts.query, page_token: token });
    // A token that is not the operation's may be seen before the credentials are.
    yield { ...having({}, url), what: "no credentials, but a page token", statuses: [400, 401], message: /./ };
  }
}

const METHODS = ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "PROPFIND"];

function* wrongRoutes(
  operation: DocumentOperation,
  good: FuzzRequest,
  { methods }: WrongOptions,
): Generator<WrongRequest> {
  const { body: _, ...bare } = good;
  for (const method of METHODS.filter((each) => !methods.includes(each))) {
    yield {
      what: `method ${method}`,
      request: method === "GET" ? { ...bare, method } : { ...good, method },
      statuses: [405],
      message: /^Method Not Allowed$/,
    };
  }
  const [path = "", query] = good.url.split("?");
  const elsewhere = (what: string, to: string): WrongRequest => ({
    what,
    request: { ...good, url: query === undefined ? to : `${to}?${query}` },
    statuses: [404],
    message: /^Not Found$/,
  });
  yield elsewhere("a path below", `${path}/a/b/c/d/e/f`);
  yield elsewhere("a path before", `/a/b${path}`);
  const literal = operation.path.split("/")[1] ?? "";
  yield elsewhere("another case", path.replace(`/${literal}`, `/${literal.toUpperCase()}`));
}

/** Texts no format or pattern takes, and some that only one of them does. */
const BAD_TEXTS = [
  "-1",
  "1.5",
  "99999999999999999999",
  "65536",
  "1e3",
  "0x10",
  "١",
  "-bad-",
  "UPPER",
  "a_b",
  "1.2.3.256",
  "1.2.3",
  "fd00:::1",
  "::1%lo",
  "10.0.0.1",
  "fd00::1",
  "not-a-uuid",
  "00000000-0000-4000-8000-00000000000",
  "true",
  "TRUE",
  "a b",
  "a\0",
  "a/b",
  "é",
  "\u{1f980}",
  "x".repeat(300),
  "constructor",
  "__proto__",
];

const TEXTS_TRIED = 8;

/** Some of the texts that a schema refuses: as text, and as the number or boolean it would be. */
function refused({ document }: DocumentOperation, schema: JsonSchema, dice: Dice): string[] {
  const bad = BAD_TEXTS.filter((text) => {
    const number = /^-?\d+(\.\d+)?$/.test(text) ? [Number(text)] : [];
    const values: unknown[] = [text, ...number, ...(text === "true" ? [true] : [])];
    return !values.some((value) => conforms(document, schema, value));
  });
  return dice.shuffled(bad).slice(0, TEXTS_TRIED);
}

const BAD_ENCODINGS = ["%", "%zz", "%ff", "%c3%28", "%ed%a0%80", "%f0%9f"];

function* wrongParams(
  operation: DocumentOperation,
  parts: ValidParts,
  good: FuzzRequest,
  { unchecked }: WrongOptions,
  dice: Dice,
): Generator<WrongRequest> {
  for (const { name, schema } of operation.params) {
    const having = (value: string): string => urlOf(operation, { ...parts.params, [name]: value }, parts.query);
    for (const text of unchecked.includes(name) ? [] : refused(operation, schema, dice)) {
      yield {
        what: `path parameter ${name}: ${text}`,
        request: { ...good, url: having(text) },
        statuses: BAD_REQUEST,
        message: /^bad parameter in URL path: /,
      };
    }
    for (const encoding of dice.deal(BAD_ENCODINGS, 2)) {
      yield {
        what: `path parameter ${name} encoded as ${encoding}`,
        request: { ...good, url: having("MARK").replace("MARK", encoding) },
        statuses: BAD_REQUEST,
        message: /^(invalid path encoding|bad parameter in URL path: )/,
      };
    }
  }
}

const TOKENS = [
  "garbage",
  "!",
  "=",
  "%00",
  "a".repeat(513),
  "a".repeat(100_000),
  tokenOf("not json"),
  tokenOf("[]"),
  tokenOf("null"),
  tokenOf("{}"),
  tokenOf('{"v":"v2","page_start":1}'),
  tokenOf('{"v":"v1"}'),
  tokenOf('{"__proto__":{"v":"v1","page_start":1}}'),
];
/** Well made, but not by the operation. */
const FOREIGN_TOKENS = ["null", "[]", "-1", "1e400", '"x"', '{"zz":1}', '{"__proto__":{}}', "[[[[]]]]"].map(
  (selector) => tokenOf(`{"v":"v1","page_start":${selector}}`),
);

const BAD_LIMITS = ["0", "4294967296", "18446744073709551616", "1e9", "NaN", " 1"];

function tokenOf(text: string): string {
  return Buffer.from(text).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}

function* wrongQueries(
  operation: DocumentOperation,
  parts: ValidParts,
  good: FuzzRequest,
  { unchecked }: WrongOptions,
  dice: Dice,
): Generator<WrongRequest> {
  const wrong = (what: string, query: Readonly<Record<string, string>>, message: RegExp): WrongRequest => ({
    what: `query ${what}`,
    request: { ...good, url: urlOf(operation, parts.params, query) },
    statuses: BAD_REQUEST,
    message,
  });
  const having = (name: string, text: string, message = /^unable to parse query string: /): WrongRequest =>
    wrong(`${name}=${text.slice(0, 40)}`, { ...parts.query, [name]: text }, message);
  for (const { name, schema, isRequired } of operation.query) {
    if (name === "page_token") continue;
    for (const text of unchecked.includes(name) ? [] : refused(operation, schema, dice)) yield having(name, text);
    if (!unchecked.includes(name) && takesNoEmptyText(operation, { name, schema, isRequired })) yield having(name, "");
    if (isRequired) {
      const { [name]: _, ...without } = parts.query;
      yield wrong(`without ${name}`, without, /^unable to parse query string: missing field/);
    }
  }
  if (!operation.isPaginated) return;
  for (const limit of dice.deal(BAD_LIMITS, 2)) yield having("limit", limit);
  const message = /^unable to parse query string: failed to parse pagination token: /;
  for (const token of dice.deal(TOKENS, 4)) yield having("page_token", token, message);
  for (const token of dice.deal(FOREIGN_TOKENS, 4)) {
    // What the token is about may be refused first, for want of the thing whose parts are listed.
    yield { ...having("page_token", token, /./), statuses: [400, 404] };
  }
}

function takesNoEmptyText({ document }: DocumentOperation, { schema }: DocumentParameter): boolean {
  return !conforms(document, schema, "");
}

type Spoiled = readonly [what: string, of: (text: string) => string | Uint8Array<ArrayBuffer>];

const NOT_TEXT: readonly Spoiled[] = [
  ["not UTF-8", (text) => bytes(Buffer.from(text), 0xff)],
  ["an overlong zero", (text) => bytes(Buffer.from(text), 0xc0, 0x80)],
  ["a surrogate in UTF-8", (text) => bytes(Buffer.from(text), 0xed, 0xa0, 0x80)],
];

const cutOff = (text: string, part: number): string => text.slice(0, Math.max(1, Math.floor(text.length * part)));

const NOT_JSON: readonly Spoiled[] = [
  ["none", () => ""],
  ["UTF-16", (text) => bytes(Buffer.from(text, "utf16le"))],
  ["a byte order mark", (text) => `\ufeff${text}`],
  ["its first quarter", (text) => cutOff(text, 0.25)],
  ["its first half", (text) => cutOff(text, 0.5)],
  ["its first three quarters", (text) => cutOff(text, 0.75)],
  ["cut off at its end", (text) => text.slice(0, -1)],
  ...["   ", "nul", "NaN", "{'a':1}", '{"a":1,}', "[1,]", "\0", '"\u0001"'].map((bad): Spoiled => [bad, () => bad]),
  ["itself twice", (text) => `${text}${text}`],
  ["a semicolon behind it", (text) => `${text};`],
  ["a comment before it", (text) => `/**/${text}`],
  ["a deep nest", () => "[".repeat(5_000)],
  ["a deep nest of objects", () => '{"a":'.repeat(1_500)],
];

function* wrongBytes(good: FuzzRequest, bodyLimit: number, dice: Dice): Generator<WrongRequest> {
  const text = String(good.body);
  const isJson = good.headers["content-type"] === "application/json";
  const having = (what: string, body: string | Uint8Array<ArrayBuffer>, message: RegExp): WrongRequest => ({
    what: `body: ${what}`,
    request: { ...good, body },
    statuses: BAD_REQUEST,
    message,
  });
  const tooLarge = new RegExp(`^request body exceeded maximum size of ${bodyLimit} bytes$`);
  yield having(
    "one byte too long",
    `${text}${" ".repeat(Math.max(0, bodyLimit + 1 - Buffer.byteLength(text)))}`,
    tooLarge,
  );
  const unreadable = /^unable to parse (JSON|URL-encoded) body: /;
  for (const [what, of] of dice.deal(NOT_TEXT, 1)) yield having(what, of(text), unreadable);
  if (!isJson) return;
  for (const [what, of] of dice.deal(NOT_JSON, 6)) yield having(what, of(text), /^unable to parse JSON body: /);
}

function bytes(text: Buffer, ...more: number[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([...text.subarray(0, 500), ...more]);
}

const OTHER_TYPES = ["text/plain", "application/octet-stream", "multipart/form-data; boundary=x", "application/jsonp"];
const NO_TYPES = ["json", "/", "application/", ";charset=utf-8", "a b/c"];

function* wrongTypes(good: FuzzRequest, dice: Dice): Generator<WrongRequest> {
  const expected = good.headers["content-type"] ?? "";
  const other = expected === "application/json" ? "application/x-www-form-urlencoded" : "application/json";
  for (const type of [other, ...dice.deal(OTHER_TYPES, 1)]) {
    yield {
      what: `content type ${type}`,
      request: { ...good, headers: { ...good.headers, "content-type": type } },
      statuses: BAD_REQUEST,
      message: /^expected content type "application\/[\w-]+", got "[\w/-]+"$/,
    };
  }
  for (const type of dice.deal(NO_TYPES, 1)) {
    yield {
      what: `content type ${type}`,
      request: { ...good, headers: { ...good.headers, "content-type": type } },
      statuses: BAD_REQUEST,
      message: /^unsupported content-type: /,
    };
  }
}

function* wrongValues(
  { document, body }: DocumentOperation,
  parts: ValidParts,
  good: FuzzRequest,
  bodyLimit: number,
): Generator<WrongRequest> {
  if (body === undefined) return;
  for (const { what, path, text } of mutationsOf(document, body.schema, parts.body, bodyLimit)) {
    yield {
      what: `${path || "the body"}: ${what}`,
      request: { ...good, body: text },
      statuses: BAD_REQUEST,
      message: /^unable to parse JSON body: /,
    };
  }
}
