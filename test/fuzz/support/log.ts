/** A log that keeps the reasons of failures, to be shown when a test fails. */
import { inspect } from "node:util";
import type { Log } from "@racklet/world";

const KEPT = 20;

export function troubleLog(): { readonly log: Log; readonly troubles: readonly string[] } {
  const troubles: string[] = [];
  const log: Log = {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (fields, message) => {
      troubles.push(`${message}: ${inspect(fields, { depth: 4 })}`);
      if (troubles.length > KEPT) troubles.shift();
    },
    child: () => log,
  };
  return { log, troubles };
}
