/** Ports that belong to no VM, for looking at the network: the set there is to be is stated as a whole. */
import { isDeepStrictEqual } from "node:util";
import { invalid } from "../errors.ts";
import { applyAll, type Step } from "./journal.ts";
import type { PortRequest } from "./port-plan.ts";
import type { Ports } from "./ports.ts";
import type { ExternalIps, Nic } from "./types.ts";

export interface Probe {
  readonly id: string;
  readonly nic: Nic;
  readonly externalIps: ExternalIps;
}

export const MAX_PROBES = 1024;

export class Probes {
  readonly #ports: Ports;
  #current: ReadonlyMap<string, Probe> = new Map();

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** Those that stay as they are keep their ports. Throws `invalid`, having changed nothing, for what no port can be. */
  set(probes: readonly Probe[]): void {
    if (probes.length > MAX_PROBES) throw invalid(`probes: ${probes.length} are more than the limit of ${MAX_PROBES}`);
    const wanted = new Map(probes.map((probe) => [probe.id, probe]));
    const twice = probes.find((probe) => wanted.get(probe.id) !== probe);
    if (twice !== undefined) throw invalid(`probes: ${twice.id} is listed twice`);
    const isKept = ({ id }: Probe): boolean => isDeepStrictEqual(this.#current.get(id), wanted.get(id));
    const before = [...this.#current.values()];
    applyAll([
      ...before.filter((probe) => !isKept(probe)).map((probe) => this.#release(probe)),
      ...probes.filter((probe) => !isKept(probe)).map((probe) => this.#create(probe)),
    ]);
    this.#current = wanted;
  }

  #create(probe: Probe): Step {
    return {
      apply: () => void this.#ports.create(requestOf(probe)),
      undo: () => this.#ports.release(probe.id),
    };
  }

  #release(probe: Probe): Step {
    const names = this.#ports.of(probe.id).map(({ name }) => name);
    return {
      apply: () => this.#ports.release(probe.id),
      undo: () => void this.#ports.create({ ...requestOf(probe), names }),
    };
  }
}

const requestOf = ({ id, nic, externalIps }: Probe): PortRequest => ({ owner: id, nics: [nic], externalIps });
