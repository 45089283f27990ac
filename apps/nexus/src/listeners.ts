/**
 * The addresses of Nexus' three APIs. They are taken before this process says that it exists, so that one that is started by
 * mistake finds them taken and has changed nothing; what arrives there waits until the process is ready to serve.
 */
import { listen, type Listener } from "@racklet/api-kit";
import type { Hono } from "hono";
import type { NexusContext } from "./context.ts";
import { createApps, type NexusApps } from "./server.ts";

/** Base URLs of the three APIs. */
export type NexusUrls = { readonly [K in keyof NexusApps]: string };

export interface Listeners {
  readonly urls: NexusUrls;
  /** Serves what has arrived, and from now on what arrives. */
  open(): void;
  /** Lets running requests finish within `graceMs`; those that still wait are cut off at once. */
  close(graceMs: number): Promise<void>;
}

/** Throws AddressInUseError; then none of the addresses is held. */
export async function takeAddresses(nexus: NexusContext): Promise<Listeners> {
  const { config, world } = nexus;
  const ready = Promise.withResolvers<void>();
  let isOpen = false;
  const apps = createApps(nexus);
  const served = (app: Hono): Pick<Hono, "fetch"> => ({
    fetch: (...call) => (isOpen ? app.fetch(...call) : serveLater(app, call)),
  });
  const serveLater = async (app: Hono, call: Parameters<Hono["fetch"]>): Promise<Response> => {
    await ready.promise;
    // Whoever gave up meanwhile reads no answer, and may have asked again.
    return call[0].signal.aborted ? new Response(null, { status: 503 }) : app.fetch(...call);
  };
  const taken: Listener[] = [];
  const close = async (graceMs: number): Promise<void> => {
    await Promise.all(taken.map((listener) => listener.close(isOpen ? graceMs : 0)));
  };
  const take = async (name: keyof NexusApps): Promise<string> => {
    const listener = await listen(served(apps[name]), config[name], world);
    taken.push(listener);
    return listener.url;
  };
  try {
    const urls = {
      external: await take("external"),
      internal: await take("internal"),
      lockstep: await take("lockstep"),
    };
    const open = (): void => {
      isOpen = true;
      ready.resolve();
    };
    return { urls, open, close };
  } catch (error) {
    await close(0);
    throw error;
  }
}
