/** Reads request bodies within a byte limit; the rest of a body that is too long is drained, as upstream does. */
import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Context } from "hono";
import { HttpError } from "./errors.ts";
import { parseLargeJson, type Yield } from "./large-json.ts";

/** The client went away before its body was complete: nothing may be done with the request. */
export class IncompleteBodyError extends Error {
  override readonly name = "IncompleteBodyError";
}

const DRAIN_LIMIT = 256 * 1024 * 1024;

export function incomingOf(c: Context): IncomingMessage | undefined {
  const env: unknown = c.env;
  if (typeof env !== "object" || env === null || !("incoming" in env)) return undefined;
  // @hono/node-server puts Node's own request here; tests that call app.fetch have none.
  return env.incoming as IncomingMessage | undefined;
}

export async function readBody(c: Context, limit: number): Promise<Buffer> {
  const incoming = incomingOf(c);
  return incoming === undefined ? readWebBody(c.req.raw, limit) : readIncoming(incoming, limit);
}

function readIncoming(incoming: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else chunks.length = 0;
      if (size > DRAIN_LIMIT) incoming.destroy();
    });
    incoming.on("end", () => {
      if (size > limit) reject(tooLarge(limit));
      else resolve(Buffer.concat(chunks));
    });
    const incomplete = () =>
      reject(new IncompleteBodyError("the connection closed before the request body was complete"));
    incoming.on("aborted", incomplete);
    incoming.on("error", incomplete);
    incoming.on("close", () => {
      if (!incoming.complete) incomplete();
    });
  });
}

async function readWebBody(request: Request, limit: number): Promise<Buffer> {
  const bytes = Buffer.from(await request.arrayBuffer());
  if (bytes.length > limit) throw tooLarge(limit);
  return bytes;
}

/** The body's text; throws a 400 when it is not UTF-8. Checking and then decoding is three times faster than a decoder that checks. */
export function decodeBody(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw HttpError.badRequest("unable to parse JSON body: invalid unicode");
  return bytes.toString("utf8");
}

function tooLarge(limit: number): HttpError {
  return HttpError.badRequest(`request body exceeded maximum size of ${limit} bytes`);
}

/** Checks the content type the way upstream does: absent means what is expected, parameters are ignored. */
export function checkContentType(header: string | undefined, expected: string): void {
  if (header === undefined || header === "") return;
  const type = (header.split(";")[0] ?? "").trim().toLowerCase();
  if (!/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(type)) throw HttpError.badRequest(`unsupported content-type: ${header}`);
  if (type !== expected) throw HttpError.badRequest(`expected content type "${expected}", got "${type}"`);
}

/** Bodies from this length on are parsed in slices. */
const LARGE_CHARS = 4 * 1024 * 1024;

export async function parseJson(text: string, pause: Yield): Promise<unknown> {
  if (text.trim() === "") {
    throw HttpError.badRequest("unable to parse JSON body: EOF while parsing a value at line 1 column 0");
  }
  try {
    // The reviver costs more than the parser, so only where there is an escape of a surrogate; and looking for one costs a
    // tenth of it, so only where there is an escape at all.
    if (text.includes("\\u") && SURROGATE.test(text)) return JSON.parse(text, refuseHalfCharacters);
    return text.length < LARGE_CHARS ? JSON.parse(text) : await parseLargeJson(text, pause);
  } catch (error) {
    throw HttpError.badRequest(`unable to parse JSON body: ${(error as SyntaxError).message}`);
  }
}

const SURROGATE = /\\u[dD][89a-fA-F]/;

// Half of a surrogate pair is not a character: no other program could read it back, and a database would change it.
function refuseHalfCharacters(key: string, value: unknown): unknown {
  if (!key.isWellFormed() || (typeof value === "string" && !value.isWellFormed())) {
    throw new SyntaxError("lone surrogate in a \\u escape");
  }
  return value;
}

/** A form body as an object of the schema's types: whole numbers become numbers where the schema asks for them. */
export function parseForm(text: string, integers: ReadonlySet<string>): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    fields[name] = integers.has(name) && /^\d+$/.test(value) ? Number(value) : value;
  }
  return fields;
}
