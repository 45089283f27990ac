/** Addresses of the switch that belong to no link. */
import type { AddressEntry } from "../port/types.ts";
import type { Family } from "../table/port.ts";

export interface LoopbacksApi {
  /** In numeric order. */
  list(family: Family): AddressEntry[];
  /** No error when it is there, whatever its tag. `exists` when a link has the address. */
  create(entry: AddressEntry): Promise<void>;
  /** No error when it is not there. */
  delete(addr: string): Promise<void>;
}
