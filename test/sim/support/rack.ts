/**
 * A whole rack in one process on virtual time: Nexus, two dpds and some sled-agents with their propolises, as they are started
 * for real, reached through the simulated network. Everything that happens follows from the seed.
 */
import { parseConfig as parseDpdConfig, startDpd } from "@racklet/dpd";
import { chaosAsic, modelAsic, seededFaults, type AsicBackend } from "@racklet/dpd/testing";
import { dpdClient, type DpdClient } from "@racklet/dpd-client";
import { startSledAgent, type SledAgentConfig } from "@racklet/sled-agent";
import { DEFAULT_CONFIG, PRIVILEGED_USER_ID, serveNexus, type NexusConfig } from "@racklet/nexus";
import { contextOn, migrations, populate, type NexusTables } from "@racklet/nexus/testing";
import { mortal, simulation, type Simulation } from "@racklet/sim";
import { openStore, type Store } from "@racklet/store";
import type { World } from "@racklet/world";
import { mortalStore } from "./mortal-store.ts";

export const SWITCHES = ["switch0", "switch1"] as const;
export type SwitchName = (typeof SWITCHES)[number];

export interface SimRackOptions {
  readonly seed: number;
  /** Default 3; the first two have the switches. */
  readonly sleds?: number;
  /** Stays open; default: a new one in memory. */
  readonly database?: Store<NexusTables>;
  /** Of each table operation of the switches; default 0. */
  readonly asicFaults?: number;
  /** Whether dpds know where Nexus is, and fetch changes of NAT entries from it as those before 13.1 do. Default: no. */
  readonly dpdsPull?: boolean;
  /** What a life of the named service gets in place of the world given: stands between it and its peers. */
  readonly worldOf?: (name: string, world: World) => World;
}

export interface Answer {
  readonly status: number;
  // Fields by name, without casts at every step.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

interface Life {
  kill(): void;
  /** Nexus only: dies by itself at the given database statement. */
  killAtStatement?: (statement: number) => void;
}

const NEXUS = {
  external: "http://127.0.0.1:12220",
  internal: "http://127.0.0.1:12221",
  lockstep: "http://127.0.0.1:12232",
};
const API_DEADLINE_MS = 20_000;

export class SimRack {
  readonly sim: Simulation;
  readonly store: Store<NexusTables>;
  readonly sledIds: readonly string[];
  readonly services: readonly string[];
  /** Calls of the tests themselves: nobody injects faults into them. */
  readonly observer: World;
  #asicFaults: number;
  readonly #dpdsPull: boolean;
  readonly #ownsStore: boolean;
  readonly #worldOf: NonNullable<SimRackOptions["worldOf"]>;
  readonly #lives = new Map<string, Life>();
  readonly #dpds = new Map<SwitchName, DpdClient>();
  readonly #livesLed = new Map<string, number>();

  /** Ready: every sled is registered; besides there is what the database had, in a new one no pools, projects or instances. */
  static async start(options: SimRackOptions): Promise<SimRack> {
    const { seed, sleds = 3, database } = options;
    const sim = simulation({ seed, faults: { delayMs: [0, 2] } });
    const world = sim.world("database");
    const store = database ?? (await openStore<NexusTables>({ url: "sqlite::memory:", migrations, world }));
    const ids = Array.from({ length: sleds }, () => world.ids.uuid());
    const rack = new SimRack(sim, store, ids, options);
    const first = contextOn(store, rack.#nexusConfig(), world);
    // Nobody logs in here, and a real hash takes longer than all the rest.
    await populate({ ...first, passwords: { hash: async () => "$none$", verify: async () => false } });
    for (const name of rack.services) await sim.clock.run(rack.start(name));
    await rack.settled(async () => (await rack.#registered()) === sleds, "every sled is registered");
    return rack;
  }

  private constructor(
    sim: Simulation,
    store: Store<NexusTables>,
    sledIds: readonly string[],
    { asicFaults = 0, dpdsPull = false, database, worldOf = (_, world) => world }: SimRackOptions,
  ) {
    this.sim = sim;
    this.store = store;
    this.sledIds = sledIds;
    this.#asicFaults = asicFaults;
    this.#worldOf = worldOf;
    this.#dpdsPull = dpdsPull;
    this.#ownsStore = database === undefined;
    this.services = [
      ...SWITCHES.map((name) => `dpd/${name}`),
      "nexus",
      ...sledIds.map((_, index) => `sled-agent/${index}`),
    ];
    this.observer = worldOf("observer", sim.world("observer"));
  }

  get isUp(): (name: string) => boolean {
    return (name) => this.#lives.has(name);
  }

  kill(name: string): void {
    this.#lives.get(name)?.kill();
    this.#lives.delete(name);
  }

  /** Nexus dies before the given statement it sends to the database from now on. */
  killNexusAtStatement(statement: number): void {
    this.#lives.get("nexus")?.killAtStatement?.(statement);
  }

  /** A new life of the service, which knows what the database and its peers know. Nothing when it is up. */
  async start(name: string): Promise<void> {
    if (this.#lives.has(name)) return;
    const number = (this.#livesLed.get(name) ?? 0) + 1;
    this.#livesLed.set(name, number);
    const network = this.sim.network;
    const own = { fetch: network.fetchFrom(name), listen: network.listenFor(name) };
    const world = mortal(this.#worldOf(name, { ...this.sim.world(`${name}, life ${number}`), ...own }));
    const life: Life = { kill: () => world.kill() };
    this.#lives.set(name, life);
    const [kind, which = ""] = name.split("/");
    if (kind === "nexus") await this.#startNexus(world, life);
    else if (kind === "dpd") await this.#startDpd(which as SwitchName, number, world);
    else await startSledAgent(this.#sledConfig(Number(which)), world);
  }

  /** As the privileged user of the fleet, or of the API that is named. A connection that fails is status 0. */
  async call(method: string, path: string, body?: object, api: keyof typeof NEXUS = "external"): Promise<Answer> {
    const headers = new Headers();
    if (api === "external") headers.set("authorization", `Bearer oxide-spoof-${PRIVILEGED_USER_ID}`);
    if (api === "internal") headers.set("api-version", "1.0.0");
    if (api === "lockstep") headers.set("api-version", "0.0.1");
    if (body !== undefined) headers.set("content-type", "application/json");
    const abort = new AbortController();
    const cancel = this.observer.timers.after(API_DEADLINE_MS, () => abort.abort(new Error("deadline")));
    try {
      const request = new Request(`${NEXUS[api]}${path}`, {
        method,
        headers,
        signal: abort.signal,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const response = await this.observer.fetch(request);
      const text = await response.text();
      return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
    } catch (error) {
      return { status: 0, body: String(error) };
    } finally {
      cancel();
    }
  }

  /** Drives the clock until the call is answered; throws unless it succeeded. */
  async ok(method: string, path: string, body?: object, api: keyof typeof NEXUS = "external"): Promise<Answer["body"]> {
    const answer = await this.sim.clock.run(this.call(method, path, body, api));
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  /** Lets virtual time pass, step by step, until the condition holds. Says what it last was. */
  async settled(
    condition: () => Promise<boolean | string>,
    what: string,
    { deadlineMs = 120_000, stepMs = 500 }: { readonly deadlineMs?: number; readonly stepMs?: number } = {},
  ): Promise<void> {
    const { clock } = this.sim;
    const end = clock.monotonicMs() + deadlineMs;
    for (;;) {
      const seen = await clock.run(condition);
      if (seen === true) return;
      if (clock.monotonicMs() >= end) throw new Error(`not within ${deadlineMs} ms: ${what}; last seen: ${seen}`);
      await clock.advance(stepMs);
    }
  }

  /** From now on the switches do what they are told. */
  calmAsics(): void {
    this.#asicFaults = 0;
  }

  /** Nothing of it runs on. */
  async stop(): Promise<void> {
    for (const name of this.services) this.kill(name);
    if (this.#ownsStore) await this.store.close();
  }

  /** The observer's client. */
  dpd(name: SwitchName): DpdClient {
    const known = this.#dpds.get(name) ?? dpdClient({ baseUrl: this.dpdUrl(name), world: this.observer });
    this.#dpds.set(name, known);
    return known;
  }

  dpdUrl(name: SwitchName): string {
    return `http://127.0.0.1:${name === "switch0" ? 12_224 : 12_234}`;
  }

  sledUrl(index: number): string {
    return `http://[::1]:${12_345 + index}`;
  }

  /** The sled's address on the underlay: what NAT entries point at. */
  underlay(index: number): string {
    return `fd00:1122:3344:${(0x101 + index).toString(16)}::1`;
  }

  async #startNexus(world: World, life: Life): Promise<void> {
    const mine = mortalStore(this.store);
    const killWorld = life.kill;
    life.kill = () => {
      mine.kill();
      killWorld();
    };
    life.killAtStatement = (statement) => mine.killAt(statement, () => this.kill("nexus"));
    await serveNexus(contextOn(mine.store, this.#nexusConfig(), world));
  }

  #nexusConfig(): NexusConfig {
    return { ...DEFAULT_CONFIG, database: "sqlite::memory:", allowSpoof: true };
  }

  async #startDpd(which: SwitchName, life: number, world: World): Promise<void> {
    const pull = this.#dpdsPull ? ["--nexus", NEXUS.internal] : [];
    const config = parseDpdConfig(["--listen", new URL(this.dpdUrl(which)).host, "--switch", which, ...pull], {});
    await startDpd(config, world, { asic: this.#asic(life) });
  }

  #asic(life: number): AsicBackend {
    const faults = seededFaults({ seed: Number(this.sim.seed) * 100 + life, rate: this.#asicFaults });
    return chaosAsic(modelAsic("sidecar"), {
      next: (operation, target) => (this.#asicFaults > 0 ? faults.next(operation, target) : undefined),
    });
  }

  #sledConfig(index: number): SledAgentConfig {
    const scrimlet = index < SWITCHES.length;
    return {
      listen: { host: "::1", port: 12_345 + index },
      nexus: NEXUS.internal,
      sledId: this.sledIds[index] ?? "",
      rackId: DEFAULT_CONFIG.rackId,
      serial: `BRM0${index}`,
      scrimlet,
      dpd: scrimlet ? this.dpdUrl(SWITCHES[index] ?? "switch0") : undefined,
      mode: "real",
      underlay: this.underlay(index),
      vmTiming: { bootMs: [50, 300], stopMs: 40 },
    };
  }

  async #registered(): Promise<number> {
    const sleds = await this.store.db.selectFrom("sled").select("id").execute();
    return sleds.length;
  }
}
