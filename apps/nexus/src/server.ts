/** Nexus' three HTTP apps from a context; no sockets. */
import { serveApi, type Validators } from "@racklet/api-kit";
import { nexusApi } from "@racklet/api-types/nexus/api";
import type { Hono } from "hono";
import type { NexusContext } from "./context.ts";
import { translateError } from "./http/errors.ts";
import { externalHandlers, externalOverrides } from "./http/external.ts";

/** Of one API: request bodies are always checked, answers only where `responses` is given (tests, development). */
export interface ApiValidators {
  readonly bodies: Validators;
  readonly responses?: Validators;
}

export interface NexusValidators {
  readonly external: ApiValidators;
}

export interface NexusApps {
  readonly external: Hono;
}

export function buildApps(nexus: NexusContext, validators: NexusValidators): NexusApps {
  const { world, metrics } = nexus;
  return {
    external: serveApi(nexusApi, {
      context: nexus,
      handlers: externalHandlers,
      overrides: externalOverrides,
      world,
      bodyValidators: validators.external.bodies,
      responseValidators: validators.external.responses,
      translate: translateError,
      ops: { metrics, health: () => ({ status: "ok" }) },
    }),
  };
}
