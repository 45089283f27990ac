/** The ports of the software ASIC. Its wires are always plugged in: a port is up as soon as it is enabled. */
import { DpdError, asicFailure, missing } from "../errors.ts";
import type { AsicPorts, PortConfig } from "./backend.ts";

/** A port number has 9 bits in the pipeline. */
export const ASIC_PORT_MAX = 0x1ff;

export class ModelPorts implements AsicPorts {
  readonly #ports = new Map<number, PortConfig>();

  create(config: PortConfig): void {
    const { port } = config;
    if (port < 0 || port > ASIC_PORT_MAX) throw asicFailure(`ASIC port ${port} is not between 0 and ${ASIC_PORT_MAX}`);
    if (this.#ports.has(port)) throw new DpdError("exists", `ASIC port ${port} exists already`);
    this.#ports.set(port, config);
  }

  update(config: PortConfig): void {
    if (!this.#ports.has(config.port)) throw noPort(config.port);
    this.#ports.set(config.port, config);
  }

  delete(port: number): void {
    if (!this.#ports.delete(port)) throw noPort(port);
  }

  find(port: number): PortConfig | undefined {
    return this.#ports.get(port);
  }

  list(): readonly PortConfig[] {
    return [...this.#ports.values()];
  }

  isUp(port: number): boolean {
    return this.#ports.get(port)?.enabled ?? false;
  }

  clear(): void {
    this.#ports.clear();
  }
}

const noPort = (port: number): DpdError => missing("missing", `there is no ASIC port ${port}`);
