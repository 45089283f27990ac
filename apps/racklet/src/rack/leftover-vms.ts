/** Propolis processes that outlived their sled-agent: nothing of a rack may be left when it has ended. */
import type { World } from "@racklet/world";
import { sledDataDirs } from "./data-dir.ts";

/** Call it when no sled-agent of the rack runs. Resolves when they are gone. */
export async function endLeftoverVms(dir: string, world: World): Promise<void> {
  const sleds = sledDataDirs(dir);
  if (sleds.length === 0) return;
  const { endLeftovers } = await import("@racklet/sled-agent/leftovers");
  await Promise.all(sleds.map((sled) => endLeftovers(sled, world)));
}
