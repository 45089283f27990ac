/** What is set on a link, and how it is. `nat_only` is the older name of `uplink`. */
import type { linkStateOperations } from "@racklet/api-types/dpd/operations/link-state";
import { macToBytes } from "@racklet/net";
import type { DpdContext } from "../context.ts";
import type { Link } from "../port/types.ts";
import type { DpdHandlers } from "./handlers.ts";
import { readMac } from "./read.ts";
import { faultToWire, prbsToWire } from "./wire-link.ts";

interface OfLink {
  readonly params: { readonly port_id: string; readonly link_id: number };
}

const linkOf = ({ ports }: DpdContext, { params }: OfLink): Link => ports.getLink(params.port_id, params.link_id);

type Setter = "setEnabled" | "setIpv6Enabled" | "setUplink" | "setAutoneg" | "setKr";

const setting =
  (setter: Setter) =>
  ({ ports }: DpdContext, { params, body }: OfLink & { readonly body: boolean }): Promise<void> =>
    ports[setter](params.port_id, params.link_id, body);

export const linkStateHandlers: DpdHandlers<typeof linkStateOperations> = {
  link_enabled_get: (ctx, input) => linkOf(ctx, input).enabled,
  link_enabled_set: setting("setEnabled"),
  link_ipv6_enabled_get: (ctx, input) => linkOf(ctx, input).ipv6Enabled,
  link_ipv6_enabled_set: setting("setIpv6Enabled"),
  link_nat_only_get: (ctx, input) => linkOf(ctx, input).uplink,
  link_nat_only_set: setting("setUplink"),
  link_uplink_get: (ctx, input) => linkOf(ctx, input).uplink,
  link_uplink_set: setting("setUplink"),
  link_linkup_get: (ctx, input) => ctx.ports.isLinkUp(linkOf(ctx, input)),
  link_mac_get: (ctx, input) => macToBytes(linkOf(ctx, input).mac),
  link_mac_set: ({ ports }, { params, body }) => ports.setMac(params.port_id, params.link_id, readMac(body, "a")),
  link_autoneg_get: (ctx, input) => linkOf(ctx, input).autoneg,
  link_autoneg_set: setting("setAutoneg"),
  link_kr_get: (ctx, input) => linkOf(ctx, input).kr,
  link_kr_set: setting("setKr"),
  link_prbs_get: (ctx, input) => prbsToWire(linkOf(ctx, input).prbs),
  link_prbs_set: ({ ports }, { params, body }) => ports.setPrbs(params.port_id, params.link_id, body),
  link_fault_get: (ctx, input) => {
    const { fault } = linkOf(ctx, input);
    return { fault: fault === null ? null : faultToWire(fault) };
  },
  link_fault_inject: ({ ports }, { params, body }) =>
    ports.setFault(params.port_id, params.link_id, { kind: "Injected", message: body }),
  link_fault_clear: ({ ports }, { params }) => ports.setFault(params.port_id, params.link_id, null),
  link_history_get: (ctx, input) => {
    linkOf(ctx, input);
    const { port_id, link_id } = input.params;
    return {
      timestamp: ctx.world.clock.now(),
      relative: ctx.history.now(),
      events: ctx.history.events(port_id, link_id).map((event) => ({ ...event, channel: null })),
    };
  },
};
