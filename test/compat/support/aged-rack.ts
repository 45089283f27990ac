/**
 * A rack on virtual time whose services are of different releases. A service of a release serves the versions that it knew
 * and, as a client, speaks those that it knew. It is today's code: what it would do otherwise is what the goldens pin.
 */
import type { Api } from "@racklet/api-kit";
import { dpdApi } from "@racklet/api-types/dpd/api";
import { nexusApi } from "@racklet/api-types/nexus/api";
import { nexusInternalApi } from "@racklet/api-types/nexus-internal/api";
import { sledAgentApi } from "@racklet/api-types/sled-agent/api";
import type { Log, LogFields, World } from "@racklet/world";
import { SimRack } from "../../sim/support/rack.ts";
import { cutServer, isAtMost, type Ident, type Release } from "./releases.ts";

/** What is upgraded as a whole: a host with its sled-agent and its switch's dpd, or Nexus. */
export type Unit = "host 0" | "host 1" | "nexus";
export const HOSTS = ["host 0", "host 1"] as const;

const OBSERVER = "x-observer";
const EXTERNAL_PORT = 12_220;
const INTERNAL_PORT = 12_221;

export class AgedRack {
  readonly rack: SimRack;
  /** What Nexus has logged as warnings or worse, newest last. */
  readonly troubles: string[];
  readonly #releases: Map<Unit, Release>;

  static async start(seed: number, release: Release): Promise<AgedRack> {
    const releases = new Map<Unit, Release>([...HOSTS, "nexus" as const].map((unit) => [unit, release]));
    const troubles: string[] = [];
    const worldOf = (name: string, world: World): World => agedWorld(name, world, releases, troubles);
    return new AgedRack(await SimRack.start({ seed, sleds: 2, dpdsPull: true, worldOf }), releases, troubles);
  }

  private constructor(rack: SimRack, releases: Map<Unit, Release>, troubles: string[]) {
    this.rack = rack;
    this.#releases = releases;
    this.troubles = troubles;
  }

  /** Ends the unit's services and begins them anew in another release; `agentFirst`: its dpd comes up after its sled-agent. */
  async upgrade(unit: Unit, release: Release, { agentFirst = false } = {}): Promise<void> {
    const services = servicesOf(unit);
    for (const name of services) this.rack.kill(name);
    this.#releases.set(unit, release);
    await this.restart(agentFirst ? services.toReversed() : services);
  }

  /** Kills the services and starts them again, in their release. */
  async restart(services: readonly string[]): Promise<void> {
    for (const name of services) this.rack.kill(name);
    const { clock } = this.rack.sim;
    for (const name of services) await clock.run(this.rack.start(name));
  }

  /** `r3 r3 r4`: of the hosts and of Nexus. */
  describe(): string {
    return [...this.#releases.values()].map(({ release }) => release).join(" ");
  }

  releaseOf(unit: Unit): Release {
    const release = this.#releases.get(unit);
    if (release === undefined) throw new Error(`there is no unit ${unit}`);
    return release;
  }
}

export function servicesOf(unit: Unit): string[] {
  if (unit === "nexus") return ["nexus"];
  const index = HOSTS.indexOf(unit);
  return [`dpd/switch${index}`, `sled-agent/${index}`];
}

function agedWorld(name: string, world: World, releases: ReadonlyMap<Unit, Release>, troubles: string[]): World {
  // Users meet Nexus as it is; what looks into switches and sleds reaches today's code, whatever stands before it.
  if (name === "observer") {
    const isUser = (request: Request): boolean => new URL(request.url).port === String(EXTERNAL_PORT);
    return { ...world, fetch: (request) => world.fetch(isUser(request) ? request : marked(request)) };
  }
  const unit = unitOf(name);
  const release = (): Release => {
    const found = releases.get(unit);
    if (found === undefined) throw new Error(`${name} belongs to no unit`);
    return found;
  };
  const { listen } = world;
  if (listen === undefined) throw new Error(`${name} has no simulated network`);
  const aged: World = {
    ...world,
    listen: (address, handler) => {
      const [api, ident] = apiOf(name, address.port);
      const server = api === undefined ? handler : cutServer(api, handler, release()[ident], world);
      return listen(address, (request) => (request.headers.has(OBSERVER) ? handler(request) : server(request)));
    },
  };
  if (unit !== "nexus") return aged;
  return { ...aged, fetch: (request) => agedFetch(world, request, release()), log: listening(world.log, troubles) };
}

/** Nexus asks sled-agents in the version of its release, and of dpds only what its release knew of. */
async function agedFetch(world: World, request: Request, release: Release): Promise<Response> {
  const isDpd = ["12224", "12234"].includes(new URL(request.url).port);
  if (isDpd) return cutServer(dpdApi, (each) => world.fetch(each), release.dpd, world)(request);
  const asked = request.headers.get("api-version");
  if (asked === null || isAtMost(asked, release["sled-agent"])) return world.fetch(request);
  const headers = new Headers(request.headers);
  headers.set("api-version", release["sled-agent"]);
  return world.fetch(new Request(request, { headers }));
}

function marked(request: Request): Request {
  const headers = new Headers(request.headers);
  headers.set(OBSERVER, "1");
  return new Request(request, { headers });
}

function unitOf(name: string): Unit {
  if (name === "nexus") return "nexus";
  return name.endsWith("0") ? "host 0" : "host 1";
}

function apiOf(name: string, port: number): readonly [Api | undefined, Ident] {
  if (name.startsWith("dpd/")) return [dpdApi, "dpd"];
  if (name.startsWith("sled-agent/")) return [isAgentPort(port) ? sledAgentApi : undefined, "sled-agent"];
  if (port === INTERNAL_PORT) return [nexusInternalApi, "nexus-internal"];
  return [port === EXTERNAL_PORT ? nexusApi : undefined, "nexus"];
}

// A sled-agent's other listeners are those of its VMs' propolises, which are as old as itself.
const isAgentPort = (port: number): boolean => port >= 12_345 && port < 12_400;

function listening(log: Log, troubles: string[]): Log {
  const note = (fields: LogFields, message: string): void => {
    const reason = fields["internal"] ?? (fields["err"] instanceof Error ? fields["err"].message : fields["err"]);
    const about = [fields["task"], fields["operation"]].filter((each) => each !== undefined).join(" ");
    const text = `${about} ${message}: ${String(reason)}`;
    // Background tasks say the same again and again.
    if (!troubles.includes(text)) troubles.push(text);
  };
  return {
    ...log,
    warn: (fields, message) => note(fields, message),
    error: (fields, message) => note(fields, message),
    child: () => listening(log, troubles),
  };
}
