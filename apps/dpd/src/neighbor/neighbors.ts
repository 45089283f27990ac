/** ARP and NDP: one map of a family, kept equal to its table. */
import { compareIp } from "@racklet/net";
import { DomainWriter, deleteAllRows, insertRows, updateRow } from "../asic/index.ts";
import type { PlanStep, WriterContext } from "../asic/index.ts";
import { invalid, missing } from "../errors.ts";
import { NEIGHBOR_TABLES } from "../table/neighbor.ts";
import type { NeighborRow } from "../table/neighbor.ts";
import type { Family } from "../table/port.ts";
import { SortedMap } from "../table/sorted-map.ts";
import type { Neighbor, NeighborInput, Neighbors, NeighborsApi } from "./types.ts";

/** `row` is what the table holds. */
interface Held extends Neighbor {
  readonly row: NeighborRow;
}

export class NeighborTable implements NeighborsApi {
  readonly #context: WriterContext;
  readonly #writer: DomainWriter;
  readonly #family: Family;
  readonly #held = new SortedMap<string, Held>(compareIp, (ip) => ip);

  constructor(context: WriterContext, writer: DomainWriter, family: Family) {
    this.#context = context;
    this.#writer = writer;
    this.#family = family;
    context.switch.onForget(() => this.#held.clear());
  }

  list(limit: number, after?: string): Neighbor[] {
    return this.#held.page(limit, after);
  }

  get(ip: string): Neighbor {
    const held = this.#held.get(ip);
    if (held === undefined) throw missing("no matching entry", ip);
    return held;
  }

  upsert({ ip, mac, tag }: NeighborInput): Promise<void> {
    return this.#writer.change("upsert", () => {
      if (ip.includes(":") !== (this.#family === "ipv6")) throw invalid(`ip: ${ip} is not an ${this.#family} address`);
      const prior = this.#held.get(ip)?.row;
      const row = prior?.mac === mac ? prior : { ip, mac };
      const updated = this.#context.world.clock.now();
      return {
        steps: stepsTo(NEIGHBOR_TABLES[this.#family], prior, row),
        commit: () => this.#held.set(ip, { ip, mac, tag, updated, row }),
        result: undefined,
      };
    });
  }

  delete(ip: string): Promise<void> {
    return this.#writer.change("delete", () => {
      if (this.#held.get(ip) === undefined) throw missing("no matching entry", ip);
      return this.#removal((held) => held.ip === ip);
    });
  }

  reset(): Promise<void> {
    return this.#writer.change("reset", () => this.#removal(() => true));
  }

  resetTag(tag: string): Promise<void> {
    return this.#writer.change("reset_tag", () => this.#removal((held) => held.tag === tag));
  }

  #removal(goes: (held: Held) => boolean) {
    const going = this.#held.values().filter(goes);
    return {
      steps: [
        deleteAllRows(
          NEIGHBOR_TABLES[this.#family],
          going.map(({ row }) => row),
        ),
      ],
      commit: () => going.forEach(({ ip }) => this.#held.delete(ip)),
      result: undefined,
    };
  }
}

function stepsTo(
  table: (typeof NEIGHBOR_TABLES)[Family],
  prior: NeighborRow | undefined,
  row: NeighborRow,
): PlanStep[] {
  if (prior === row) return [];
  return [prior === undefined ? insertRows(table, row) : updateRow(table, prior, row)];
}

export function createNeighbors(context: WriterContext): Neighbors & { readonly writer: DomainWriter } {
  const writer = new DomainWriter(context, "neighbor");
  return {
    arp: new NeighborTable(context, writer, "ipv4"),
    ndp: new NeighborTable(context, writer, "ipv6"),
    writer,
  };
}
