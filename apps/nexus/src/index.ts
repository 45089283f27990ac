/** Starts a Nexus, for its own process and for the rack that runs all services in one. */
import { listen, type Listener } from "@racklet/api-kit";
import type { World } from "@racklet/world";
import type { NexusConfig } from "./config.ts";
import { createContext, type NexusContext } from "./context.ts";
import { refuseExposure } from "./populate/exposure.ts";
import { populate } from "./populate/populate.ts";
import { announce, deadOwners, withdraw } from "./process/liveness.ts";
import { createApps } from "./server.ts";

export { DEFAULT_CONFIG, DEFAULT_PASSWORD, parseConfig, type NexusConfig } from "./config.ts";
export { createContext, type NexusContext } from "./context.ts";
export { ExposedError } from "./populate/exposure.ts";
export { FIRST_SILO, FIRST_USER, PRIVILEGED_USER_ID, UNPRIVILEGED_USER_ID } from "./populate/populate.ts";
export { createApps, type AppOptions, type NexusApps } from "./server.ts";

/** Base URLs of the three APIs. */
export interface NexusUrls {
  readonly external: string;
  readonly internal: string;
  readonly lockstep: string;
}

export interface RunningNexus {
  readonly urls: NexusUrls;
  /** Lets running requests and passes finish, for a while, and closes the database. */
  close(): Promise<void>;
}

const STOP_DEADLINE_MS = 2_000;

/**
 * Resolves once the three APIs answer. Throws AddressInUseError, DataInUseError, NewerDatabaseError or ExposedError; then
 * nothing is left running.
 */
export async function startNexus(config: NexusConfig, world: World): Promise<RunningNexus> {
  return serveNexus(await createContext(config, world));
}

/** The same for a context that is made already. It is closed with the answer's `close`, and when this throws. */
export async function serveNexus(nexus: NexusContext): Promise<RunningNexus> {
  const { world } = nexus;
  const listeners: Listener[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.close(STOP_DEADLINE_MS)));
    await Promise.all([
      nexus.tasks.stop({ deadlineMs: STOP_DEADLINE_MS }),
      nexus.sagas.stop({ deadlineMs: STOP_DEADLINE_MS }),
    ]);
    // Without it others find out by themselves, only later.
    await withdraw(nexus).catch((error: unknown) => world.log.warn({ err: error }, "could not sign off"));
    await nexus.store.close();
  };
  try {
    await populate(nexus);
    await refuseExposure(nexus);
    // Before anything is served, so that a request finds what a killed process was at already being finished.
    await announce(nexus);
    await nexus.sagas.recover({ adopt: await deadOwners(nexus) });
    const urls = await listenAll(nexus, listeners);
    nexus.tasks.start();
    return { urls, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Appends to `listeners` as they come up, so that the caller can close them whatever happens. */
async function listenAll(nexus: NexusContext, listeners: Listener[]): Promise<NexusUrls> {
  const { config, world } = nexus;
  const apps = createApps(nexus);
  const open = async (name: keyof NexusUrls): Promise<string> => {
    const listener = await listen(apps[name], config[name], world);
    listeners.push(listener);
    return listener.url;
  };
  return { external: await open("external"), internal: await open("internal"), lockstep: await open("lockstep") };
}
