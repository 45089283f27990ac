/** Loopback addresses, in the same tables and under the same lock as the addresses of links. */
import { deleteRows, insertRows } from "../asic/index.ts";
import type { Change, DomainWriter, WriterContext } from "../asic/index.ts";
import { compareIp } from "@racklet/net";
import { exists } from "../errors.ts";
import { familyOf, loopbackAddress } from "../port/address.ts";
import type { AddressOwners } from "../port/address.ts";
import type { AddressEntry, PlumbedAddress } from "../port/types.ts";
import { SWITCH_ADDRESS_TABLES } from "../table/port.ts";
import type { Family } from "../table/port.ts";
import { SortedMap } from "../table/sorted-map.ts";
import type { LoopbacksApi } from "./types.ts";

const OWNER = "the loopbacks";
const NOTHING: Change<undefined> = { steps: [], commit: () => {}, result: undefined };

export class Loopbacks implements LoopbacksApi {
  readonly #writer: DomainWriter;
  readonly #owners: AddressOwners;
  readonly #held = new SortedMap<string, PlumbedAddress>(compareIp, (addr) => addr);

  constructor(context: WriterContext, writer: DomainWriter, owners: AddressOwners) {
    this.#writer = writer;
    this.#owners = owners;
    context.switch.onForget(() => this.#held.clear());
  }

  list(family: Family): AddressEntry[] {
    return this.#held.page(this.#held.size).filter((entry) => entry.family === family);
  }

  create(entry: AddressEntry): Promise<void> {
    return this.#writer.change("loopback_create", () => {
      const { addr } = entry;
      if (this.#held.get(addr) !== undefined) return NOTHING;
      const owner = this.#owners.find(addr);
      if (owner !== undefined) throw exists(`IP address ${addr} already exists`, `it is on ${owner}`);
      const plumbed = loopbackAddress(entry);
      return {
        steps: [insertRows(SWITCH_ADDRESS_TABLES[plumbed.family], ...plumbed.rows)],
        commit: () => {
          this.#held.set(addr, plumbed);
          this.#owners.set(addr, OWNER);
        },
        result: undefined,
      };
    });
  }

  delete(addr: string): Promise<void> {
    return this.#writer.change("loopback_delete", () => {
      const held = this.#held.get(addr);
      if (held === undefined) return NOTHING;
      return {
        steps: [deleteRows(SWITCH_ADDRESS_TABLES[familyOf(addr)], ...held.rows)],
        commit: () => {
          this.#held.delete(addr);
          this.#owners.delete(addr);
        },
        result: undefined,
      };
    });
  }
}
