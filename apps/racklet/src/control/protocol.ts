/**
 * How commands reach a running rack: one line of JSON each way per connection, over a socket that only its user may open.
 * A request is `{"op": …}`, the answer `{"ok": …}` or `{"error": "a sentence"}`.
 */
import { SERVICE_ACTIONS, type ServiceAction } from "../cli/commands.ts";
import type { ServiceStatus } from "../supervisor/supervisor.ts";

export const MAX_REQUEST_BYTES = 16 * 1024;
export const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

export type ControlRequest =
  | { readonly op: "status" | "token" | "down" }
  | { readonly op: "service"; readonly action: ServiceAction; readonly name: string };

/** What a running rack says of itself. */
export interface RackStatus {
  readonly pid: number;
  readonly data: string;
  readonly inProcess: boolean;
  /** Initialised: everything is registered and a token exists. */
  readonly ready: boolean;
  readonly uptimeMs: number;
  readonly nexus: { readonly external: string; readonly internal: string; readonly lockstep: string };
  readonly dpd: readonly { readonly switch: string; readonly url: string }[];
  readonly sledAgents: readonly { readonly id: string; readonly url: string; readonly scrimlet: boolean }[];
  readonly services: readonly ServiceStatus[];
}

export interface ControlAnswers {
  readonly status: RackStatus;
  readonly token: { readonly token: string };
  readonly down: { readonly pid: number };
  readonly service: ServiceStatus;
}

/** Undefined for what is no request. */
export function parseRequest(line: string): ControlRequest | undefined {
  let value: { op?: unknown; action?: unknown; name?: unknown } | null;
  try {
    value = JSON.parse(line) as typeof value;
  } catch {
    return undefined;
  }
  switch (value?.op) {
    case "status":
    case "token":
    case "down":
      return { op: value.op };
    case "service": {
      const action = SERVICE_ACTIONS.find((each) => each === value.action);
      return action === undefined || typeof value.name !== "string"
        ? undefined
        : { op: "service", action, name: value.name };
    }
    default:
      return undefined;
  }
}
