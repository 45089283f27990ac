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
  if (propolis === "process") {
    if (dataDir === undefined) throw new Error("propolis processes need a data directory to be found again");
    const { bootMs } = vmTiming;
    return processHost({
      world,
      main: MAIN,
      args: ["--boot-ms", bootMs.join("-")],
      env,
      directory: join(dataDir, "propolis"),
    });
  }
  const timing = { ...DEFAULT_CONFIG.timing, ...vmTiming };
  return embeddedHost((propolisId, listen) =>
    startPropolis(
      { ...DEFAULT_CONFIG, listen, timing },
      { ...world, log: world.log.child({ propolis_id: propolisId }) },
    ),
  );
}
