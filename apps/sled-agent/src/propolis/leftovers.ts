/** Propolis processes that a killed sled-agent left behind, for whoever ends the rack: nobody will find them again. */
import { join } from "node:path";
import type { World } from "@racklet/world";
import { recordsIn } from "../vmm/records.ts";
import { isRunning, stopProcess } from "./process-table.ts";

/** `dataDir`: of a sled-agent that does not run. Resolves with how many there were, when they are gone. */
export async function endLeftovers(dataDir: string, world: Pick<World, "timers" | "log">): Promise<number> {
  const running = recordsIn(recordsDir(dataDir), world.log)
    .list()
    .flatMap(({ process }) => (process !== undefined && isRunning(process) ? [process] : []));
  await Promise.all(running.map((process) => stopProcess(process, world)));
  return running.length;
}

/** Where a sled-agent keeps the records of its VMMs. */
export const recordsDir = (dataDir: string): string => join(dataDir, "vmms");
