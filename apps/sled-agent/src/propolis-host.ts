/**
 * The one place where this app knows propolis itself, and not only its API: hosts it in this process, or says where its
 * process begins. Everything else gets a `PropolisHost`.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DEFAULT_CONFIG, startPropolis } from "@racklet/propolis";
import type { World } from "@racklet/world";
import type { SledAgentConfig } from "./config.ts";
import { embeddedHost } from "./propolis/embedded.ts";
import { processHost } from "./propolis/processes.ts";
import type { PropolisHost } from "./propolis/server.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.resolve("@racklet/propolis")));

/** `env`: of the processes, without this app's own variables. */
export function propolisHost(
  { propolis, vmTiming, dataDir }: Pick<SledAgentConfig, "propolis" | "vmTiming" | "dataDir">,
  world: World,
  env: Readonly<Record<string, string | undefined>>,
): PropolisHost {
  const { bootMs } = vmTiming;
  const args = ["--boot-ms", bootMs.join("-")];
  const processes =
    dataDir === undefined
      ? undefined
      : processHost({ world, main: MAIN, args, env, directory: join(dataDir, "propolis") });
  if (propolis === "process") {
    if (processes === undefined) throw new Error("propolis processes need a data directory to be found again");
    return processes;
  }
  const timing = { ...DEFAULT_CONFIG.timing, ...vmTiming };
  return {
    ...embeddedHost((propolisId, listen) =>
      startPropolis(
        { ...DEFAULT_CONFIG, listen, timing },
        { ...world, log: world.log.child({ propolis_id: propolisId }) },
      ),
    ),
    // The earlier life may have had processes: those are what they are.
    ...(processes === undefined ? {} : { find: processes.find }),
  };
}
