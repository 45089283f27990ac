/** Nexus' connections to switches and sled-agents for multicast, one set per context: which dpd serves which slot, and which ports a switch has. */
import { dpdClient, type DpdV8Client } from "@racklet/dpd-client/v8";
import type { NexusContext } from "../../context.ts";
import { switchDirectory, type SwitchDirectory, type SwitchSlot } from "../../peers/switches.ts";

/** For one call. */
export const CALL_DEADLINE_MS = 3_000;

export interface MulticastSwitch {
  readonly slot: SwitchSlot;
  readonly url: string;
  /** By version 8, the oldest that has today's multicast: any dpd since then understands it. */
  readonly dpd: DpdV8Client;
}

export class MulticastPeers {
  readonly #nexus: NexusContext;
  readonly #directory: SwitchDirectory;
  readonly #clients = new Map<string, DpdV8Client>();
  readonly #slots = new Map<string, SwitchSlot>();
  /** Names of the rear ports, by URL. */
  readonly #backplanes = new Map<string, Promise<ReadonlySet<string>>>();

  constructor(nexus: NexusContext) {
    this.#nexus = nexus;
    this.#directory = switchDirectory(nexus);
  }

  /** Throws `unavailable`, saying why. */
  async switchAt(slot: SwitchSlot, signal: AbortSignal): Promise<MulticastSwitch> {
    const { url } = await this.#directory.get(slot, signal);
    this.#slots.set(url, slot);
    let dpd = this.#clients.get(url);
    if (dpd === undefined) {
      dpd = dpdClient({
        baseUrl: url,
        world: this.#nexus.world,
        deadlineMs: CALL_DEADLINE_MS,
        retries: { attempts: 0 },
      });
      this.#clients.set(url, dpd);
    }
    return { slot, url, dpd };
  }

  /** It did not answer: another dpd may come in its place. What is known of its slot stays until then. */
  forget({ url }: MulticastSwitch): void {
    this.#directory.forget(url);
    this.#backplanes.delete(url);
  }

  readonly slotOfUrl = (url: string): SwitchSlot | undefined => this.#slots.get(url.replace(/\/+$/, ""));

  /** The ports that are cabled to sleds; asked for once, as cables do not change while a switch runs. */
  rearPorts({ url, dpd }: MulticastSwitch, signal: AbortSignal): Promise<ReadonlySet<string>> {
    const known = this.#backplanes.get(url);
    if (known !== undefined) return known;
    const asked = dpd.backplane_map({}, { signal }).then((map) => new Set(Object.keys(map)));
    this.#backplanes.set(url, asked);
    asked.catch(() => this.#backplanes.delete(url));
    return asked;
  }
}

const perContext = new WeakMap<NexusContext, MulticastPeers>();

/** Sagas and tasks of one process share what they know. */
export function multicastPeers(nexus: NexusContext): MulticastPeers {
  let peers = perContext.get(nexus);
  if (peers === undefined) perContext.set(nexus, (peers = new MulticastPeers(nexus)));
  return peers;
}
