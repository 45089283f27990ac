/**
 * A link with what it has in the ASIC, and the steps from one state of a link to another. Rows that say the same stay the
 * same objects, so the difference of two states is exactly what has to be written.
 */
import { deleteRows, insertRows, updateRow } from "../asic/index.ts";
import type { PlanStep, PortConfig } from "../asic/index.ts";
import {
  ASIC_ID_TO_PORT,
  EGRESS_FILTER,
  EGRESS_MAC,
  INGRESS_MAC,
  SWITCH_ADDRESS_TABLES,
  UPLINK_PORTS,
} from "../table/port.ts";
import type { PortMacRow, PortNumberRow, PortRow } from "../table/port.ts";
import { getSwitchPort } from "./inventory.ts";
import type { Link, PlumbedAddress } from "./types.ts";

export interface PlumbedLink extends Link {
  readonly config: PortConfig;
  readonly macRow: PortMacRow;
  readonly numberRow: PortNumberRow;
  /** In both tables of uplinks; null for a link that is none. */
  readonly uplinkRow: PortRow | null;
}

/** `prior` is the state it takes the place of. */
export function plumb(link: Link, prior?: PlumbedLink): PlumbedLink {
  const { asicId: port, mac } = link;
  const number = getSwitchPort(link.portId).number;
  const uplinkRow = link.uplink ? (prior?.uplinkRow ?? { port }) : null;
  return {
    ...link,
    config: configOf(link, prior?.config),
    macRow: prior?.macRow.mac === mac ? prior.macRow : { port, mac },
    numberRow: prior?.numberRow ?? { port, number },
    uplinkRow,
  };
}

function configOf(link: Link, prior: PortConfig | undefined): PortConfig {
  const { asicId: port, speed, fec, autoneg, kr } = link;
  // A fault takes the port down until it is cleared.
  const enabled = link.enabled && link.fault === null;
  const config: PortConfig = { port, speed, fec, autoneg, kr, enabled };
  const same =
    prior !== undefined &&
    prior.speed === speed &&
    prior.fec === fec &&
    prior.autoneg === autoneg &&
    prior.kr === kr &&
    prior.enabled === enabled;
  return same ? prior : config;
}

/** What a change takes away. A port goes down before its entries leave. */
export function removalSteps(prior: PlumbedLink | undefined, next: PlumbedLink | undefined): PlanStep[] {
  if (prior === undefined) return [];
  const steps: PlanStep[] = next === undefined ? [{ kind: "deletePort", config: prior.config }] : [];
  for (const address of without(prior, next))
    steps.push(deleteRows(SWITCH_ADDRESS_TABLES[address.family], ...address.rows));
  if (prior.uplinkRow !== null && next?.uplinkRow !== prior.uplinkRow) {
    steps.push(deleteRows(UPLINK_PORTS, prior.uplinkRow), deleteRows(EGRESS_FILTER, prior.uplinkRow));
  }
  if (next === undefined) {
    steps.push(deleteRows(INGRESS_MAC, prior.macRow), deleteRows(EGRESS_MAC, prior.macRow));
    steps.push(deleteRows(ASIC_ID_TO_PORT, prior.numberRow));
  }
  return steps;
}

/** What a change brings and alters. A port comes up after its entries are there. */
export function additionSteps(prior: PlumbedLink | undefined, next: PlumbedLink | undefined): PlanStep[] {
  if (next === undefined) return [];
  const steps: PlanStep[] = [];
  if (prior === undefined) {
    steps.push(insertRows(INGRESS_MAC, next.macRow), insertRows(EGRESS_MAC, next.macRow));
    steps.push(insertRows(ASIC_ID_TO_PORT, next.numberRow));
  } else if (prior.macRow !== next.macRow) {
    steps.push(updateRow(INGRESS_MAC, prior.macRow, next.macRow), updateRow(EGRESS_MAC, prior.macRow, next.macRow));
  }
  if (next.uplinkRow !== null && prior?.uplinkRow !== next.uplinkRow) {
    steps.push(insertRows(UPLINK_PORTS, next.uplinkRow), insertRows(EGRESS_FILTER, next.uplinkRow));
  }
  for (const address of without(next, prior))
    steps.push(insertRows(SWITCH_ADDRESS_TABLES[address.family], ...address.rows));
  if (prior === undefined) steps.push({ kind: "createPort", config: next.config });
  else if (prior.config !== next.config) {
    steps.push({ kind: "updatePort", config: next.config, prior: prior.config });
  }
  return steps;
}

/** Addresses of `link` that `other` has not got. */
function without(link: PlumbedLink, other: PlumbedLink | undefined): PlumbedAddress[] {
  const kept = new Set([...(other?.ipv4 ?? []), ...(other?.ipv6 ?? [])].map(({ addr }) => addr));
  return [...link.ipv4, ...link.ipv6].filter(({ addr }) => !kept.has(addr));
}
