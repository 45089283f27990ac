/** Starts services inside this process. Their code is loaded when it is needed: a launcher of processes never loads it. */
import { fileURLToPath } from "node:url";
import { realWorld, type Log, type LogFields, type World } from "@racklet/world";
import type { RunningService } from "../supervisor/in-process.ts";
import type { LogFile } from "../supervisor/log-file.ts";
import type { ServiceSpec } from "../supervisor/types.ts";

/** Takes the flags that the service's own command line takes. */
export async function startService(spec: ServiceSpec, file: LogFile): Promise<RunningService> {
  const world: World = {
    ...realWorld({ name: spec.name, log: { level: "silent" } }),
    log: fileLog(file, { name: spec.name }),
  };
  switch (spec.kind) {
    case "nexus": {
      const { parseConfig, startNexus } = await import("@racklet/nexus");
      return startNexus(parseConfig(spec.args, spec.env), world);
    }
    case "dpd": {
      const { parseConfig, startDpd } = await import("@racklet/dpd");
      return startDpd(parseConfig(spec.args, spec.env), world);
    }
    case "sled-agent": {
      const { parseConfig, startSledAgent } = await import("@racklet/sled-agent");
      return startSledAgent(parseConfig(spec.args, spec.env), world);
    }
  }
}

/** Where the code of a service's own process begins. */
export function mainOf(spec: ServiceSpec): string {
  const index = import.meta.resolve(PACKAGES[spec.kind]);
  return fileURLToPath(new URL("main.ts", index));
}

const PACKAGES = {
  nexus: "@racklet/nexus",
  dpd: "@racklet/dpd",
  "sled-agent": "@racklet/sled-agent",
} as const;

const LEVELS = ["debug", "info", "warn", "error"] as const;

/** The lines that a service's own process would write, into its log file. `RACKLET_LOG` has the same meaning. */
export function fileLog(file: LogFile, bound: LogFields, wanted = process.env["RACKLET_LOG"] ?? "info"): Log {
  const lowest = LEVELS.findIndex((level) => level === wanted);
  const write = (level: (typeof LEVELS)[number]) => (fields: LogFields, message: string) => {
    if (lowest === -1 || LEVELS.indexOf(level) < lowest) return;
    file.write(JSON.stringify({ level, ...bound, ...plain(fields), msg: message }));
  };
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    child: (fields) => fileLog(file, { ...bound, ...fields }, wanted),
  };
}

// An Error has nothing that JSON shows by itself.
function plain(fields: LogFields): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      value instanceof Error ? { type: value.name, message: value.message, stack: value.stack } : value,
    ]),
  );
}
