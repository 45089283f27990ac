/** The environment of the services' processes. */
import { tmpdir } from "node:os";
import { join } from "node:path";

type Env = Readonly<Record<string, string | undefined>>;

/** Settings of the launcher that mean something to a service too. */
const SHARED = new Set(["RACKLET_LOG"]);

/**
 * Without the launcher's own variables, which a service would take for its flags, and with a cache of compiled code, which
 * halves the time that a service needs to start.
 */
export function childEnv(env: Env): Env {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith("RACKLET_") || SHARED.has(name));
  return {
    ...Object.fromEntries(kept),
    NODE_COMPILE_CACHE: env["NODE_COMPILE_CACHE"] ?? join(tmpdir(), "racklet-compile-cache"),
  };
}
