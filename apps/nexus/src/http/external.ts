/**
 * The handlers of the external API. Every one of them is wrapped: no handler runs before the request is authenticated,
 * except those of the operations listed here, which are open upstream too.
 */
import type { Handlers, Input, Override } from "@racklet/api-kit";
import type { nexusApi } from "@racklet/api-types/nexus/api";
import { authenticate } from "../authn/authenticate.ts";
import type { NexusContext } from "../context.ts";
import { authHandlers } from "./auth.ts";
import { consoleHandlers } from "./console.ts";
import { emptyListHandlers } from "./empty-list.ts";
import { floatingIpAttachHandlers } from "./floating-ip-attach.ts";
import { floatingIpHandlers } from "./floating-ip.ts";
import { hardwareHandlers } from "./hardware.ts";
import { instanceListHandlers } from "./instance-lists.ts";
import { instanceHandlers } from "./instance.ts";
import { ipPoolHandlers } from "./ip-pool.ts";
import { explicitMulticastHandlers, olderGroupHandlers } from "./multicast-explicit.ts";
import { multicastHandlers } from "./multicast.ts";
import { networkInterfaceHandlers } from "./network-interface.ts";
import { policyHandlers } from "./policy.ts";
import { projectHandlers } from "./project.ts";
import { serviceIpPoolHandlers } from "./service-ip-pool.ts";
import { siloHandlers } from "./silo.ts";
import { sshKeyHandlers } from "./ssh-key.ts";
import { systemIpPoolHandlers } from "./system-ip-pool.ts";
import { systemHandlers } from "./system.ts";
import { userHandlers } from "./user.ts";
import { utilizationHandlers } from "./utilization.ts";
import { vpcRoutingHandlers } from "./vpc-routing.ts";
import { vpcHandlers } from "./vpc.ts";

export type ExternalOperations = (typeof nexusApi)["operations"];

/** Logging in and out, the two ends of the device flow that a device without credentials calls, and the health check. */
export const UNAUTHENTICATED: ReadonlySet<string> = new Set([
  "login_local",
  "logout",
  "device_auth_request",
  "device_access_token",
  "ping",
]);

const handlers: Handlers<NexusContext, ExternalOperations> = {
  ...authHandlers,
  ...consoleHandlers,
  ...emptyListHandlers,
  ...explicitMulticastHandlers,
  ...floatingIpAttachHandlers,
  ...floatingIpHandlers,
  ...hardwareHandlers,
  ...instanceListHandlers,
  ...instanceHandlers,
  ...ipPoolHandlers,
  ...multicastHandlers,
  ...networkInterfaceHandlers,
  ...policyHandlers,
  ...projectHandlers,
  ...serviceIpPoolHandlers,
  ...siloHandlers,
  ...sshKeyHandlers,
  ...systemHandlers,
  ...systemIpPoolHandlers,
  ...userHandlers,
  ...utilizationHandlers,
  ...vpcHandlers,
  ...vpcRoutingHandlers,
};

const overrides: Readonly<Record<string, Override<NexusContext>>> = olderGroupHandlers;

export const externalHandlers: Handlers<NexusContext, ExternalOperations> = authenticated(handlers);
export const externalOverrides: Readonly<Record<string, Override<NexusContext>>> = authenticated(overrides);

type AnyHandler = (nexus: NexusContext, input: Input<never, never, never>) => unknown;

/** `table` is keyed by operation id, or `operation@LABEL`. */
export function authenticated<T extends object>(table: T): T {
  const guarded = Object.entries(table as Readonly<Record<string, AnyHandler>>).map(([key, handler]) => {
    if (UNAUTHENTICATED.has(key.split("@")[0] ?? "")) return [key, handler];
    const guard: AnyHandler = async (nexus, input) => {
      await authenticate(nexus, input.request);
      return handler(nexus, input);
    };
    return [key, guard];
  });
  // The same keys, and handlers that take and give what theirs do.
  return Object.fromEntries(guarded) as T;
}
