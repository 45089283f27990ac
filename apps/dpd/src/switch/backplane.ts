/** How the ports of a Sidecar are wired: connectors of the ASIC, and the cables of the rear ports to the sleds. */
export interface BackplaneLink {
  readonly tofinoConnector: number;
  readonly sidecarConnector: number;
  readonly sidecarLeg: "A" | "C";
  readonly backplaneLeg: "A" | "B" | "C" | "D";
  /** The slot of the sled, which also is the number of the rear port. */
  readonly cubby: number;
}

/** `[sidecar leg, backplane leg, cubby]` of the connectors 1 to 32 of the ASIC, four to a connector of the Sidecar. */
const WIRING: readonly (readonly ["A" | "C", "A" | "B" | "C" | "D", number])[] = [
  ["C", "C", 29],
  ["C", "D", 31],
  ["A", "A", 25],
  ["A", "B", 27],
  ["C", "C", 21],
  ["C", "D", 23],
  ["A", "A", 17],
  ["A", "B", 19],
  ["A", "B", 11],
  ["A", "A", 9],
  ["C", "D", 15],
  ["C", "C", 13],
  ["A", "B", 3],
  ["A", "A", 1],
  ["C", "D", 7],
  ["C", "C", 5],
  ["C", "C", 28],
  ["C", "D", 30],
  ["A", "A", 24],
  ["A", "B", 26],
  ["C", "C", 20],
  ["C", "D", 22],
  ["A", "A", 16],
  ["A", "B", 18],
  ["A", "B", 10],
  ["A", "A", 8],
  ["C", "D", 14],
  ["C", "C", 12],
  ["A", "B", 2],
  ["A", "A", 0],
  ["C", "D", 6],
  ["C", "C", 4],
];

const BY_PORT: ReadonlyMap<string, BackplaneLink> = new Map(
  WIRING.map(([sidecarLeg, backplaneLeg, cubby], at) => [
    `rear${cubby}`,
    { tofinoConnector: at + 1, sidecarConnector: Math.floor(at / 4), sidecarLeg, backplaneLeg, cubby },
  ]),
);

/** Undefined for a port that is not cabled to the backplane. */
export function backplaneLink(portId: string): BackplaneLink | undefined {
  return BY_PORT.get(portId);
}

/** The ASIC's connector behind a port: 1 to 32 rear, 33 to 64 front. The CPU's is told as 0. */
export function connectorOf(portId: string): number {
  const rear = BY_PORT.get(portId);
  if (rear !== undefined) return rear.tofinoConnector;
  return portId.startsWith("qsfp") ? 33 + Number(portId.slice(4)) : 0;
}
