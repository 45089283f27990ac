/** Attaching floating IPs to instances, and detaching them. */
import type { Handlers } from "@racklet/api-kit";
import type { floatingIpAttachOperations } from "@racklet/api-types/nexus/operations/floating-ip";
import { authenticate } from "../authn/authenticate.ts";
import type { NexusContext } from "../context.ts";
import type { ExternalIp } from "../external-ip/allocate.ts";
import { lookupFloatingIp } from "../floating-ip/floating-ips.ts";
import { attachFloating, detachFloating } from "../instance/external-ips.ts";
import { lookupInstance } from "../instance/lookup.ts";
import { floatingIpView } from "./floating-ip.ts";
import { bodySelector } from "./selector.ts";

export const floatingIpAttachHandlers: Handlers<NexusContext, typeof floatingIpAttachOperations> = {
  floating_ip_attach: async (nexus, { params, query, body, request }) => {
    const op = await authenticate(nexus, request);
    const selector = { floatingIp: params.floating_ip, project: query.project };
    const floating = await lookupFloatingIp(nexus, op, selector, "modify");
    const parent = bodySelector(body.parent);
    const instance = await lookupInstance(
      nexus,
      op,
      "id" in parent ? parent : { name: parent.name, parent: { id: floating.project_id } },
      "modify",
    );
    return view(floating, await attachFloating(nexus, floating, instance));
  },

  floating_ip_detach: async (nexus, { params, query, request }) => {
    const op = await authenticate(nexus, request);
    const selector = { floatingIp: params.floating_ip, project: query.project };
    const floating = await lookupFloatingIp(nexus, op, selector, "modify");
    return view(floating, await detachFloating(nexus, floating));
  },
};

type Floating = Parameters<typeof floatingIpView>[0];

/** The address after the change, under the name it was looked up by. */
const view = ({ name, description, project_id }: Floating, now: ExternalIp) =>
  floatingIpView({ ...now, name, description, project_id });
