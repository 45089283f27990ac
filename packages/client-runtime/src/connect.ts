/** A client of the best version that both sides speak, and notice when the server's best one changes. */
import { NoCommonVersionError, UnsupportedVersionError, type ClientError } from "./errors.ts";
import { ambientWorld } from "./ambient.ts";
import { newestFirst, supportedVersions, type ClientVersion } from "./negotiate.ts";
import type { ClientOptions } from "./options.ts";

/** A client and its version: comparing `version` with a literal tells the type of `client`. */
export interface Connection<Version extends string, Client, Any> {
  readonly version: Version;
  readonly client: Client;
  /** Asks the server again: this connection while the best common version is the same, else one of the new best. */
  check(): Promise<Any>;
}

/** The union of the connections that `V` allows. */
export type ConnectionOf<V extends ClientVersion> = ConnectionIn<V, V>;
type ConnectionIn<V extends ClientVersion, All extends ClientVersion> =
  V extends ClientVersion<infer Version, infer Client> ? Connection<Version, Client, ConnectionIn<All, All>> : never;

export interface ConnectOptions<V extends ClientVersion> extends ClientOptions {
  /** In any order: the newest that the server speaks is taken. */
  readonly versions: readonly V[];
  /**
   * Called when the best common version is another one than before, with a connection of it: the server was upgraded or
   * put back. Clients of the older connection go on working as long as the server accepts their version.
   */
  readonly onServerChange?: (next: ConnectionOf<V>) => void;
  /** While the clients are in use the server is asked again after this time, ms. Default 30,000. */
  readonly recheckMs?: number;
}

const DEFAULT_RECHECK_MS = 30_000;

/**
 * Throws NoCommonVersionError when the server speaks none of `versions`. A change of the server is noticed when it refuses
 * the version (then before the refused call fails), at the first answer after a connection failed, and every `recheckMs`.
 */
export async function connect<const V extends ClientVersion>(options: ConnectOptions<V>): Promise<ConnectionOf<V>> {
  return new Negotiation(options).check();
}

class Negotiation<V extends ClientVersion> {
  readonly #options: ConnectOptions<V>;
  readonly #world: NonNullable<ClientOptions["world"]>;
  #current: ConnectionOf<V> | undefined;
  #asking: Promise<ConnectionOf<V>> | undefined;
  #askedAt = 0;
  #isSuspect = false;

  constructor(options: ConnectOptions<V>) {
    this.#options = options;
    this.#world = options.world ?? ambientWorld;
  }

  /** One question at a time: whoever asks meanwhile gets its answer. */
  check(): Promise<ConnectionOf<V>> {
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #ask(): Promise<ConnectionOf<V>> {
    const { onServerChange, ...options } = this.#options;
    this.#askedAt = this.#world.clock.monotonicMs();
    this.#isSuspect = false;
    const { common, listed } = await supportedVersions(options);
    const candidates = newestFirst(options.versions);
    const best = candidates.find(({ version }) => version === common[0]);
    if (best === undefined) throw new NoCommonVersionError(candidates, options.baseUrl, listed);
    if (this.#current?.version === best.version) return this.#current;
    const isChange = this.#current !== undefined;
    const next = this.#connection(best);
    this.#current = next;
    if (isChange) onServerChange?.(next);
    return next;
  }

  #connection(chosen: V): ConnectionOf<V> {
    const client = chosen.create({ ...this.#options, onAttempt: (error) => this.#attempted(error) });
    // Version and client come from one of V, which is what the union says.
    return { version: chosen.version, client, check: () => this.check() } as ConnectionOf<V>;
  }

  async #attempted(error: ClientError | undefined): Promise<void> {
    await this.#options.onAttempt?.(error);
    if (error instanceof UnsupportedVersionError) return this.#recheck();
    const isAnswer = error === undefined || "requestId" in error;
    if (!isAnswer) this.#isSuspect = true;
    else if (this.#isSuspect || this.#isDue()) void this.#recheck();
  }

  #isDue(): boolean {
    return this.#world.clock.monotonicMs() - this.#askedAt >= (this.#options.recheckMs ?? DEFAULT_RECHECK_MS);
  }

  // The caller's own call must not fail because this question did; it is asked again when it is due.
  async #recheck(): Promise<void> {
    await this.check().catch((error: unknown) => {
      this.#world.log.warn({ err: String(error), peer: this.#options.baseUrl }, "asking for versions again failed");
    });
  }
}
