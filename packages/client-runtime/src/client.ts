/**
 * The client behind every generated one: turns the table of operations into methods. One call is: deadline → attempts →
 * documented result or typed error.
 */
import { ambientWorld } from "./ambient.ts";
import { attemptsWith, reporting } from "./attempt.ts";
import type { ClientDefinition, OperationDefinition, RawArgs } from "./definition.ts";
import { startDeadline } from "./deadline.ts";
import { ClientError, type CallIdentity } from "./errors.ts";
import {
  DEFAULT_DEADLINE_MS,
  DEFAULT_MAX_RESPONSE_BYTES,
  type CallOptions,
  type ClientOptions,
  type Headers,
} from "./options.ts";
import { readPages } from "./pages.ts";
import { withRetries } from "./retry.ts";
import type { ApiClient, Outcome } from "./types.ts";

type RawCall = (args?: RawArgs, options?: CallOptions) => Promise<unknown>;

/** Makes the methods that `Operations` and `Pages`, generated beside the definition, describe. */
export function createApiClient<Operations, Pages>(
  definition: ClientDefinition,
  options: ClientOptions,
): ApiClient<Operations, Pages> {
  const calls: Record<string, RawCall> = {};
  const safe: Record<string, (...input: Parameters<RawCall>) => Promise<Outcome<unknown>>> = {};
  const pages: Record<string, (...input: Parameters<RawCall>) => AsyncIterable<unknown>> = {};
  const bind = binder(definition, options);
  for (const [operationId, operation] of Object.entries(definition.operations)) {
    const identity = { service: definition.service, operationId, peer: options.baseUrl };
    const call = bind(identity, operation);
    calls[operationId] = call;
    safe[operationId] = async (...input) => call(...input).then(succeeded, failed);
    if (operation.paginated === true) {
      pages[operationId] = (args, callOptions) => readPages(identity, (each) => call(each, callOptions), args ?? {});
    }
  }
  // The table and the two types are generated from one document, so each method has the type of its name.
  return { ...calls, pages, safe } as ApiClient<Operations, Pages>;
}

function binder(definition: ClientDefinition, options: ClientOptions) {
  const world = options.world ?? ambientWorld;
  const attempt = reporting(attemptsWith(options.baseUrl, world.fetch), options.onAttempt);
  return (call: CallIdentity, operation: OperationDefinition): RawCall =>
    async (args = {}, callOptions = {}) => {
      refuseOthers(call, args);
      const deadline = startDeadline(
        world.timers,
        callOptions.deadlineMs ?? options.deadlineMs ?? DEFAULT_DEADLINE_MS,
        [options.signal, callOptions.signal],
      );
      const once = () =>
        attempt({
          call,
          operation,
          args,
          headers: { ...headersOf(options), ...callOptions.headers },
          version: definition.version,
          maxBytes: options.maxResponseBytes ?? DEFAULT_MAX_RESPONSE_BYTES,
          deadline,
        });
      try {
        if (operation.idempotent !== true) return await once();
        return await withRetries(world, { ...options.retries, ...callOptions.retries }, deadline, once);
      } finally {
        deadline.cancel();
      }
    };
}

// Options given in the place of the arguments would be ignored: no deadline, no signal, and nothing that says so.
function refuseOthers({ service, operationId }: CallIdentity, args: RawArgs): void {
  const other = Object.keys(args).find((name) => name !== "path" && name !== "query" && name !== "body");
  if (other === undefined) return;
  throw new TypeError(
    `${service} ${operationId}: ${other} is none of path, query and body; options are the second argument`,
  );
}

function headersOf({ headers }: ClientOptions): Headers {
  return typeof headers === "function" ? headers() : (headers ?? {});
}

const succeeded = (data: unknown): Outcome<unknown> => ({ ok: true, data });

function failed(error: unknown): Outcome<unknown> {
  if (error instanceof ClientError) return { ok: false, error };
  throw error;
}
