/**
 * The rack's network configuration as this sled was last given it: kept as it came, since a sled that is not updated yet
 * could not read a newer form. A higher generation replaces a lower one.
 */
import { isDeepStrictEqual } from "node:util";
import { SledAgentError } from "../errors.ts";
import type { ServiceNat } from "./service-nat.ts";

export interface NetworkConfig {
  /** The API version it came in. */
  readonly version: string;
  readonly generation: number;
  /** As it came. */
  readonly body: unknown;
  /** Undefined when it says nothing about NAT. */
  readonly serviceNat: ServiceNat | undefined;
}

/** Where the configuration outlives this process. */
export interface NetworkConfigFile {
  /** Undefined when none was kept, or it cannot be read any more. */
  load(): NetworkConfig | undefined;
  /** Throws when it cannot be kept. */
  save(config: NetworkConfig): void;
}

export class NetworkConfigStore {
  #current: NetworkConfig | undefined;
  readonly #file: NetworkConfigFile | undefined;
  readonly #onChange = new Set<() => void>();

  constructor(file?: NetworkConfigFile) {
    this.#file = file;
    this.#current = file?.load();
  }

  /**
   * Changes nothing when it is here. Throws `conflict` for a lower generation, and for another configuration of the same;
   * and, having changed nothing, when it cannot be kept.
   */
  write(config: NetworkConfig): void {
    const known = this.#current;
    if (known !== undefined && known.generation > config.generation) {
      throw new SledAgentError(
        "conflict",
        `generation ${config.generation} of the network configuration is older than ${known.generation}, which is in force`,
      );
    }
    if (known?.generation === config.generation) {
      if (isDeepStrictEqual(known.body, config.body)) return;
      throw new SledAgentError(
        "conflict",
        `another network configuration of generation ${config.generation} is in force`,
      );
    }
    this.#file?.save(config);
    this.#current = config;
    for (const listener of this.#onChange) listener();
  }

  /** Undefined until the first is written. */
  get current(): NetworkConfig | undefined {
    return this.#current;
  }

  /** Calls back after every change, until the answer is called. */
  subscribe(listener: () => void): () => void {
    this.#onChange.add(listener);
    return () => void this.#onChange.delete(listener);
  }
}
