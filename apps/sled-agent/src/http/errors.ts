/**
 * The one place where sled-agent's errors become HTTP answers. Nexus depends on the codes of 404, 410 and 503. Upstream
 * answers a bare 500 to most invalid requests; nobody depends on that, so they are 400 with the reason here.
 */
import { HttpError } from "@racklet/api-kit";
import { SledAgentError } from "../errors.ts";

/** Undefined for an error that is not the domain's: the framework answers 500 and logs it. */
export function translateError(error: unknown): HttpError | undefined {
  if (!(error instanceof SledAgentError)) return undefined;
  const { message } = error;
  switch (error.kind) {
    case "noSuchInstance":
      return new HttpError(404, "Not Found", { code: "NO_SUCH_INSTANCE", internal: message });
    case "instanceGone":
      return new HttpError(410, message, { code: "NO_SUCH_INSTANCE" });
    case "queueFull":
      return new HttpError(503, "Service Unavailable", { code: "INSTANCE_CHANNEL_FULL", internal: message });
    case "invalid":
      return HttpError.badRequest(message, "InvalidRequest");
    case "conflict":
      return new HttpError(409, message, { code: "Conflict" });
    case "subnetAttached":
      return new HttpError(409, message, { code: "SUBNET_ALREADY_ATTACHED" });
    case "insufficientCapacity":
      return new HttpError(507, `Insufficient capacity: ${message}`, { code: "InsufficientCapacity" });
    case "propolis":
      return propolisAnswer(error);
    case "notInSimulator":
      return new HttpError(405, message);
    case "internal":
      return HttpError.internal(error);
  }
}

// A refusal is handed on with its status but not its words, as upstream has it.
function propolisAnswer(error: SledAgentError): HttpError {
  const { status, message } = error;
  if (status === 503) return new HttpError(503, "Service Unavailable", { internal: message });
  if (status === undefined || status < 400 || status > 499) return HttpError.internal(error);
  return new HttpError(status, REASON[status] ?? "Bad Request", { internal: message });
}

const REASON: Readonly<Record<number, string>> = {
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  410: "Gone",
  424: "Failed Dependency",
};
