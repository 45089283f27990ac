/** Builds sled-agent's HTTP app from a context. No sockets: tests and the in-process rack use the app as it is. */
import { serveApi, type Validators } from "@racklet/api-kit";
import { bodyValidators } from "@racklet/api-types/gen/sled-agent.validators.js";
import { sledAgentApi } from "@racklet/api-types/sled-agent/api";
import { Hono } from "hono";
import type { SledAgentContext } from "./context.ts";
import { translateError } from "./http/errors.ts";
import { handlers, overrides } from "./http/handlers.ts";
import { debugViews, healthToWire, sledAgentMetrics } from "./http/views.ts";
import { mountSimRoutes } from "./sim/routes.ts";

export interface AppOptions {
  /** Given in tests: an answer that breaks its document becomes a 500. */
  readonly responseValidators?: Validators;
}

export function createApp(ctx: SledAgentContext, options: AppOptions = {}): Hono {
  const api = serveApi(sledAgentApi, {
    context: ctx,
    handlers,
    overrides,
    world: ctx.world,
    bodyValidators,
    responseValidators: options.responseValidators,
    translate: translateError,
    ops: {
      metrics: sledAgentMetrics(ctx),
      health: () => healthToWire(ctx),
      views: debugViews(ctx),
    },
  });
  if (ctx.simVmms === undefined) return api;
  const app = new Hono();
  mountSimRoutes(app, ctx.simVmms);
  app.all("*", (c) => api.fetch(c.req.raw, c.env));
  return app;
}
