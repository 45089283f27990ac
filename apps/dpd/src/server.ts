/** Builds dpd's HTTP app from a context. No sockets: tests and the in-process rack use the app as it is. */
import { serveApi, type Api, type Validators } from "@racklet/api-kit";
import { dpdApi } from "@racklet/api-types/dpd/api";
import { SIDECAR_BULK_BODY_LIMIT } from "@racklet/api-types/dpd/limits";
import { bodyValidators } from "@racklet/api-types/gen/dpd.validators.js";
import type { Hono } from "hono";
import type { DpdContext } from "./context.ts";
import { asicControls } from "./http/asic-control.ts";
import { translateError } from "./http/errors.ts";
import { healthToWire } from "./http/health.ts";
import { infoHandlers } from "./http/info.ts";
import { dpdMetrics } from "./http/metrics.ts";
import { multicastHandlers } from "./http/multicast.ts";
import { natGroupHandlers } from "./http/nat-group.ts";
import { natIpv4Handlers } from "./http/nat-ipv4.ts";
import { natIpv6Handlers } from "./http/nat-ipv6.ts";
import { natPullHandlers } from "./http/nat-pull.ts";
import { settingsHandlers } from "./http/settings.ts";
import { tableHandlers } from "./http/table.ts";
import type { Profile } from "./table/types.ts";

export interface AppOptions {
  /** Given in tests: an answer that breaks its document becomes a 500. */
  readonly responseValidators?: Validators;
}

export function createApp(ctx: DpdContext, options: AppOptions = {}): Hono {
  return serveApi(apiFor(ctx.config.profile), {
    context: ctx,
    handlers: {
      ...infoHandlers,
      ...natIpv4Handlers,
      ...natIpv6Handlers,
      ...natPullHandlers,
      ...natGroupHandlers,
      ...multicastHandlers,
      ...settingsHandlers,
      ...tableHandlers,
    },
    world: ctx.world,
    bodyValidators,
    responseValidators: options.responseValidators,
    translate: translateError,
    ops: { metrics: dpdMetrics(ctx), health: () => healthToWire(ctx), controls: asicControls(ctx) },
  });
}

/** Bodies need not be larger than what the tables could hold. */
function apiFor(profile: Profile): typeof dpdApi {
  if (profile === "large") return dpdApi;
  const { nat_group_ensure, nat_group_changes } = dpdApi.operations;
  const bodyLimit = SIDECAR_BULK_BODY_LIMIT;
  // The types of operations carry their literal body limits.
  const operations: Api["operations"] = {
    ...dpdApi.operations,
    nat_group_ensure: { ...nat_group_ensure, bodyLimit },
    nat_group_changes: { ...nat_group_changes, bodyLimit },
  };
  return { ...dpdApi, operations: operations as typeof dpdApi.operations };
}
