/** What every file of handlers has in common. */
import type { Handlers, Operations } from "@racklet/api-kit";
import type { DpdContext } from "../context.ts";

/** One handler for each operation of one file of declarations. */
export type DpdHandlers<Ops extends Operations> = Handlers<DpdContext, Ops>;
