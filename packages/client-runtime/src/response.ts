/** Reads a response: bounded, and turned into the documented success or into a typed error. */
import { ApiError, ProtocolError, UnsupportedVersionError, type CallIdentity } from "./errors.ts";

export interface Expected {
  readonly call: CallIdentity;
  /** The documented status; null for a free-form response, which is handed over unread. */
  readonly success: number | null;
  readonly version: string | null;
  readonly maxBytes: number;
}

const UNSUPPORTED = "server does not support this API version";

export async function readResponse(response: Response, expected: Expected): Promise<unknown> {
  const { call, success } = expected;
  if (response.status >= 400) throw await readError(response, expected);
  if (success === null) return response;
  if (response.status !== success) {
    await response.body?.cancel();
    throw new ProtocolError(call, response.status, `answered ${response.status}, documented is ${success}`);
  }
  if (success === 204) {
    await response.body?.cancel();
    return undefined;
  }
  const text = await readText(response, expected);
  try {
    return JSON.parse(text);
  } catch (error) {
    const type = response.headers.get("content-type") ?? "no content type";
    throw new ProtocolError(
      call,
      response.status,
      `answered ${response.status} with a body (${type}) that is not JSON`,
      error,
    );
  }
}

async function readError(response: Response, expected: Expected): Promise<ApiError> {
  const body = parseErrorBody(await readText(response, expected));
  const fields = {
    status: response.status,
    code: body.code,
    message: body.message ?? `status ${response.status} without an explanation`,
    requestId: body.requestId ?? response.headers.get("x-request-id") ?? undefined,
  };
  if (response.status === 400 && expected.version !== null && fields.message.startsWith(UNSUPPORTED)) {
    const server = response.headers.get("api-version") ?? undefined;
    return new UnsupportedVersionError(expected.call, fields, expected.version, server);
  }
  return new ApiError(expected.call, fields);
}

interface ErrorFields {
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly requestId: string | undefined;
}

// A proxy in between may answer anything: what is not the documented error body is shown as it is, shortened.
function parseErrorBody(text: string): ErrorFields {
  try {
    const body = JSON.parse(text) as Record<string, unknown> | null;
    const field = (name: string) => (typeof body?.[name] === "string" ? body[name] : undefined);
    if (field("message") !== undefined) {
      return { code: field("error_code"), message: field("message"), requestId: field("request_id") };
    }
  } catch {
    // Not JSON: the text below says more than the parser's complaint would.
  }
  return { code: undefined, message: text.trim() === "" ? undefined : text.trim().slice(0, 200), requestId: undefined };
}

async function readText(response: Response, { call, maxBytes }: Expected): Promise<string> {
  const tooLong = (bytes: number | string) =>
    new ProtocolError(call, response.status, `answered with a body of ${bytes} bytes, the limit is ${maxBytes}`);
  const announced = Number(response.headers.get("content-length") ?? Number.NaN);
  if (announced > maxBytes) {
    await response.body?.cancel();
    throw tooLong(announced);
  }
  if (response.body === null) return "";
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.byteLength;
    if (size > maxBytes) {
      await reader.cancel();
      throw tooLong(`more than ${maxBytes}`);
    }
    text += decoder.decode(value, { stream: true });
  }
}
