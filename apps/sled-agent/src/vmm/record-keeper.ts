/**
 * Keeps the record of one VMM until it is removed. Writing is dear, so what only changes the generation is not written:
 * generations are set aside many at a time.
 */
import { isDeepStrictEqual } from "node:util";
import type { Log } from "@racklet/world";
import type { NetworkState } from "./network.ts";
import type { VmmRecord, VmmRecords } from "./records.ts";
import { isHalted } from "./status.ts";
import type { VmmRequest, VmmStatus } from "./types.ts";

export interface KeeperOptions {
  readonly records: VmmRecords;
  readonly request: VmmRequest;
  readonly log: Log;
  /** The record of an earlier life. */
  readonly known: VmmRecord | undefined;
}

/** A VMM that starts, runs and stops needs about ten. */
const SET_ASIDE = 100;

export class RecordKeeper {
  readonly #options: KeeperOptions;
  begun: VmmRecord["begun"];
  process: VmmRecord["process"];
  #isRemoved = false;
  #written: Pick<VmmRecord, "status" | "genLimit"> | undefined;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.begun = options.known?.begun;
    this.process = options.known?.process;
  }

  /** Throws when it cannot be kept. */
  saveFirst(status: VmmStatus, network: NetworkState): void {
    const { records, request } = this.#options;
    // The last word is repeated as it was.
    const genLimit = isHalted(status) ? status.gen : status.gen + SET_ASIDE;
    records.save({ request, status, genLimit, network, begun: this.begun, process: this.process });
    this.#written = { status, genLimit };
  }

  /** Writes a new status only where another life could not do without it. */
  saveStatus(status: VmmStatus, network: NetworkState): void {
    if (this.#written === undefined || isNeeded(this.#written, status)) this.save(status, network);
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

function isNeeded({ status: known, genLimit }: Pick<VmmRecord, "status" | "genLimit">, status: VmmStatus): boolean {
  if (status.gen > genLimit || status.state !== known.state) return true;
  const migrations = ({ migrationIn, migrationOut }: VmmStatus) => [migrationIn, migrationOut];
  return !isDeepStrictEqual(migrations(status), migrations(known));
}
