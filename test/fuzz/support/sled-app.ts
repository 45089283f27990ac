/** A sled-agent on virtual time, answering within the process. */
import { responseValidators } from "@racklet/api-types/gen/sled-agent.response-validators.js";
import { createApp, createContext, type SledAgentContext, type SledAgentOverrides } from "@racklet/sled-agent";
import type { World } from "@racklet/world";

export interface SledApp {
  readonly ctx: SledAgentContext;
  readonly app: ReturnType<typeof createApp>;
}

export const SLED_ID = "5ed00000-0000-4000-8000-000000000001";
export const SLED_ADDRESS = "[fd00:1122:3344:101::1]:12345";
export const RACK_ID = "c19a698f-c6f9-4a17-ae30-20d711b8f7dc";

export function sledApp(world: World, nexusUrl: string, overrides: SledAgentOverrides = {}): SledApp {
  const config = {
    listen: { host: "::1", port: 12_345 },
    nexus: nexusUrl,
    sledId: SLED_ID,
    rackId: RACK_ID,
    serial: "FUZZSLED",
    scrimlet: false,
    dpd: undefined,
    mode: "real",
    underlay: "fd00:1122:3344:101::1",
    vmTiming: { bootMs: [100, 100], stopMs: 40 },
  } as const;
  const ctx = createContext(config, world, overrides);
  return { ctx, app: createApp(ctx, { responseValidators }) };
}
