/**
 * One exclusive lock per table domain. Changes run under it from plan to commit, and so do table dumps, which read the
 * ASIC and would otherwise see a change half applied. Reads of soft state need no lock: it is swapped in one step.
 */
import { Mutex } from "@racklet/world";
import type { TableDomain } from "./types.ts";

export type DomainLocks = Readonly<Record<TableDomain, Mutex>>;

export function createLocks(): DomainLocks {
  return {
    nat: new Mutex(),
    mcast: new Mutex(),
    route: new Mutex(),
    port: new Mutex(),
    subnet: new Mutex(),
    neighbor: new Mutex(),
  };
}
