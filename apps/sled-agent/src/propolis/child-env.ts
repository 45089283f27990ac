/** The environment of a propolis process: without this app's own variables, which it would take for its flags. */
type Env = Readonly<Record<string, string | undefined>>;

/** Means the same to every service. */
const SHARED = new Set(["RACKLET_LOG"]);

export function childEnv(env: Env): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("RACKLET_") || SHARED.has(name)));
}
