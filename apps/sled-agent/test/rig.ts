/** A sled-agent on virtual time, asked over its HTTP app with answers checked against its documents, and a Nexus that remembers. */
import { HttpError, serveApi } from "@racklet/api-kit";
import { bodyValidators } from "@racklet/api-types/gen/nexus-internal.validators.js";
import { responseValidators } from "@racklet/api-types/gen/sled-agent.response-validators.js";
import { nexusInternalApi } from "@racklet/api-types/nexus-internal/api";
import type { SledAgentInfo, SledVmmReport } from "@racklet/api-types/nexus-internal/types";
import type { SledVmmState } from "@racklet/api-types/sled-agent/latest";
import { simulation, type SimWorld, type Simulation } from "@racklet/sim";
import type { World } from "@racklet/world";
import { createApp, createContext, type SledAgentConfig, type SledAgentContext } from "../src/index.ts";
import type { SledAgentOverrides } from "../src/context.ts";

export const NEXUS = "http://[::1]:12221";
export const SLED_ID = "5ed00000-0000-4000-8000-000000000001";

export interface Answer {
  readonly status: number;
  // What a test expects of it is its own business.
  readonly body: unknown;
}

/** What Nexus was told, and how it is to answer next. */
export class FakeNexus {
  readonly reports: { readonly id: string; readonly state: string; readonly gen: number }[] = [];
  /** Of each report, why the VMM failed, and where its propolis serves. */
  readonly reasons: (string | null | undefined)[] = [];
  readonly addresses: (string | null | undefined)[] = [];
  readonly bodies: (SledVmmReport & { readonly id: string })[] = [];
  readonly sleds = new Map<string, SledAgentInfo>();
  readonly switches: string[] = [];
  posts = 0;
  /** Answers every report of a VMM with this status until undefined. */
  refuseReportsWith: number | undefined;

  readonly app;

  constructor(world: SimWorld) {
    this.app = serveApi(nexusInternalApi, {
      context: undefined,
      world,
      bodyValidators,
      handlers: {
        ping: () => ({ status: "ok" as const }),
        sled_agent_get: (_, { params }) => this.sleds.get(params.sled_id) ?? fail(404),
        sled_agent_put: (_, { params, body }) => {
          this.posts += 1;
          const known = this.sleds.get(params.sled_id);
          if (known !== undefined && (known.decommissioned || known.generation >= body.generation)) fail(409);
          this.sleds.set(params.sled_id, body);
        },
        switch_put: (_, { params }) => {
          this.switches.push(params.switch_id);
          return {};
        },
        cpapi_instances_put: (_, { params, body }) => {
          if (this.refuseReportsWith !== undefined) fail(this.refuseReportsWith);
          const { state, gen } = body.vmm_state;
          this.reports.push({ id: params.propolis_id, state, gen });
          this.reasons.push(body.failure_reason);
          this.addresses.push(body.propolis_addr);
          this.bodies.push({ ...body, id: params.propolis_id });
        },
        ipv4_nat_changeset: () => [],
      },
    });
  }

  /** The states reported of a VMM, in order. */
  statesOf(id: string): string[] {
    return this.reports.filter((report) => report.id === id).map(({ state }) => state);
  }
}

function fail(status: number): never {
  throw new HttpError(status, "told to");
}

export interface Rig {
  readonly sim: Simulation;
  readonly ctx: SledAgentContext;
  readonly nexus: FakeNexus;
  ask(method: string, path: string, body?: unknown, version?: string): Promise<Answer>;
}

export function rig(
  options: {
    readonly seed?: number;
    readonly config?: Partial<SledAgentConfig>;
    readonly overrides?: SledAgentOverrides;
    /** With what listens in it already, the Nexus included. */
    readonly sim?: Simulation;
    readonly nexus?: FakeNexus;
    /** In the simulation. */
    readonly name?: string;
    /** Default: that of the name. */
    readonly world?: World;
  } = {},
): Rig {
  const sim = options.sim ?? simulation({ seed: options.seed ?? 1 });
  const nexus = options.nexus ?? new FakeNexus(sim.world("nexus"));
  if (options.nexus === undefined) sim.network.listen("nexus", NEXUS, (request) => nexus.app.fetch(request));
  const config: SledAgentConfig = {
    listen: { host: "::1", port: 12_345 },
    nexus: NEXUS,
    sledId: SLED_ID,
    rackId: "c19a698f-c6f9-4a17-ae30-20d711b8f7dc",
    serial: "TESTSLED",
    scrimlet: false,
    dpd: undefined,
    mode: "real",
    underlay: "fd00:1122:3344:101::1",
    vmTiming: { bootMs: [100, 100], stopMs: 40 },
    ...options.config,
  };
  const ctx = createContext(config, options.world ?? sim.world(options.name ?? "sled-agent"), options.overrides);
  const app = createApp(ctx, { responseValidators });
  const ask = async (method: string, path: string, body?: unknown, version = "49.0.0"): Promise<Answer> => {
    const init = { method, headers: { "api-version": version, "content-type": "application/json" } };
    const request = new Request(
      `http://[::1]:12345${path}`,
      body === undefined ? init : { ...init, body: JSON.stringify(body) },
    );
    const response = await app.fetch(request);
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : (JSON.parse(text) as unknown) };
  };
  return { sim, ctx, nexus, ask };
}

/** `{vmm_state: {state, gen}}` of an answer, however deep. */
export function stateIn(answer: Answer): { state: string; gen: number } | null {
  const body = answer.body as { vmm_state?: SledVmmState["vmm_state"]; updated_runtime?: SledVmmState | null };
  const runtime = body.vmm_state ?? body.updated_runtime?.vmm_state;
  return runtime === undefined ? null : { state: runtime.state, gen: runtime.gen };
}
