import { createRequire } from "node:module";
import type { Logger, pino as Pino } from "pino";
import type { Log } from "./types.ts";

export interface LogOptions {
  readonly name?: string;
  /** Default `info`; the environment variable RACKLET_LOG overrides it. */
  readonly level?: "debug" | "info" | "warn" | "error" | "silent";
}

/** Structured JSON lines on standard error: standard output belongs to the `listening`/`ready` events. */
export function createLog(options: LogOptions): Log {
  const level = process.env["RACKLET_LOG"] ?? options.level ?? "info";
  if (level === "silent") return nullLog;
  // Loaded by those who log: it is half of what a short command of the launcher would load.
  const { pino } = createRequire(import.meta.url)("pino") as { pino: typeof Pino };
  return wrap(pino({ name: options.name ?? "racklet", level, base: {} }, pino.destination({ dest: 2, sync: true })));
}

export const nullLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => nullLog,
};

function wrap(logger: Logger): Log {
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    child: (fields) => wrap(logger.child(fields)),
  };
}
