/** The software ASIC: real table semantics (capacity, duplicates, misses, usage), in memory, with counters at zero. */
import { DpdError, tableFull } from "../errors.ts";
import { keyText } from "../table/text.ts";
import type { Profile, TableDecl } from "../table/types.ts";
import type { AsicBackend, AsicTable, RowCounter, TableUsage } from "./backend.ts";
import { ModelGroups } from "./groups.ts";
import { ModelPorts } from "./ports.ts";
import { indexFor } from "./table-index.ts";
import type { TableIndex } from "./table-index.ts";

export function modelAsic(profile: Profile): AsicBackend {
  const tables = new Map<string, unknown>();
  return {
    name: "model",
    groups: new ModelGroups(profile),
    ports: new ModelPorts(),
    table<R>(table: TableDecl<R>): AsicTable<R> {
      let held = tables.get(table.name);
      if (held === undefined) tables.set(table.name, (held = new ModelTable(table, profile)));
      // Names are unique in the catalogue, so what is stored under one was made from this declaration.
      return held as ModelTable<R>;
    },
  };
}

class ModelTable<R> implements AsicTable<R> {
  readonly #table: TableDecl<R>;
  readonly #index: TableIndex<R>;
  readonly #usage;

  constructor(table: TableDecl<R>, profile: Profile) {
    this.#table = table;
    this.#index = indexFor(table);
    this.#usage = {
      size: table.capacity[profile],
      occupancy: 0,
      inserts: 0,
      updates: 0,
      deletes: 0,
      collisions: 0,
      updateMisses: 0,
      deleteMisses: 0,
      exhaustion: 0,
    };
  }

  insert(row: R): void {
    if (this.#usage.occupancy >= this.#usage.size) {
      this.#usage.exhaustion++;
      throw tableFull(this.#table.name);
    }
    if (this.#index.insert(row) === "exists") {
      this.#usage.collisions++;
      throw new DpdError("exists", `${this.#table.name}: an entry is in the way of ${this.#describe(row)}`);
    }
    this.#usage.inserts++;
    this.#usage.occupancy++;
  }

  update(row: R): void {
    if (!this.#index.replace(row)) {
      this.#usage.updateMisses++;
      throw this.#noEntry(row);
    }
    this.#usage.updates++;
  }

  delete(row: R): void {
    if (!this.#index.remove(row)) {
      this.#usage.deleteMisses++;
      throw this.#noEntry(row);
    }
    this.#usage.deletes++;
    this.#usage.occupancy--;
  }

  clear(): void {
    this.#index.clear();
    this.#usage.occupancy = 0;
  }

  find(row: R): R | undefined {
    return this.#index.find(row);
  }

  rows(): readonly R[] {
    return this.#index.rows();
  }

  counters(): readonly RowCounter<R>[] {
    return this.#index.rows().map((row) => ({ row, packets: 0, bytes: 0 }));
  }

  usage(): TableUsage {
    return { ...this.#usage };
  }

  #noEntry(row: R): DpdError {
    return new DpdError("missing", `${this.#table.name}: no entry ${this.#describe(row)}`);
  }

  #describe(row: R): string {
    return this.#table.keys.map((key) => keyText(key, row)).join(" ");
  }
}
