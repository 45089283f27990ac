/** Who wrote what is in the tables: notes each request that may write, and tells what was noted. */
import type { EntryOrigin } from "@racklet/api-types/dpd/latest";
import type { provenanceOperations } from "@racklet/api-types/dpd/operations/provenance";
import type { DpdContext } from "../context.ts";
import type { Origin } from "../provenance/ledger.ts";
import { getTable } from "../table/catalogue.ts";
import { traceTable } from "../table/dump.ts";
import type { DpdHandlers } from "./handlers.ts";
import { timeToWire } from "./wire.ts";

export const provenanceHandlers: DpdHandlers<typeof provenanceOperations> = {
  table_provenance: async ({ dump, ledger }, { params }) => {
    const table = getTable(params.table);
    const entries = await traceTable(dump, table, (row) => ledger.originOf(row));
    return {
      name: table.name,
      entries: entries.map(({ keys, action, actionArgs, origin }) => ({
        keys,
        action,
        action_args: actionArgs,
        origin: origin === undefined ? null : originToWire(origin),
      })),
    };
  },
};

function originToWire({ requestId, operation, at, group, generation, tag }: Origin): EntryOrigin {
  return { request_id: requestId, operation, time: timeToWire(at), group, generation, tag };
}

interface AnyInput {
  readonly params: unknown;
  readonly query: unknown;
  /** Absent where the request was recognised without it. */
  readonly body?: unknown;
  readonly request: { readonly id: string; readonly operationId: string };
}

/** The same handlers, of which each that may write runs as the origin of what it writes. */
export function noteOrigins<H extends Readonly<Record<string, unknown>>>(
  handlers: H,
  mayWrite: (operationId: string) => boolean,
): H {
  const noted = Object.entries(handlers).map(([operationId, handler]) => {
    if (!mayWrite(operationId)) return [operationId, handler];
    // Every value is a handler; its input has these parts, whatever their types.
    const handle = handler as (ctx: DpdContext, input: AnyInput) => unknown;
    const wrapped: typeof handle = (ctx, input) => ctx.ledger.run(originOf(ctx, input), () => handle(ctx, input));
    return [operationId, wrapped];
  });
  return Object.fromEntries(noted) as H;
}

function originOf({ world }: DpdContext, { params, query, body, request }: AnyInput): Origin {
  const generation = field(body, "generation");
  return {
    requestId: request.id,
    operation: request.operationId,
    at: world.clock.now(),
    group: text(field(params, "group")),
    generation: typeof generation === "number" ? generation : null,
    tag: tagOf(body) ?? text(field(query, "tag")),
  };
}

/** A route has its tag in its target, which says of which family it is. */
function tagOf(body: unknown): string | null {
  const target = field(body, "target");
  return (
    [body, target, field(target, "V4"), field(target, "V6")].map((at) => text(field(at, "tag"))).find(isText) ?? null
  );
}

function field(value: unknown, name: string): unknown {
  // Any object may be looked into; what is found is checked.
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

const isText = (value: string | null): value is string => value !== null;
const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
