/** Finds the dpd of each switch slot: among those that the configuration names and those that scrimlets report. */
import { dpdClient, type DpdClient } from "@racklet/dpd-client";
import { dpdClient as oldestDpdClient } from "@racklet/dpd-client/v1";
import type { NexusContext } from "../context.ts";
import { literal } from "../db/literal.ts";
import { unavailable } from "../errors.ts";

export type SwitchSlot = 0 | 1;
export const SWITCH_SLOTS: readonly SwitchSlot[] = [0, 1];

export interface SwitchPeer {
  readonly slot: SwitchSlot;
  readonly url: string;
  readonly dpd: DpdClient;
}

const IDENTIFY_DEADLINE_MS = 2_000;

export class SwitchDirectory {
  readonly #nexus: NexusContext;
  readonly #clients = new Map<string, DpdClient>();
  readonly #slots = new Map<string, number>();
  /** The questions that are under way, by URL. */
  readonly #asked = new Map<string, Promise<string | undefined>>();

  constructor(nexus: NexusContext) {
    this.#nexus = nexus;
  }

  /** Throws `unavailable`, saying why for each dpd that was asked. */
  async get(slot: SwitchSlot, signal: AbortSignal): Promise<SwitchPeer> {
    const urls = await this.#urls();
    const known = urls.find((url) => this.#slots.get(url) === slot);
    if (known !== undefined) return { slot, url: known, dpd: this.#client(known) };
    const unknown = urls.filter((url) => !this.#slots.has(url));
    const reasons = await unlessAborted(Promise.all(unknown.map((url) => this.#identify(url))), signal);
    const found = urls.find((url) => this.#slots.get(url) === slot);
    if (found !== undefined) return { slot, url: found, dpd: this.#client(found) };
    const why = reasons.filter((reason) => reason !== undefined);
    throw unavailable(`no dpd serves switch${slot}: ${why.length === 0 ? "none is known for it" : why.join("; ")}`);
  }

  /** Forgets which slot a dpd serves: it did not answer, so another one may come in its place. */
  forget(url: string): void {
    this.#slots.delete(url);
  }

  async #urls(): Promise<string[]> {
    const rows = await this.#nexus.store.db
      .selectFrom("sled")
      .select("dpd_url")
      .where("dpd_url", "is not", null)
      .where("policy", "=", "in_service")
      .where("state", "=", literal("active"))
      .orderBy("id")
      .execute();
    const urls = [...this.#nexus.config.dpdUrls, ...rows.flatMap(({ dpd_url }) => dpd_url ?? [])];
    return [...new Set(urls.map((url) => url.replace(/\/+$/, "")))];
  }

  #client(url: string): DpdClient {
    let client = this.#clients.get(url);
    if (client === undefined) {
      client = dpdClient({ baseUrl: url, world: this.#nexus.world, retries: { attempts: 0 } });
      this.#clients.set(url, client);
    }
    return client;
  }

  /** Tasks that begin together ask once. */
  #identify(url: string): Promise<string | undefined> {
    let asked = this.#asked.get(url);
    if (asked === undefined) {
      asked = this.#ask(url).finally(() => this.#asked.delete(url));
      this.#asked.set(url, asked);
    }
    return asked;
  }

  /** Answers why it is not known which slot the dpd serves. */
  async #ask(url: string): Promise<string | undefined> {
    try {
      // Every dpd answers the oldest form of the question.
      const oldest = oldestDpdClient({ baseUrl: url, world: this.#nexus.world, retries: { attempts: 0 } });
      const { slot } = await oldest.switch_identifiers({}, { deadlineMs: IDENTIFY_DEADLINE_MS });
      this.#slots.set(url, slot);
      return undefined;
    } catch (error) {
      return `${url}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}

/** What is shared goes on for the others. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error); // whatever the caller aborted with
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

const perContext = new WeakMap<NexusContext, SwitchDirectory>();

/** What one task or saga of a process has learnt, the others know. */
export function switchDirectory(nexus: NexusContext): SwitchDirectory {
  let directory = perContext.get(nexus);
  if (directory === undefined) perContext.set(nexus, (directory = new SwitchDirectory(nexus)));
  return directory;
}
