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
import { natGroupHandlers, natGroupRepeats } from "./http/nat-group.ts";
import { natIpv4Handlers } from "./http/nat-ipv4.ts";
import { natIpv6Handlers } from "./http/nat-ipv6.ts";
import { natPullHandlers } from "./http/nat-pull.ts";
import { attachedSubnetHandlers } from "./http/attached-subnet.ts";
import { counterHandlers } from "./http/counter.ts";
import { hardwareHandlers } from "./http/hardware.ts";
import { linkAddressHandlers } from "./http/link-address.ts";
import { linkStateHandlers } from "./http/link-state.ts";
import { linkHandlers } from "./http/link.ts";
import { loopbackHandlers } from "./http/loopback.ts";
import { moduleHandlers } from "./http/module.ts";
import { neighborHandlers } from "./http/neighbor.ts";
import { portSettingsHandlers } from "./http/port-settings.ts";
import { portHandlers } from "./http/port.ts";
import { routeIpv4Handlers } from "./http/route-ipv4.ts";
import { routeIpv6Handlers } from "./http/route-ipv6.ts";
import { noteOrigins, provenanceHandlers } from "./http/provenance.ts";
import { settingsHandlers } from "./http/settings.ts";
import { tableHandlers } from "./http/table.ts";

export interface AppOptions {
  /** Given in tests: an answer that breaks its document becomes a 500. */
  readonly responseValidators?: Validators;
}

export function createApp(ctx: DpdContext, options: AppOptions = {}): Hono {
  return serveApi(ctx.config.profile === "large" ? dpdApi : sidecarApi(), {
    context: ctx,
    handlers: noteOrigins(handlers, mayWrite),
    repeats: noteOrigins(natGroupRepeats, mayWrite),
    world: ctx.world,
    bodyValidators,
    responseValidators: options.responseValidators,
    translate: translateError,
    ops: { metrics: dpdMetrics(ctx), health: () => healthToWire(ctx), controls: asicControls(ctx) },
  });
}

const handlers = {
  ...infoHandlers,
  ...natIpv4Handlers,
  ...natIpv6Handlers,
  ...natPullHandlers,
  ...natGroupHandlers,
  ...multicastHandlers,
  ...settingsHandlers,
  ...tableHandlers,
  ...portHandlers,
  ...portSettingsHandlers,
  ...linkHandlers,
  ...linkStateHandlers,
  ...linkAddressHandlers,
  ...loopbackHandlers,
  ...neighborHandlers,
  ...routeIpv4Handlers,
  ...routeIpv6Handlers,
  ...attachedSubnetHandlers,
  ...counterHandlers,
  ...moduleHandlers,
  ...hardwareHandlers,
  ...provenanceHandlers,
};

const reads = new Set(
  Object.values(dpdApi.operations).flatMap(({ method, operationId }) =>
    method === "GET" ? [operationId as string] : [],
  ),
);
const mayWrite = (operationId: string): boolean => !reads.has(operationId);

let sidecar: typeof dpdApi | undefined;

/** Bodies need not be larger than what the tables could hold. One for all: what is planned for an API is kept by its identity. */
function sidecarApi(): typeof dpdApi {
  if (sidecar !== undefined) return sidecar;
  const { nat_group_ensure, nat_group_changes } = dpdApi.operations;
  const bodyLimit = SIDECAR_BULK_BODY_LIMIT;
  // The types of operations carry their literal body limits.
  const operations: Api["operations"] = {
    ...dpdApi.operations,
    nat_group_ensure: { ...nat_group_ensure, bodyLimit },
    nat_group_changes: { ...nat_group_changes, bodyLimit },
  };
  sidecar = { ...dpdApi, operations: operations as typeof dpdApi.operations };
  return sidecar;
}
