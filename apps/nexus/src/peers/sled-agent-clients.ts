/** Clients of sled-agents, one each: making the methods of one for every call would cost as much as half of the call. */
import type { World } from "@racklet/world";
import { sledAgentClient, type SledAgentClient } from "@racklet/sled-agent-client";
import { sledAgentClient as oldestClient, type SledAgentClient as OldestClient } from "@racklet/sled-agent-client/v1";

/** For one call, retries included. */
const DEADLINE_MS = 10_000;
/** Sled-agents that were started again elsewhere leave their old addresses behind. */
const MAX_KEPT = 256;

interface Clients {
  readonly newest: SledAgentClient;
  /** For what has never changed: every sled-agent answers it. */
  readonly oldest: OldestClient;
}

export class SledAgentClients {
  readonly #world: World;
  readonly #byAddress = new Map<string, Clients>();

  constructor(world: World) {
    this.#world = world;
  }

  /** `address`: `[ipv6]:port`. */
  at(address: string): Clients {
    let clients = this.#byAddress.get(address);
    if (clients === undefined) {
      const options = { baseUrl: `http://${address}`, world: this.#world, deadlineMs: DEADLINE_MS };
      clients = { newest: sledAgentClient(options), oldest: oldestClient(options) };
      if (this.#byAddress.size >= MAX_KEPT) this.#byAddress.clear();
      this.#byAddress.set(address, clients);
    }
    return clients;
  }
}
