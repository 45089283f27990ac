/** Starts a propolis server, for its own process and for the sled-agent that hosts one per VM. */
import { listen } from "@racklet/api-kit";
import type { FetchLike, World } from "@racklet/world";
import type { PropolisConfig } from "./config.ts";
import { createContext, type PropolisContext, type PropolisOverrides } from "./context.ts";
import { UpgradeListener } from "./http/upgrade-listener.ts";
import { runVm, type LocalVm, type LocalVmOptions } from "./local/run-vm.ts";
import { createApp } from "./server.ts";

export { DEFAULT_CONFIG, parseConfig, type PropolisConfig } from "./config.ts";
export { createContext, type PropolisContext, type PropolisOverrides } from "./context.ts";
export { createApp, type AppOptions } from "./server.ts";
export { PropolisError, type PropolisErrorKind } from "./errors.ts";
export { VmConfigError } from "./toml/section.ts";
export { specFromToml, type VmSpecOptions } from "./toml/spec-from-toml.ts";

export interface RunningPropolis {
  /** Base URL of the API. */
  readonly url: string;
  /** Ends the VM, whatever it is doing, answers what waits for it, and closes the listener. */
  close(): Promise<void>;
  /** As when a process dies: connections are cut without an answer. */
  kill(): Promise<void>;
  /** Resolves when it has ended either way, with how. */
  readonly ended: Promise<string>;
  /** Asks it from within this process, as if over its listener but without a connection. */
  readonly fetch: FetchLike;
}

const CLOSE_GRACE_MS = 1_000;

/** Resolves once the API answers. Throws AddressInUseError. */
export function startPropolis(
  config: PropolisConfig,
  world: World,
  overrides: PropolisOverrides = {},
): Promise<RunningPropolis> {
  return serveContext(createContext(config, world, overrides));
}

export interface RunningLocalVm extends LocalVm, Omit<RunningPropolis, "ended"> {}

/** A server with a VM that already runs. Throws PropolisError and AddressInUseError, and then leaves nothing behind. */
export async function startLocalVm(
  config: PropolisConfig,
  world: World,
  options: LocalVmOptions,
): Promise<RunningLocalVm> {
  const ctx = createContext({ ...config, mode: "standard" }, world);
  const server = await serveContext(ctx);
  try {
    return { ...server, ...(await runVm(ctx.vms, world, options)) };
  } catch (error) {
    await server.close();
    throw error;
  }
}

async function serveContext(ctx: PropolisContext): Promise<RunningPropolis> {
  const { config, world } = ctx;
  const app = createApp(ctx);
  const upgrades = new UpgradeListener(app, ctx.upgrades);
  const listener = await listen(app, config.listen, world, upgrades);
  ctx.listening(listener.port);
  const close = async (graceMs: number): Promise<void> => {
    const cancelCut = world.timers.after(graceMs, () => upgrades.cut());
    await listener.close(graceMs);
    cancelCut();
  };
  let end = (_how: string): void => {};
  const ended = new Promise<string>((resolve) => (end = resolve));
  return {
    url: listener.url,
    ended,
    fetch: async (request) => app.fetch(request),
    close: async () => {
      ctx.close();
      await close(CLOSE_GRACE_MS);
      end("its propolis was closed");
    },
    kill: async () => {
      end("its propolis was killed");
      upgrades.cut();
      await close(0);
      ctx.close();
    },
  };
}
