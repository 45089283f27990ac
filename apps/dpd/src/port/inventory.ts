/** The ports a Sidecar has, and the numbers behind them: ASIC ports, lanes, bits of port bitmaps. */
import { DpdError } from "../errors.ts";
import type { PortId, PortMedia } from "./types.ts";

export interface SwitchPort {
  readonly portId: PortId;
  readonly lanes: number;
  /** ASIC port of lane 0; the others follow. */
  readonly asicBase: number;
  /** Bit in a bitmap of ports, unlike upstream's the port's own: rear 0..31, qsfp 32..63, int from 64. */
  readonly number: number;
  readonly media: PortMedia;
  /** Faces the customer. */
  readonly front: boolean;
}

const PER_CLASS = 32;
const LANES = 4;
/** ASIC port 0 leads to the switch's own CPU; those up to this one are its too. */
const FIRST_ASIC_PORT = 8;

function port(portId: PortId, index: number, media: PortMedia): SwitchPort {
  return {
    portId,
    lanes: LANES,
    asicBase: FIRST_ASIC_PORT + index * LANES,
    number: index,
    media,
    front: index >= PER_CLASS,
  };
}

/** In upstream's order: internal, rear, front. */
export const SWITCH_PORTS: readonly SwitchPort[] = [
  { portId: "int0", lanes: 1, asicBase: 0, number: 2 * PER_CLASS, media: "CPU", front: false },
  ...Array.from({ length: PER_CLASS }, (_, n) => port(`rear${n}`, n, "Copper")),
  ...Array.from({ length: PER_CLASS }, (_, n) => port(`qsfp${n}`, PER_CLASS + n, "Optical")),
];

const byId = new Map(SWITCH_PORTS.map((each) => [each.portId, each]));

/** Throws `missing`. */
export function getSwitchPort(portId: PortId): SwitchPort {
  const found = byId.get(portId);
  if (found === undefined) throw new DpdError("missing", `no such switch port: ${portId}`);
  return found;
}
