/**
 * A rack of real services in one process, without sockets: Nexus, two dpds and sled-agents, joined by a router that counts the
 * requests and can take any of them off the network. Instances are made through Nexus' API and run as simulated VMs.
 */
import { bringUp, createApp as createDpdApp, createContext as createDpd, DEFAULT_CONFIG as DPD } from "@racklet/dpd";
import { dpdClient } from "@racklet/dpd-client";
import { createApps, DEFAULT_CONFIG, FIRST_USER } from "@racklet/nexus";
import {
  cheapPasswords,
  contextOn,
  migrations,
  populate,
  type NexusContext,
  type NexusTables,
} from "@racklet/nexus/testing";
import { createApp as createSledApp, createContext as createSled, type SledAgentContext } from "@racklet/sled-agent";
import { openStore } from "@racklet/store";
import type { StoreLeg } from "@racklet/store/testing";
import { nullLog, realWorld, type World } from "@racklet/world";

export const SWITCHES = ["switch0", "switch1"] as const;
export type SwitchName = (typeof SWITCHES)[number];

type Fetch = (request: Request) => Promise<Response> | Response;

export interface McastRackOptions {
  readonly sleds?: number;
  /** Default: SQLite in memory. */
  readonly leg?: StoreLeg;
  /** What a sled-agent's request is turned into before it is served: to make it an older one. */
  readonly sledFilter?: (sled: number, request: Request) => Response | undefined;
}

/** What a test reads of an answer. */
// oxlint-disable-next-line typescript/no-explicit-any
type Json = any;

export class McastRack {
  /** Hosts off the network. */
  readonly down = new Set<string>();
  /** Hosts that never answer, and those who wait for them. */
  readonly #hung = new Set<string>();
  readonly #waiting = new Set<() => void>();
  requests: string[] = [];
  /** What becomes of a request. */
  fault: ((request: Request) => "lost" | "answer lost" | "twice" | undefined) | undefined;
  /** Awaited before every request. */
  delay: (() => Promise<void>) | undefined;
  readonly sleds: { readonly id: string; readonly host: string; readonly ctx: SledAgentContext }[] = [];
  /** Those that were restarted: their VMs hold listeners until somebody closes them. */
  readonly #former: { readonly ctx: SledAgentContext }[] = [];
  nexus!: NexusContext;
  #offset = 0;
  readonly #options: McastRackOptions;
  readonly #hosts = new Map<string, Fetch>();
  readonly #base: World;
  readonly world: World;
  #apps!: ReturnType<typeof createApps>;
  #user!: string;

  constructor(options: McastRackOptions = {}) {
    this.#options = options;
    const real = realWorld({ name: "test" });
    const clock = {
      now: () => real.clock.now() + this.#offset,
      monotonicMs: () => real.clock.monotonicMs() + this.#offset,
    };
    this.#base = { ...real, log: nullLog, clock };
    this.world = { ...this.#base, fetch: (request) => this.#route(request) };
    for (const name of SWITCHES) this.restartDpd(name);
  }

  /** With its background tasks as `tasks` says; default: none but what `pass` runs. */
  async start(): Promise<this> {
    const { world } = this;
    const store = await (this.#options.leg?.open<NexusTables>({ migrations, world }) ??
      openStore<NexusTables>({ url: "sqlite::memory:", migrations, world }));
    const config = {
      ...DEFAULT_CONFIG,
      database: "sqlite::memory:",
      dpdUrls: SWITCHES.map((name) => `http://${name}`),
      allowSpoof: true,
    };
    this.nexus = contextOn(store, config, this.world, cheapPasswords(this.world));
    await populate(this.nexus);
    this.#apps = createApps(this.nexus);
    this.#hosts.set("nexus-internal", (request) => this.#apps.internal.fetch(request));
    const user = await store.db
      .selectFrom("silo_user")
      .select(["id", "silo_id"])
      .where("external_id", "=", FIRST_USER)
      .executeTakeFirstOrThrow();
    this.#user = user.id;
    for (let sled = 0; sled < (this.#options.sleds ?? 3); sled++) await this.#addSled(sled);
    await this.ok("POST", "/v1/projects", { name: "p", description: "" });
    for (const [name, first, last] of POOLS) {
      const version = first.includes(":") ? "v6" : "v4";
      await this.ok("POST", "/v1/system/ip-pools", {
        name,
        description: "",
        ip_version: version,
        pool_type: name.startsWith("u") ? "unicast" : "multicast",
      });
      await this.ok("POST", `/v1/system/ip-pools/${name}/ranges/add`, { first, last });
      await this.ok("POST", `/v1/system/ip-pools/${name}/silos`, {
        silo: user.silo_id,
        is_default: name !== "ssm4",
      });
    }
    this.requests = [];
    return this;
  }

  async close(): Promise<void> {
    await this.nexus.tasks.stop({ deadlineMs: 1_000 });
    await this.nexus.sagas.stop({ deadlineMs: 1_000 });
    for (const { ctx } of [...this.sleds, ...this.#former]) await ctx.vmms.close();
    await this.nexus.store.close();
  }

  /** An empty dpd in the place of the old one, as after a crash. */
  restartDpd(name: SwitchName, asic: "model" | "absent" | "chaos" = "model"): void {
    const dpd = createDpd({ ...DPD, switch: name, profile: "large", asic, chaos: { seed: 1, rate: 0.05 } }, this.#base);
    bringUp(dpd);
    const app = createDpdApp(dpd);
    this.#hosts.set(name, (request) => app.fetch(request));
  }

  hang(host: string): void {
    this.#hung.add(host);
  }

  /** Every host is on the network again; calls that hang fail. */
  heal(): void {
    this.down.clear();
    this.#hung.clear();
    for (const fail of this.#waiting) fail();
    this.#waiting.clear();
  }

  dpd(name: SwitchName) {
    return dpdClient({ baseUrl: `http://${name}`, world: this.world });
  }

  advance(ms: number): void {
    this.#offset += ms;
  }

  async call(method: string, path: string, body?: object, version?: string): Promise<{ status: number; body: Json }> {
    const headers = new Headers({ authorization: `Bearer oxide-spoof-${this.#user}` });
    if (version !== undefined) headers.set("api-version", version);
    if (body !== undefined) headers.set("content-type", "application/json");
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await this.#apps.external.fetch(new Request(`http://nexus${path}`, init));
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
  }

  async ok(method: string, path: string, body?: object, version?: string): Promise<Json> {
    const answer = await this.call(method, path, body, version);
    if (answer.status < 300) return answer.body;
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  async lockstep(path: string, body?: object): Promise<{ status: number; body: Json }> {
    const headers = { "content-type": "application/json" };
    const init = body === undefined ? {} : { method: "POST", headers, body: JSON.stringify(body) };
    const response = await this.#apps.lockstep.fetch(new Request(`http://nexus${path}`, init));
    return { status: response.status, body: await response.json() };
  }

  /** One pass of the task; its details. */
  async pass(): Promise<Json> {
    if (this.nexus.tasks.status("multicast_reconciler").iterations === 0) throw new Error("call `runTasks` first");
    return (await this.nexus.tasks.waitFor("multicast_reconciler", { activate: true, deadlineMs: 15_000 })).details;
  }

  runTasks(): void {
    this.nexus.tasks.start();
  }

  /** Creates an instance and waits until it runs. */
  async run(name: string, more: object = {}): Promise<{ id: string; sled: string; propolis: string }> {
    const body = { name, description: "", hostname: name, ncpus: 2, memory: 2 ** 30, ...more };
    const { id } = await this.ok("POST", "/v1/instances?project=p", body);
    return { id, ...(await this.placed(id)) };
  }

  async startAgain(name: string): Promise<void> {
    await this.ok("POST", `/v1/instances/${name}/start?project=p`);
  }

  async join(instance: string, group: string, body: object = {}): Promise<void> {
    await this.ok("PUT", `/v1/instances/${instance}/multicast-groups/${group}?project=p`, body);
  }

  /** Fine when it is no member. */
  async leave(instance: string, group: string): Promise<void> {
    const { status, body } = await this.call("DELETE", `/v1/instances/${instance}/multicast-groups/${group}?project=p`);
    if (status !== 204 && status !== 404) throw new Error(`leave: ${status} ${JSON.stringify(body)}`);
  }

  /** States of a group's members. */
  async members(group: string): Promise<string[]> {
    return (await this.ok("GET", `/v1/multicast-groups/${group}/members`)).items.map(
      ({ state }: Json) => state as string,
    );
  }

  async stop(name: string): Promise<void> {
    const { id } = await this.ok("POST", `/v1/instances/${name}/stop?project=p`);
    await this.until(async () => (await this.ok("GET", `/v1/instances/${id}`)).run_state, "stopped");
  }

  async placed(id: string): Promise<{ sled: string; propolis: string }> {
    await this.until(async () => (await this.ok("GET", `/v1/instances/${id}`)).run_state, "running");
    const vmm = await this.nexus.store.db
      .selectFrom("vmm")
      .innerJoin("instance", "instance.active_propolis_id", "vmm.id")
      .select(["vmm.id", "vmm.sled_id"])
      .where("instance.id", "=", id)
      .executeTakeFirstOrThrow();
    return { sled: vmm.sled_id, propolis: vmm.id };
  }

  async until(look: () => Promise<unknown>, wanted: unknown): Promise<void> {
    const deadline = this.world.clock.monotonicMs() + 10_000;
    for (;;) {
      const seen = await look();
      if (JSON.stringify(seen) === JSON.stringify(wanted)) return;
      if (this.world.clock.monotonicMs() > deadline)
        throw new Error(`saw ${JSON.stringify(seen)}, not ${JSON.stringify(wanted)}`);
      await this.world.timers.sleep(5);
    }
  }

  /** `ip→underlay [sources] (ports)` of every external group. */
  async groups(name: SwitchName): Promise<string[]> {
    const found: string[] = [];
    const ports = new Map<string, string>();
    const groups = [];
    for await (const group of this.dpd(name).pages.multicast_groups_list()) groups.push(group);
    for (const group of groups) {
      if (group.kind === "underlay")
        ports.set(
          group.group_ip,
          group.members
            .map(({ port_id }) => port_id)
            .sort()
            .join(","),
        );
    }
    for (const group of groups) {
      if (group.kind !== "external") continue;
      const to = group.internal_forwarding.nat_target?.internal_ip ?? "";
      const sources = group.sources?.map((source) => (source === "Any" ? "any" : source.Exact)).join(",") ?? "any";
      found.push(`${group.group_ip}→${to} [${sources}] (${ports.get(to)})`);
      ports.delete(to);
    }
    for (const [ip, members] of ports) found.push(`${ip} alone (${members})`);
    return found;
  }

  /** What a sled holds: mappings, next hops, subscriptions. */
  sledState(sled: number): { m2p: string[]; forwarding: string[]; subscriptions: string[] } {
    const opte = this.sledAt(sled).ctx.opte;
    return {
      m2p: opte.m2p.list().map(({ group, underlay }) => `${group}→${underlay}`),
      forwarding: opte.forwarding
        .list()
        .map(({ underlay, nextHops }) => `${underlay}→${nextHops.map(({ address }) => address).join()}`),
      subscriptions: opte.ports
        .list()
        .flatMap(({ port }) => port.memberships.map(({ group, sources }) => `${group} [${sources.join() || "any"}]`))
        .sort(),
    };
  }

  sledAt(sled: number) {
    const found = this.sleds[sled];
    if (found === undefined) throw new Error(`there is no sled ${sled}`);
    return found;
  }

  indexOf(sledId: string): number {
    return this.sleds.findIndex(({ id }) => id === sledId);
  }

  /** Requests that change something about multicast at a switch or sled. */
  writes(): string[] {
    return this.requests.filter((request) =>
      /^(switch\d|\[fd\S+) (PUT|POST|DELETE) .*(multicast|mcast|links)/.test(request),
    );
  }

  /** A new sled-agent with the same id, as after a crash: it has nothing. */
  restartSled(sled: number): void {
    const former = this.sledAt(sled);
    this.#former.push(former);
    this.sleds[sled] = this.#makeSled(sled, former.id, former.host);
  }

  async #addSled(sled: number): Promise<void> {
    const id = this.world.ids.uuid();
    const host = `[fd00:1122:3344:${(0x101 + sled).toString(16)}::1]:12345`;
    this.sleds.push(this.#makeSled(sled, id, host));
    const body = {
      sa_address: host,
      repo_depot_port: 1,
      role: sled < 2 ? "scrimlet" : "gimlet",
      baseboard: { serial: `BRM0${sled}`, part: "913-0000019", revision: 1 },
      usable_hardware_threads: 64,
      usable_physical_ram: 2 ** 38,
      reservoir_size: 2 ** 37,
      cpu_family: "amd_milan",
      generation: 1,
      decommissioned: false,
      dpd_url: sled < 2 ? `http://switch${sled}` : null,
    };
    const headers = { "api-version": "1.0.0", "content-type": "application/json" };
    const response = await this.#apps.internal.fetch(
      new Request(`http://nexus/sled-agents/${id}`, { method: "POST", headers, body: JSON.stringify(body) }),
    );
    if (response.status !== 204) throw new Error(`sled ${sled}: ${response.status} ${await response.text()}`);
  }

  #makeSled(sled: number, id: string, host: string) {
    const ctx = createSled(
      {
        listen: { host: "::1", port: 12_345 },
        nexus: "http://nexus-internal",
        sledId: id,
        rackId: DEFAULT_CONFIG.rackId,
        serial: `BRM0${sled}`,
        scrimlet: sled < 2,
        dpd: undefined,
        mode: "real",
        underlay: undefined,
        vmTiming: { bootMs: [1, 2], stopMs: 1 },
      },
      this.world,
    );
    const app = createSledApp(ctx);
    this.#hosts.set(host, (request) => this.#options.sledFilter?.(sled, request) ?? app.fetch(request));
    return { id, host, ctx };
  }

  async #route(request: Request): Promise<Response> {
    const { host, hostname, pathname } = new URL(request.url);
    // The propolis servers of VMs have listeners of their own.
    if (hostname === "[::1]") return this.#base.fetch(request);
    await this.delay?.();
    this.requests.push(`${host} ${request.method} ${pathname}`);
    if (this.#hung.has(host)) {
      await new Promise<void>((resolve, reject) => {
        this.#waiting.add(resolve);
        request.signal.addEventListener("abort", () => reject(request.signal.reason as Error), { once: true });
      });
      throw new TypeError("fetch failed");
    }
    const serve = this.#hosts.get(host);
    if (serve === undefined || this.down.has(host)) {
      throw Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNREFUSED" } });
    }
    const fault = this.fault?.(request);
    if (fault === "lost") throw new TypeError("fetch failed");
    if (fault === "twice") await serve(request.clone());
    const response = await serve(request);
    if (fault === "answer lost") throw new TypeError("fetch failed");
    return response;
  }
}

const POOLS = [
  ["u4", "10.1.0.0", "10.1.3.255"],
  ["asm4", "224.1.0.0", "224.1.3.255"],
  ["ssm4", "232.1.1.0", "232.1.1.255"],
  ["asm6", "ff05::1:0", "ff05::1:ff"],
] as const;
