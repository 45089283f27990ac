/** Sends requests and holds the answers against what the rules for errors promise. */
import { shown, type FuzzRequest } from "./request.ts";
import { REPLAY } from "./seed.ts";
import type { Target } from "./target.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Far more than anything here takes. */
const DEADLINE_MS = 10_000;

export async function send(target: Target, request: FuzzRequest): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const refuse = (): void => reject(new Error(`no answer within ${DEADLINE_MS} ms\n${shown(request)}\n${REPLAY}`));
    timer = setTimeout(refuse, DEADLINE_MS);
  });
  try {
    const response = await Promise.race([target.send(toRequest(request)), late]);
    return { status: response.status, headers: response.headers, text: await response.text() };
  } finally {
    clearTimeout(timer);
  }
}

// A body of a GET, which Request itself refuses.
function toRequest({ method, url, headers, body }: FuzzRequest): Request {
  const at = `http://fuzz.test${url}`;
  const isGetWithBody = method === "GET" && body !== undefined;
  const made = new Request(at, {
    method: isGetWithBody ? "POST" : method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  return isGetWithBody ? Object.defineProperty(made, "method", { value: method }) : made;
}

/** The request, the answer and how to see it again. */
export function exchange(what: string, request: FuzzRequest, { status, text }: Answer, target: Target): string {
  const trouble = status >= 500 ? `\nlog: ${target.troubles.at(-1) ?? "nothing"}` : "";
  return `${what}\n${shown(request)}\n→ ${status} ${text.slice(0, 2_000)}${trouble}\n${REPLAY}`;
}

/** What is wrong with an error answer, or undefined: `{request_id, error_code?, message}` and its id in `x-request-id`. */
export function errorBodyFault({ headers, text }: Answer): string | undefined {
  if (headers.get("content-type") !== "application/json") return `its content type is ${headers.get("content-type")}`;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return "its body is not JSON";
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) return "its body is not an object";
  const fields: Readonly<Record<string, unknown>> = { ...body };
  const surplus = Object.keys(fields).filter((name) => !["request_id", "error_code", "message"].includes(name));
  if (surplus.length > 0) return `its body has ${surplus.join(", ")}`;
  for (const name of ["request_id", "message"]) {
    const value = fields[name];
    if (typeof value !== "string" || value === "") return `its ${name} is ${JSON.stringify(value)}`;
  }
  if (Object.hasOwn(fields, "error_code") && typeof fields["error_code"] !== "string")
    return "its error_code is no text";
  const header = headers.get("x-request-id");
  return header === fields["request_id"] ? undefined : `its x-request-id is ${header}, its request_id another`;
}

export function messageOf({ text }: Answer): string {
  const body: unknown = JSON.parse(text);
  // Only asked of answers whose body has been checked.
  return (body as { message: string }).message;
}
