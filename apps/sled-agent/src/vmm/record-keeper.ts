/** Keeps the record of one VMM as it changes, until it is removed. */
import type { Log } from "@racklet/world";
import type { NetworkState } from "./network.ts";
import type { VmmRecord, VmmRecords } from "./records.ts";
import type { VmmRequest, VmmStatus } from "./types.ts";

export interface KeeperOptions {
  readonly records: VmmRecords;
  readonly request: VmmRequest;
  readonly log: Log;
  /** The record of an earlier life. */
  readonly known: VmmRecord | undefined;
}

export class RecordKeeper {
  readonly #options: KeeperOptions;
  begun: VmmRecord["begun"];
  process: VmmRecord["process"];
  #isRemoved = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.begun = options.known?.begun;
    this.process = options.known?.process;
  }

  /** Throws when it cannot be kept. */
  saveFirst(status: VmmStatus, network: NetworkState): void {
    const { records, request } = this.#options;
    records.save({ request, status, network, begun: this.begun, process: this.process });
  }

  /** What is not kept is only missed by another life: no reason to stop this one. */
  save(status: VmmStatus, network: NetworkState): void {
    if (this.#isRemoved) return;
    try {
      this.saveFirst(status, network);
    } catch (error) {
      const { log, request } = this.#options;
      log.error({ propolis_id: request.propolisId, err: error }, "the VMM's record cannot be kept");
    }
  }

  remove(): void {
    this.#isRemoved = true;
    this.#options.records.remove(this.#options.request.propolisId);
  }
}
