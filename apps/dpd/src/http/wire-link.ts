/** Links and port settings between the domain's form and the wire's. */
import type { Link as WireLink, LinkCreate, PortSettings as WireSettings } from "@racklet/api-types/dpd/latest";
import { canonicalIp, macToBytes } from "@racklet/net";
import type { DpdContext } from "../context.ts";
import { invalid } from "../errors.ts";
import type { Link, LinkParams, PortSettings } from "../port/types.ts";
import { connectorOf } from "../switch/backplane.ts";

export function linkToWire({ ports }: DpdContext, link: Link): WireLink {
  return {
    port_id: link.portId,
    link_id: link.linkId,
    tofino_connector: connectorOf(link.portId),
    asic_id: link.asicId,
    // A software switch has every cable plugged in.
    presence: true,
    kr: link.kr,
    autoneg: link.autoneg,
    fsm_state: ports.isLinkUp(link) ? "LinkUp" : "Idle",
    speed: link.speed,
    fec: link.fec,
    media: link.media,
    enabled: link.enabled,
    prbs: prbsToWire(link.prbs),
    link_state: stateToWire(ports.linkState(link)),
    address: macToBytes(link.mac),
    ipv6_enabled: link.ipv6Enabled,
  };
}

const PRBS_MODES = ["Mode31", "Mode15", "Mode13", "Mode9", "Mission"] as const;

export function prbsToWire(mode: string): WireLink["prbs"] {
  const known = PRBS_MODES.find((candidate) => candidate === mode);
  if (known === undefined) throw new TypeError(`a link cannot be in the PRBS mode ${mode}`);
  return known;
}

function stateToWire(state: ReturnType<DpdContext["ports"]["linkState"]>): WireLink["link_state"] {
  return typeof state === "string" ? state : { faulted: faultToWire(state.faulted) };
}

type WireFault = Extract<WireLink["link_state"], { faulted: unknown }>["faulted"];

export function faultToWire({ kind, message }: NonNullable<Link["fault"]>): WireFault {
  switch (kind) {
    case "LinkFlap":
      return { LinkFlap: message };
    case "Autoneg":
      return { Autoneg: message };
    case "Injected":
      return { Injected: message };
  }
}

export function paramsFromWire(create: LinkCreate): LinkParams {
  return {
    lane: create.lane ?? null,
    speed: create.speed,
    fec: create.fec ?? null,
    autoneg: create.autoneg ?? false,
    kr: create.kr ?? false,
    txEq: create.tx_eq ?? null,
    allowDdmTraffic: create.allow_ddm_traffic ?? false,
  };
}

function paramsToWire(params: LinkParams): LinkCreate {
  return {
    lane: params.lane,
    speed: params.speed,
    fec: params.fec,
    autoneg: params.autoneg,
    kr: params.kr,
    tx_eq: params.txEq,
    allow_ddm_traffic: params.allowDdmTraffic,
  };
}

export function settingsFromWire({ links }: WireSettings): PortSettings {
  const settings = new Map<number, PortSettings extends ReadonlyMap<number, infer S> ? S : never>();
  for (const [id, { params, addrs }] of Object.entries(links)) {
    if (!/^\d{1,3}$/.test(id) || Number(id) > 255) throw invalid(`links: \`${id}\` is not a link number in 0..=255`);
    // The schema has made sure that they are addresses.
    settings.set(Number(id), { params: paramsFromWire(params), addrs: addrs.map((addr) => canonicalIp(addr) ?? addr) });
  }
  return settings;
}

export function settingsToWire(settings: PortSettings): WireSettings {
  return {
    links: Object.fromEntries(
      [...settings].map(([id, { params, addrs }]) => [String(id), { params: paramsToWire(params), addrs: [...addrs] }]),
    ),
  };
}
