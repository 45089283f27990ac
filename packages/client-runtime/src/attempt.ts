/** One request and its answer. openapi-fetch builds the request; the answer is read here, bounded and typed. */
import createFetchClient from "openapi-fetch";
import { connectionError } from "./connection.ts";
import type { Deadline } from "./deadline.ts";
import type { OperationDefinition, RawArgs } from "./definition.ts";
import { ClientError, type CallIdentity } from "./errors.ts";
import type { ClientOptions, ClientWorld, Headers } from "./options.ts";
import { readResponse } from "./response.ts";

export interface Attempt {
  readonly call: CallIdentity;
  readonly operation: OperationDefinition;
  readonly args: RawArgs;
  readonly headers: Headers;
  readonly version: string | null;
  readonly maxBytes: number;
  readonly deadline: Deadline;
}

/** Fetch's Request refuses a body on a GET; some operation has one. It is the World's fetch that can send it. */
class AnyRequest extends Request {
  constructor(url: string, init: RequestInit) {
    const isGetWithBody = init.method === "GET" && init.body != null;
    super(url, isGetWithBody ? { ...init, method: "POST" } : init);
    if (isGetWithBody) Object.defineProperty(this, "method", { value: "GET" });
  }
}

/** What the request builder is left to read, of any answer. */
const NOTHING_LEFT = new Response(null, { status: 204 });

export type AttemptCall = (attempt: Attempt) => Promise<unknown>;

/** The operations are checked by the generated types, so the request builder itself sees any path. */
type AnyPaths = Record<string, Record<"get" | "put" | "post" | "delete", object>>;

export function attemptsWith(baseUrl: string, fetch: ClientWorld["fetch"]): AttemptCall {
  const builder = createFetchClient<AnyPaths>({ baseUrl, redirect: "manual", Request: AnyRequest });
  const send = async (attempt: Attempt): Promise<unknown> => {
    const { operation, args, version } = attempt;
    let result: unknown;
    const init: object = {
      params: { path: args.path, query: args.query },
      body: args.body,
      headers: operation.form === true ? { ...attempt.headers, "content-type": FORM } : attempt.headers,
      ...(operation.form === true ? { bodySerializer: formBody } : {}),
      signal: attempt.deadline.signal,
      fetch: async (request: Request) => {
        // Set last, on the finished request: neither options nor calls can claim another version's types.
        if (version !== null) request.headers.set("api-version", version);
        result = await readResponse(await fetch(request), { ...attempt, success: operation.success });
        return NOTHING_LEFT;
      },
    };
    await builder.request(lowerCase(operation.method), operation.path, init as object & Record<string, unknown>);
    return result;
  };
  return async (attempt) => {
    const { call, operation, deadline } = attempt;
    try {
      return await deadline.race(send(attempt));
    } catch (error) {
      if (error instanceof ClientError) throw error;
      // The caller's own abort is not a failure of the peer: they get back the reason they gave.
      if (deadline.signal.aborted && !deadline.expired()) throw deadline.signal.reason;
      throw connectionError(call, operation.method, error, deadline.expired());
    }
  };
}

/** Tells `report` how each attempt ended. It may take as long as the call may, and changes nothing about its outcome. */
export function reporting(attempt: AttemptCall, report: ClientOptions["onAttempt"]): AttemptCall {
  if (report === undefined) return attempt;
  const tell = async (input: Attempt, error: ClientError | undefined): Promise<void> => {
    const told = async (): Promise<void> => report(error);
    await input.deadline.race(told()).catch(() => {});
  };
  return async (input) => {
    const result = await attempt(input).catch(async (error: unknown) => {
      // The caller's own abort is no outcome of the attempt.
      if (error instanceof ClientError) await tell(input, error);
      throw error;
    });
    await tell(input, undefined);
    return result;
  };
}

const FORM = "application/x-www-form-urlencoded";

function formBody(body: object): string {
  const fields = Object.entries(body).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [[name, String(value)] as [string, string]],
  );
  return new URLSearchParams(fields).toString();
}

function lowerCase(method: OperationDefinition["method"]): "get" | "put" | "post" | "delete" {
  return method.toLowerCase() as "get" | "put" | "post" | "delete";
}
