/** Builds propolis' HTTP app from a context. No sockets: tests and the in-process rack use the app as it is. */
import { serveApi, type Validators } from "@racklet/api-kit";
import { bodyValidators } from "@racklet/api-types/gen/propolis.validators.js";
import { propolisApi } from "@racklet/api-types/propolis/api";
import type { Hono } from "hono";
import type { PropolisContext } from "./context.ts";
import { translateError } from "./http/errors.ts";
import { handlers } from "./http/handlers.ts";
import { healthToWire, propolisMetrics } from "./http/metrics.ts";
import { createMockApp } from "./http/mock-app.ts";

export interface AppOptions {
  /** Given in tests: an answer that breaks its document becomes a 500. */
  readonly responseValidators?: Validators;
}

export function createApp(ctx: PropolisContext, options: AppOptions = {}): Hono {
  if (ctx.mock !== undefined) return createMockApp(ctx.mock, ctx.upgrades, ctx.world);
  return serveApi(propolisApi, {
    context: ctx,
    handlers,
    world: ctx.world,
    bodyValidators,
    responseValidators: options.responseValidators,
    translate: translateError,
    ops: { metrics: propolisMetrics(ctx.vms), health: () => healthToWire(ctx.vms) },
  });
}
