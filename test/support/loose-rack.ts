/** A rack put together by hand from the services' own commands, as somebody without the launcher would: Nexus hears of the switches from the scrimlets. */
import { randomInt } from "node:crypto";
import { fileURLToPath } from "node:url";
import { dpdClient } from "@racklet/dpd-client";
import { nexusInternalClient } from "@racklet/nexus-internal-client";
import { until } from "./until.ts";
import { startService, type ServiceProcess } from "./service.ts";
import type { RackAddresses } from "./rack.ts";

export interface LooseRack extends RackAddresses {
  /** The processes that share the database. The sled-agents report to the first. */
  readonly nexuses: readonly NexusProcess[];
  stop(): Promise<void>;
}

export interface NexusProcess {
  readonly urls: RackAddresses["nexus"];
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Again at the same addresses. */
  restart(): Promise<void>;
}

const MAIN = (app: string): string => fileURLToPath(new URL(`../../apps/${app}/src/main.ts`, import.meta.url));
/** One for each switch. */
const SLEDS = 2;

/** `count`: how many Nexus processes share the database. */
export async function startLooseRack(database: string, count: number): Promise<LooseRack> {
  const started: ServiceProcess[] = [];
  const start = async (app: string, ...args: string[]): Promise<ServiceProcess> => {
    const service = await startService(MAIN(app), args);
    started.push(service);
    return service;
  };
  const stop = async (): Promise<void> => void (await Promise.all(started.map((service) => service.stop())));
  try {
    const dpd = await Promise.all(
      ["switch0", "switch1"].map(async (name) => {
        const { url } = await start("dpd", "--listen", "127.0.0.1:0", "--switch", name);
        return { switch: name, url };
      }),
    );
    const nexuses = await Promise.all(
      Array.from({ length: count }, () => startNexus((...args) => start("nexus", "--database", database, ...args))),
    );
    const nexus = nexuses[0]?.urls ?? { external: "", internal: "", lockstep: "" };
    const sled_agents = await Promise.all(
      Array.from({ length: SLEDS }, async (_, n) => {
        const id = `5ed00000-0000-4000-8000-00000000000${n}`;
        const own = dpd[n];
        const scrimlet = own === undefined ? [] : ["--scrimlet", "--dpd", own.url];
        const sled = ["--sled-id", id, "--underlay", `fd00:1122:3344:10${n + 1}::1`, ...scrimlet];
        const { url } = await start("sled-agent", "--listen", "[::1]:0", "--nexus", nexus.internal, ...sled);
        return { id, url, scrimlet: own !== undefined };
      }),
    );
    const internal = nexusInternalClient({ baseUrl: nexus.internal });
    const known = () => Promise.all(sled_agents.map(({ id }) => internal.sled_agent_get({ path: { sled_id: id } })));
    await until("every sled is registered", known, () => true);
    return {
      nexus,
      nexuses,
      dpd,
      sled_agents,
      dpdClient: (name) => dpdClient({ baseUrl: dpd.find((each) => each.switch === name)?.url ?? "" }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Below those that are given out for 0. A Nexus that was told its internal port has a name: started again it takes up at once
 * what it was at when it was killed, as one that somebody runs does, and need not be given up for dead first.
 */
const NAMED_PORTS = [20_000, 32_000] as const;

const LISTENERS = ["external", "internal", "lockstep"] as const;

async function startNexus(start: (...args: string[]) => Promise<ServiceProcess>): Promise<NexusProcess> {
  const listening = (hostOf: (listener: (typeof LISTENERS)[number]) => string): Promise<ServiceProcess> =>
    start(...LISTENERS.flatMap((listener) => [`--${listener}`, hostOf(listener)]));
  let running = await listening((listener) => `127.0.0.1:${listener === "internal" ? randomInt(...NAMED_PORTS) : 0}`);
  const { url = "", internal = "", lockstep = "" } = running.event;
  const urls = { external: url, internal, lockstep };
  return {
    urls,
    kill: () => running.kill(),
    restart: async () => {
      running = await listening((listener) => new URL(urls[listener]).host);
    },
  };
}
