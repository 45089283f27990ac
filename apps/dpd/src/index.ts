/** Starts a dpd, for its own process and for the rack that runs all services in one. */
import { listen } from "@racklet/api-kit";
import type { World } from "@racklet/world";
import type { DpdConfig } from "./config.ts";
import { bringUp, createContext, type DpdOverrides } from "./context.ts";
import { createApp } from "./server.ts";

export { DEFAULT_CONFIG, parseConfig, type DpdConfig } from "./config.ts";
export { bringUp, createContext, type DpdContext, type DpdOverrides } from "./context.ts";
export { createApp, type AppOptions } from "./server.ts";

export interface RunningDpd {
  /** Base URL of the API. */
  readonly url: string;
  /** Stops fetching, lets running requests finish, and closes the listener. */
  close(): Promise<void>;
}

/** Resolves once the API answers and the ASIC has been taken into use. Throws AddressInUseError. */
export async function startDpd(config: DpdConfig, world: World, overrides: DpdOverrides = {}): Promise<RunningDpd> {
  const ctx = createContext(config, world, overrides);
  const listener = await listen(createApp(ctx), config.listen, world);
  bringUp(ctx);
  const stop = new AbortController();
  const pulling = ctx.puller?.run(stop.signal);
  return {
    url: listener.url,
    close: async () => {
      stop.abort();
      await Promise.all([pulling, listener.close()]);
    },
  };
}
