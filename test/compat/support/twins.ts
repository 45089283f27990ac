/**
 * Two equal services that are asked the same thing: one in an old version, the other in the newest one with what the
 * conversions of the declarations make of the request. Their answers must be the same, converted back, and their states too.
 */
import { HttpError } from "@racklet/api-kit";
import { revisionAt, type Api, type OperationInput, type Revision } from "@racklet/api-kit/declare";
import type { Answer } from "../../fuzz/support/answer.ts";
import { send } from "../../fuzz/support/answer.ts";
import type { ApiDocument, DocumentOperation } from "../../fuzz/support/documents.ts";
import { requestOf, shown, type FuzzRequest, type ValidParts } from "../../fuzz/support/request.ts";
import type { StartTarget, Target } from "../../fuzz/support/target.ts";
import { REPLAY } from "./runs.ts";

/** What the newest version is asked for instead, and how its answer looks in the older version. */
export interface Translated {
  readonly request: FuzzRequest;
  readonly down: (answer: unknown) => unknown;
}

export interface Translation {
  /** Throws HttpError where the older version's request has no newer form. */
  translate(operation: DocumentOperation, parts: ValidParts): Translated;
}

export function translation(api: Api, documents: readonly ApiDocument[], headers: Target["headers"]): Translation {
  const ordinals = new Map(api.versions.all.map(({ semver, ordinal }) => [semver.text, ordinal]));
  return {
    translate(operation, { params, query, body }) {
      const ordinal = ordinals.get(operation.version) ?? -1;
      const declared = declarationOf(api, operation, ordinal);
      const newest = newestOrdinal(api, declared);
      const version = api.versions.all[newest]?.semver.text ?? "";
      const target = documents
        .find((each) => each.version === version)
        ?.operations.find((each) => each.method === declared.method && each.path === declared.path);
      if (target === undefined) throw new Error(`no document of ${declared.operationId} at ${version}`);
      const hops = declared.revisions.slice(
        revisionAt(declared, newest) + 1,
        revisionAt(declared, ordinal) + 1,
      ) as readonly Revision[];
      const isQueryKept = hops.every((hop) => hop.upQuery === undefined);
      let request: { query: unknown; body: unknown } = {
        query: isQueryKept ? query : parsed(declared, ordinal, query),
        body,
      };
      for (const hop of hops.toReversed()) {
        // Each hop was declared for the values of its own revision.
        const up = hop.up as ((body: unknown) => unknown) | undefined;
        const upQuery = hop.upQuery as ((query: unknown, body: unknown) => unknown) | undefined;
        request = {
          query: upQuery === undefined ? request.query : upQuery(request.query, request.body),
          body: up === undefined ? request.body : up(request.body),
        };
      }
      return {
        request: requestOf(
          target,
          { params, query: texts(request.query), body: request.body },
          { ...headers, "api-version": version },
        ),
        down: (answer) =>
          hops.reduce(
            (value, { down }) => (down === undefined ? value : (down as (newer: unknown) => unknown)(value)),
            answer,
          ),
      };
    },
  };
}

/** The declaration behind an operation of a document; operations may have other ids in older versions. */
export function declarationOf(
  api: Api,
  { method, path }: Pick<DocumentOperation, "method" | "path">,
  ordinal: number,
): OperationInput {
  const found = Object.values<OperationInput>(api.operations).find(
    (each) => each.method === method && each.path === path && revisionAt(each, ordinal) >= 0,
  );
  if (found === undefined) throw new Error(`${api.ident} declares no ${method} ${path} at position ${ordinal}`);
  return found;
}

function newestOrdinal(api: Api, { revisions }: OperationInput): number {
  const [first] = revisions;
  return first?.removed === true ? first.since - 1 : api.versions.latest.ordinal;
}

// As the server reads them: conversions see values, not texts.
function parsed(declared: OperationInput, ordinal: number, query: ValidParts["query"]): Record<string, unknown> {
  const revision = declared.revisions[revisionAt(declared, ordinal)] as Revision;
  const values: Record<string, unknown> = {};
  for (const [name, { param }] of Object.entries(revision.query ?? declared.query ?? {})) {
    const text = query[name];
    if (text === undefined) continue;
    const result = param.parse(text);
    values[name] = result.ok ? result.value : text;
  }
  for (const name of ["limit", "page_token"]) if (query[name] !== undefined) values[name] = query[name];
  return values;
}

function texts(query: unknown): Record<string, string> {
  const entries = Object.entries(query as Readonly<Record<string, unknown>>);
  return Object.fromEntries(
    entries.flatMap(([name, value]) => (value === undefined || value === null ? [] : [[name, String(value)]])),
  );
}

type Serve = (request: Request) => Response | Promise<Response>;

export interface Twins {
  readonly old: Target;
  readonly newest: Target;
  /** The same two, with an older server in front of the first. */
  through(server: Serve): Asked;
  close(): Promise<void>;
}

export interface Asked {
  /** What differs between what the old twin says and what it should say; undefined: nothing. */
  ask(operation: DocumentOperation, parts: ValidParts): Promise<{ readonly answer: Answer; readonly fault?: string }>;
}

export async function startTwins(api: Api, start: StartTarget, documents: readonly ApiDocument[]): Promise<Twins> {
  const [old, newest] = [await start(), await start()];
  const { translate } = translation(api, documents, newest.headers);
  const through = (server: Serve): Asked => ({
    async ask(operation, parts) {
      const request = requestOf(operation, parts, { ...old.headers, "api-version": operation.version });
      let translated: Translated | undefined;
      let refusal: HttpError | undefined;
      try {
        translated = translate(operation, parts);
      } catch (error) {
        if (!(error instanceof HttpError)) throw error;
        refusal = error;
      }
      const answer = await send({ ...old, send: async (each) => server(each) }, request);
      // Where there is nothing to ask for, the same request keeps the two alike in all that requests use up.
      const other = await send(newest, translated?.request ?? request);
      const wanted = translated === undefined ? refused(refusal) : asOld(other, translated, operation);
      const got = { status: answer.status, body: bodyOf(answer) };
      if (JSON.stringify(sorted(wanted)) === JSON.stringify(sorted(got))) return { answer };
      const second = translated === undefined ? "" : `\nthe newest version was asked\n${shown(translated.request)}`;
      const fault = `${shown(request)}\nanswered ${JSON.stringify(got)}\nshould   ${JSON.stringify(wanted)}${second}\n${REPLAY}`;
      return { answer, fault };
    },
  });
  const close = async (): Promise<void> => void (await Promise.all([old.close(), newest.close()]));
  return { old, newest, through, close };
}

function asOld(
  answer: Answer,
  { down }: Translated,
  { successStatus }: DocumentOperation,
): { status: number | undefined; body: unknown } {
  const body = bodyOf(answer);
  if (answer.status >= 400) return { status: answer.status, body };
  try {
    const status = successStatus ?? answer.status;
    return { status, body: body === undefined ? undefined : (JSON.parse(JSON.stringify(down(body))) as unknown) };
  } catch (error) {
    if (error instanceof HttpError) return refused(error);
    throw error;
  }
}

function refused(error: HttpError | undefined): { status: number | undefined; body: unknown } {
  const code = error?.code === undefined ? {} : { error_code: error.code };
  return { status: error?.status, body: { ...code, message: error?.message } };
}

/** Without what identifies the request. */
function bodyOf({ text }: Answer): unknown {
  if (text === "") return undefined;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // Free-form answers may be anything.
    return text;
  }
  if (typeof body !== "object" || body === null || !("request_id" in body)) return body;
  const { request_id: _, ...rest } = body;
  return rest;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, sorted(part)]));
}
