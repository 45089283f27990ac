/** Nexus' three HTTP apps from a context; no sockets: tests and the in-process rack use them as they are. */
import { serveApi, type OpsViews, type Validators } from "@racklet/api-kit";
import { bodyValidators as internalBodies } from "@racklet/api-types/gen/nexus-internal.validators.js";
import { bodyValidators as lockstepBodies } from "@racklet/api-types/gen/nexus-lockstep.validators.js";
import { bodyValidators as externalBodies } from "@racklet/api-types/gen/nexus.validators.js";
import { nexusInternalApi } from "@racklet/api-types/nexus-internal/api";
import { nexusLockstepApi } from "@racklet/api-types/nexus-lockstep/api";
import { nexusApi } from "@racklet/api-types/nexus/api";
import type { Hono } from "hono";
import type { NexusContext } from "./context.ts";
import { translateError } from "./http/errors.ts";
import { externalHandlers, externalOverrides } from "./http/external.ts";
import { internalHandlers } from "./http/internal.ts";
import { lockstepHandlers, lockstepViews } from "./http/lockstep.ts";

export interface NexusApps {
  /** For users: everything but five operations needs credentials. */
  readonly external: Hono;
  /** For sled-agents and dpds. */
  readonly internal: Hono;
  /** For operators' tools of the same release. */
  readonly lockstep: Hono;
}

export interface AppOptions {
  /** Given in tests: an answer that breaks its document becomes a 500. */
  readonly responseValidators?: { readonly [K in keyof NexusApps]: Validators };
}

/** As upstream's external API: a shorter answer gains nothing. */
const COMPRESS_FROM = 512;

export function createApps(nexus: NexusContext, { responseValidators }: AppOptions = {}): NexusApps {
  const { world, metrics } = nexus;
  const ops: OpsViews = { metrics, health: () => ({ status: "ok" }) };
  const shared = { context: nexus, world, translate: translateError };
  return {
    external: serveApi(nexusApi, {
      ...shared,
      ops,
      compressFrom: COMPRESS_FROM,
      handlers: externalHandlers,
      overrides: externalOverrides,
      bodyValidators: externalBodies,
      responseValidators: responseValidators?.external,
    }),
    internal: serveApi(nexusInternalApi, {
      ...shared,
      ops,
      handlers: internalHandlers,
      bodyValidators: internalBodies,
      responseValidators: responseValidators?.internal,
    }),
    lockstep: serveApi(nexusLockstepApi, {
      ...shared,
      ops: { ...ops, views: lockstepViews(nexus) },
      handlers: lockstepHandlers,
      bodyValidators: lockstepBodies,
      responseValidators: responseValidators?.lockstep,
    }),
  };
}
