/** Tells how a connection failed, whichever platform's fetch it was. */
import { ConnectionError, type CallIdentity, type ConnectionFailure } from "./errors.ts";

const REFUSED = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL"]);
const RESET = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET", "ECONNABORTED"]);
const TIMEOUT = new Set(["ETIMEDOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"]);
/** Nothing was sent, although the class of failure is a timeout. */
const BEFORE_SENDING = new Set(["UND_ERR_CONNECT_TIMEOUT"]);

export function connectionError(call: CallIdentity, method: string, error: unknown, expired: boolean): ConnectionError {
  const code = codeOf(error);
  const kind: ConnectionFailure =
    expired || TIMEOUT.has(code) || BEFORE_SENDING.has(code)
      ? "timeout"
      : REFUSED.has(code)
        ? "refused"
        : RESET.has(code)
          ? "reset"
          : "failed";
  const sent = kind !== "refused" && !BEFORE_SENDING.has(code);
  return new ConnectionError(call, kind, sent && method !== "GET", detailOf(error, code, kind), error);
}

function detailOf(error: unknown, code: string, kind: ConnectionFailure): string {
  const message = error instanceof Error ? error.message : String(error);
  return `${kind === "timeout" ? "timed out" : `connection ${kind}`} (${code === "" ? message : code === message ? code : `${code}: ${message}`})`;
}

// Platforms wrap the socket's error once or twice; an aggregate holds one per address tried.
function codeOf(error: unknown): string {
  let each = error;
  for (let depth = 0; depth < 5 && typeof each === "object" && each !== null; depth++) {
    if ("code" in each && typeof each.code === "string") return each.code;
    each =
      "cause" in each && each.cause !== undefined
        ? each.cause
        : "errors" in each && Array.isArray(each.errors)
          ? each.errors[0]
          : null;
  }
  return "";
}
