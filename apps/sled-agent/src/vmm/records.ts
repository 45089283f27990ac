/**
 * What another life of this sled-agent must know of a VMM: enough to find its propolis again and drive it on, or to tell
 * Nexus how it ended. A VMM has a record until Nexus knows its end.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "@racklet/world";
import { readJson, removeFile, writeJson } from "../data/files.ts";
import { reasonOf } from "../errors.ts";
import type { PropolisProcess } from "../propolis/server.ts";
import type { NetworkState } from "./network.ts";
import type { VmmRequest, VmmStatus } from "./types.ts";

export interface VmmRecord {
  readonly request: VmmRequest;
  /** As it was when this was written; nothing that matters has changed since but the generation. */
  readonly status: VmmStatus;
  /** No generation above this has been reported. */
  readonly genLimit: number;
  readonly network: NetworkState;
  /** How its VM began; undefined while nobody has asked for one. */
  readonly begun?: "running" | "migrationTarget" | undefined;
  /** Undefined: it had none, or it ended with the sled-agent. */
  readonly process?: PropolisProcess | undefined;
}

export interface VmmRecords {
  list(): VmmRecord[];
  /** Takes the place of the one before. Throws when it cannot be kept. */
  save(record: VmmRecord): void;
  remove(propolisId: string): void;
}

/** For a sled-agent without a directory of its own. */
export const noRecords: VmmRecords = { list: () => [], save: () => undefined, remove: () => undefined };

const FORMAT = 1;
const SUFFIX = ".json";

/** One file per VMM. */
export function recordsIn(directory: string, log: Log): VmmRecords {
  const pathOf = (propolisId: string): string => join(directory, `${propolisId}${SUFFIX}`);
  return {
    list: () => namesIn(directory).flatMap((name) => read(join(directory, name), log)),
    save: (record) => writeJson(pathOf(record.request.propolisId), { format: FORMAT, ...record }),
    remove: (propolisId) => removeFile(pathOf(propolisId)),
  };
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => name.endsWith(SUFFIX));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

// One damaged file must not keep the sled-agent from serving the others.
function read(path: string, log: Log): VmmRecord[] {
  try {
    const value = readJson(path) as (VmmRecord & { readonly format?: unknown }) | undefined;
    if (value === undefined) return [];
    if (value.format !== FORMAT) throw new Error(`format ${String(value.format)}, this sled-agent knows ${FORMAT}`);
    return [value];
  } catch (error) {
    log.error({ path, reason: reasonOf(error) }, "the record of a VMM cannot be read; it is left where it is");
    return [];
  }
}
