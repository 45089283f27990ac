/** A scrimlet's sled-agent and its switch's dpd on virtual time, with every request between the two on record. */
import {
  compareSemVer,
  cutVersions,
  parseSemVer,
  serveApi,
  type Api,
  type Handlers,
  type Operations,
  type SemVer,
} from "@racklet/api-kit";
import { dpdApi } from "@racklet/api-types/dpd/api";
import { bodyValidators } from "@racklet/api-types/gen/dpd.validators.js";
import { responseValidators } from "@racklet/api-types/gen/sled-agent.response-validators.js";
import { DEFAULT_CONFIG, bringUp, createApp as createDpdApp, createContext as createDpd } from "@racklet/dpd";
import { dpdClient, type DpdClient } from "@racklet/dpd-client";
import { simulation, type Simulation } from "@racklet/sim";
import { createApp, createContext, type SledAgentConfig, type SledAgentContext } from "@racklet/sled-agent";
import { nullLog, realWorld } from "@racklet/world";

const DPD = "http://[::1]:12224";

export interface DpdOptions {
  /** The label of the newest version that it knows. */
  readonly newest?: string;
  readonly asic?: "model" | "absent";
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Of the reconciler's view, what tests look at. */
export interface NatView {
  readonly current_status: { readonly status: string; readonly reason?: string };
  readonly last_completion: {
    readonly reason: string;
    readonly activation_count: number;
    readonly status: { readonly status: "complete" } | { readonly status: "failed"; readonly error: string };
  } | null;
  readonly consecutive_failures: number;
  readonly last_report: ({ readonly status: string } & Readonly<Record<string, unknown>>) | null;
}

type App = ReturnType<typeof createDpdApp>;

export class ScrimletRig {
  readonly sim: Simulation;
  readonly sled: SledAgentContext;
  /** `METHOD /path STATUS` of everything that the sled-agent sent to the switch. */
  requests: string[] = [];
  readonly #app: App;
  #dpd: App;
  /** In front of a dpd that is to seem older than it is. */
  #gate: { readonly app: App; readonly newest: SemVer } | undefined;

  constructor(dpd: DpdOptions = {}, config: Partial<SledAgentConfig> = {}, seed = 1) {
    this.sim = simulation({ seed });
    this.#dpd = this.#makeDpd(dpd);
    this.sim.network.listen("dpd", DPD, async (request) => {
      const { pathname } = new URL(request.url);
      const response = await this.#answer(request);
      // How long it has been up is asked all the time.
      if (pathname !== "/dpd-uptime") this.requests.push(`${request.method} ${pathname} ${response.status}`);
      return response;
    });
    const world = this.sim.world("sled-agent");
    this.sled = createContext(
      {
        listen: { host: "::1", port: 12_345 },
        nexus: "http://[::1]:12221",
        sledId: "5ed00000-0000-4000-8000-000000000001",
        rackId: "c19a698f-c6f9-4a17-ae30-20d711b8f7dc",
        serial: "SCRIMLET",
        scrimlet: true,
        dpd: DPD,
        mode: "real",
        underlay: "fd00:1122:3344:101::1",
        vmTiming: { bootMs: [100, 100], stopMs: 40 },
        ...config,
      },
      world,
    );
    this.#app = createApp(this.sled, { responseValidators });
    this.sled.scrimlet.start();
  }

  /** Another dpd in its place, as empty as after a crash. */
  restartDpd(options: DpdOptions = {}): void {
    this.#dpd = this.#makeDpd(options);
  }

  /** The same dpd with its tables, which from now on knows newer versions. */
  upgradeDpd(): void {
    this.#gate = undefined;
  }

  /** The switch as somebody else sees it; not on record. */
  dpd(): DpdClient {
    const world = { ...realWorld({ name: "test" }), log: nullLog, fetch: async (r: Request) => this.#dpd.fetch(r) };
    return dpdClient({ baseUrl: DPD, world });
  }

  async ask(method: string, path: string, body?: unknown, version = "49.0.0"): Promise<Answer> {
    const init = { method, headers: { "api-version": version, "content-type": "application/json" } };
    const response = await this.#app.fetch(
      new Request(`http://sled${path}`, body === undefined ? init : { ...init, body: JSON.stringify(body) }),
    );
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : (JSON.parse(text) as unknown) };
  }

  /** What the sled-agent says of the reconciler. */
  async status(): Promise<NatView> {
    const { body } = await this.ask("GET", "/debug/scrimlet-reconcilers-status");
    return (body as { service_zone_nat: NatView }).service_zone_nat;
  }

  async pass(ms = 1_000): Promise<void> {
    await this.sim.clock.advance(ms);
  }

  async close(): Promise<void> {
    await Promise.all([this.sled.scrimlet.stop(), this.sim.clock.advance(60_000)]);
  }

  #makeDpd({ newest, asic = "model" }: DpdOptions): App {
    const ctx = createDpd({ ...DEFAULT_CONFIG, asic }, this.sim.world("dpd"));
    bringUp(ctx);
    this.#gate = newest === undefined ? undefined : this.#oldServer(newest);
    return createDpdApp(ctx);
  }

  /** Knows of versions what a dpd of that age does; what it would serve is served by the one behind it. */
  #oldServer(label: string): { readonly app: App; readonly newest: SemVer } {
    const api: Api = { ...dpdApi, versions: cutVersions(dpdApi.versions, label) };
    const app = serveApi(api, {
      context: undefined,
      // Only asked about versions it does not know.
      handlers: {} as Handlers<undefined, Operations>,
      world: this.sim.world("old-dpd"),
      bodyValidators,
    });
    return { app, newest: api.versions.latest.semver };
  }

  #answer(request: Request): Response | Promise<Response> {
    const gate = this.#gate;
    if (gate === undefined) return this.#dpd.fetch(request);
    const asked = parseSemVer(request.headers.get("api-version") ?? "");
    const isNewer = asked !== null && compareSemVer(asked, gate.newest) > 0;
    return isNewer ? gate.app.fetch(request) : this.#dpd.fetch(request);
  }
}
