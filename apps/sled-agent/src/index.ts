/** Starts a sled-agent, for its own process and for the rack that runs all services in one. */
import { listen } from "@racklet/api-kit";
import type { World } from "@racklet/world";
import type { SledAgentConfig } from "./config.ts";
import { createContext, type SledAgentOverrides } from "./context.ts";
import { createApp } from "./server.ts";

export { parseConfig, type SledAgentConfig } from "./config.ts";
export { createContext, type SledAgentContext, type SledAgentOverrides } from "./context.ts";
export { createApp, type AppOptions } from "./server.ts";

export interface RunningSledAgent {
  /** Base URL of the API. */
  readonly url: string;
  /** Ends the VMs, lets running requests finish, and closes the listener. */
  close(): Promise<void>;
}

/** Resolves once the API answers; registering with Nexus goes on by itself. Throws AddressInUseError. */
export async function startSledAgent(
  config: SledAgentConfig,
  world: World,
  overrides: SledAgentOverrides = {},
): Promise<RunningSledAgent> {
  const ctx = createContext(config, world, overrides);
  // Before anybody can ask for them.
  ctx.vmms.resume();
  const listener = await listen(createApp(ctx), config.listen, world);
  const stop = new AbortController();
  ctx.scrimlet.start();
  const registering = ctx.listening(listener.port).run(stop.signal);
  return {
    url: listener.url,
    close: async () => {
      stop.abort();
      await Promise.all([registering, listener.close(), ctx.scrimlet.stop(), ctx.vmms.close()]);
    },
  };
}
