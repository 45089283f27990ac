/** Starts a propolis server, for its own process and for the sled-agent that hosts one per VM. */
import { listen } from "@racklet/api-kit";
import type { World } from "@racklet/world";
import type { PropolisConfig } from "./config.ts";
import { createContext, type PropolisOverrides } from "./context.ts";
import { UpgradeListener } from "./http/upgrade-listener.ts";
import { createApp } from "./server.ts";

export { DEFAULT_CONFIG, UsageError, parseConfig, type PropolisConfig } from "./config.ts";
export { createContext, type PropolisContext, type PropolisOverrides } from "./context.ts";
export { createApp, type AppOptions } from "./server.ts";
export { VmConfigError } from "./toml/section.ts";
export { specFromToml, type VmSpecOptions } from "./toml/spec-from-toml.ts";

export interface RunningPropolis {
  /** Base URL of the API. */
  readonly url: string;
  /** Ends the VM, whatever it is doing, answers what waits for it, and closes the listener. */
  close(): Promise<void>;
  /** As when a process dies: connections are cut without an answer. */
  kill(): Promise<void>;
}

const CLOSE_GRACE_MS = 1_000;

/** Resolves once the API answers. Throws AddressInUseError. */
export async function startPropolis(
  config: PropolisConfig,
  world: World,
  overrides: PropolisOverrides = {},
): Promise<RunningPropolis> {
  const ctx = createContext(config, world, overrides);
  const app = createApp(ctx);
  const upgrades = new UpgradeListener(app, ctx.upgrades);
  const listener = await listen(app, config.listen, world, upgrades);
  ctx.listening(listener.port);
  const close = async (graceMs: number): Promise<void> => {
    const cancelCut = world.timers.after(graceMs, () => upgrades.cut());
    await listener.close(graceMs);
    cancelCut();
  };
  return {
    url: listener.url,
    close: async () => {
      ctx.close();
      await close(CLOSE_GRACE_MS);
    },
    kill: async () => {
      upgrades.cut();
      await close(0);
      ctx.close();
    },
  };
}
