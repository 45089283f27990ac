/** What only a Tofino can tell or do: 501, whatever is asked, as upstream answers without one. */
import { HttpError } from "@racklet/api-kit";
import { hardwareOperations } from "@racklet/api-types/dpd/operations/hardware";
import type { DpdHandlers } from "./handlers.ts";

function notImplemented(): never {
  throw new HttpError(501, "this needs a Tofino: a software switch cannot tell or do it");
}

type Hardware = typeof hardwareOperations;

// A handler that never returns fits every operation.
export const hardwareHandlers = Object.fromEntries(
  Object.keys(hardwareOperations).map((operationId) => [operationId, notImplemented]),
) as { readonly [K in keyof Hardware]: () => never } satisfies DpdHandlers<Hardware>;
