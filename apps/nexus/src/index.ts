/** Starts a Nexus, for its own process and for the rack that runs all services in one. */
import type { World } from "@racklet/world";
import type { NexusConfig } from "./config.ts";
import { createContext, type NexusContext } from "./context.ts";
import { takeAddresses, type Listeners, type NexusUrls } from "./listeners.ts";
import { refuseExposure } from "./populate/exposure.ts";
import { populate } from "./populate/populate.ts";
import { announce, deadOwners, withdraw } from "./process/liveness.ts";

export { DEFAULT_CONFIG, DEFAULT_PASSWORD, parseConfig, type NexusConfig } from "./config.ts";
export { createContext, type NexusContext } from "./context.ts";
export { ExposedError } from "./populate/exposure.ts";
export { FIRST_SILO, FIRST_USER, PRIVILEGED_USER_ID, UNPRIVILEGED_USER_ID } from "./populate/populate.ts";
export type { NexusUrls } from "./listeners.ts";
export { createApps, type AppOptions, type NexusApps } from "./server.ts";

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
  let listeners: Listeners | undefined;
  const close = async (): Promise<void> => {
    await listeners?.close(STOP_DEADLINE_MS);
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
    // Before anything is taken over: where the addresses are in use, the process that has them lives.
    listeners = await takeAddresses(nexus);
    await announce(nexus);
    // Before anything is served, so that a request finds what a killed process was at already being finished.
    await nexus.sagas.recover({ adopt: await deadOwners(nexus) });
    listeners.open();
    nexus.tasks.start();
    return { urls: listeners.urls, close };
  } catch (error) {
    await close();
    throw error;
  }
}
