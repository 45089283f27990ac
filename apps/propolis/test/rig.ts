/** A propolis server on virtual time, asked over its HTTP app with answers checked against its documents. */
import { responseValidators } from "@racklet/api-types/gen/propolis.response-validators.js";
import type { InstanceSpec } from "@racklet/api-types/propolis/latest";
import { simulation, type Simulation } from "@racklet/sim";
import { DEFAULT_CONFIG, createApp, createContext, type PropolisConfig, type PropolisContext } from "../src/index.ts";
import { properties, usualSpec } from "./specs.ts";

export interface Answer {
  readonly status: number;
  // What a test expects of it is its own business.
  readonly body: unknown;
}

export type Ask = (operation: string, body?: unknown, version?: string | null) => Promise<Answer>;

export interface Rig {
  readonly sim: Simulation;
  readonly ctx: PropolisContext;
  /** `ask("PUT /instance", {…})`. */
  readonly ask: Ask;
}

export const TIMING = { bootMs: [100, 100] as const, stopMs: 40, guestMs: 600, phaseMs: 10 };

export function rig(config: Partial<PropolisConfig> = {}): Rig {
  const sim = simulation({ seed: 1 });
  const ctx = createContext({ ...DEFAULT_CONFIG, timing: TIMING, ...config }, sim.world("propolis"));
  const ask = askOf(createApp(ctx, { responseValidators }));
  return { sim, ctx, ask };
}

export function askOf(app: { fetch(request: Request): Response | Promise<Response> }): Ask {
  return async (operation, body, version = "6.0.0") => {
    const [method = "", path = ""] = operation.split(" ");
    const headers = { "content-type": "application/json", ...(version === null ? {} : { "api-version": version }) };
    const url = `http://propolis${path}`;
    const text = body === undefined ? undefined : JSON.stringify(body);
    const response = await app.fetch(
      method === "GET" && text !== undefined
        ? withBody(new Request(url, { headers }), text)
        : new Request(url, { method, headers, ...(text === undefined ? {} : { body: text }) }),
    );
    const answer = await response.text();
    return { status: response.status, body: answer === "" ? undefined : (JSON.parse(answer) as unknown) };
  };
}

// The state monitor is a GET with a body, which Request itself refuses.
function withBody(request: Request, text: string): Request {
  return new Proxy(request, {
    get: (target, name) => {
      if (name === "arrayBuffer") return async () => new TextEncoder().encode(text).buffer;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value as () => unknown).bind(target) : value;
    },
  });
}

export const specRequest = (spec: InstanceSpec = usualSpec()) => ({
  properties,
  init: { method: "Spec", value: { spec } },
});

export const migrationRequest = (sourceAddr: string, migrationId: string, replacements: object = {}) => ({
  properties,
  init: {
    method: "MigrationTarget",
    value: { migration_id: migrationId, src_addr: sourceAddr, replace_components: replacements },
  },
});

/** Asks for every generation in turn until the VM ends: so every state is seen. */
export async function statesUntil(ask: Ask, last: string): Promise<string[]> {
  const states: string[] = [];
  for (let gen = 1; ; gen++) {
    const { status, body } = await ask("GET /instance/state-monitor", { gen });
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)} after ${states.join(", ")}`);
    const { state } = body as { state: string };
    states.push(state);
    if (state === last) return states;
  }
}
