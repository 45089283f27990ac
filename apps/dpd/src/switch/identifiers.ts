/** Who this switch is. Known only once an ASIC is attached, as on hardware where its fuses are read. */
export interface SwitchIdentifiers {
  readonly sidecarId: string;
  readonly asicBackend: string;
  readonly model: string;
  readonly revision: number;
  readonly serial: string;
  /** Which of the rack's two switches. */
  readonly slot: number;
  readonly fab: string | null;
  readonly lot: string | null;
  readonly lotnum: readonly [string, string, string, string] | null;
  readonly wafer: number | null;
  readonly waferLoc: readonly [number, number] | null;
}

/** Identifiers of a software switch: its name gives the slot and the serial; the lot and wafer of no chip are null. */
export function modelIdentifiers(switchName: string, sidecarId: string): SwitchIdentifiers {
  const slot = Number(/\d+$/.exec(switchName)?.[0] ?? 0);
  return {
    sidecarId,
    asicBackend: "model",
    model: "racklet-sidecar",
    revision: 1,
    serial: `RACKLET${String(slot).padStart(4, "0")}`,
    slot,
    fab: null,
    lot: null,
    lotnum: null,
    wafer: null,
    waferLoc: null,
  };
}
