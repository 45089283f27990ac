/** A VMM's propolis server behind its client: what every VMM is driven by, whichever way its server is hosted. */
import type { InstanceStateRequested } from "@racklet/api-types/propolis/latest";
import { ApiError, ClientError, ConnectionError, propolisClient, type PropolisClient } from "@racklet/propolis-client";
import type { World } from "@racklet/world";
import {
  BackendError,
  BackendUnreachableError,
  type BackendErrorCode,
  type VmEnsureRequest,
  type VmmBackend,
  type VmmBackends,
} from "../vmm/backend.ts";
import type { Observation } from "../vmm/status.ts";
import { listenAddressFor } from "./address.ts";
import type { PropolisHost, PropolisServer } from "./server.ts";
import { ensureToWire, observationFromWire } from "./wire.ts";

/** The target of a migration answers once it has its source's specification, which has deadlines of its own. */
const ENSURE_DEADLINE_MS = 60_000;
const PUT_DEADLINE_MS = 10_000;
/** A VM may stay as it is for years. Its connection breaks when the server ends. */
const MONITOR_DEADLINE_MS = Number.POSITIVE_INFINITY;

export function propolisBackends(host: PropolisHost, world: World): VmmBackends {
  return {
    start: async ({ propolisId, addr, onProcess }) =>
      new PropolisBackend(await host.start({ propolisId, listen: listenAddressFor(addr), onProcess }), world),
    adopt: (propolisId, process) => {
      const server = host.find(propolisId, process);
      return server && new PropolisBackend(server, world);
    },
  };
}

class PropolisBackend implements VmmBackend {
  readonly #server: PropolisServer;
  readonly #client: PropolisClient;
  /** Aborted when the server has ended: whatever is under way rejects at once. */
  readonly #life = new AbortController();

  constructor(server: PropolisServer, world: World) {
    this.#server = server;
    this.#client = propolisClient({
      baseUrl: server.url,
      world: server.fetch === undefined ? world : { ...world, fetch: server.fetch },
      signal: this.#life.signal,
      // The next look is the retry.
      retries: { attempts: 0 },
    });
    server.onEnd((how) => this.#life.abort(new BackendUnreachableError(how, true)));
  }

  get address(): string {
    return new URL(this.#server.url).host;
  }

  get process(): VmmBackend["process"] {
    return this.#server.process;
  }

  ensure(request: VmEnsureRequest): Promise<void> {
    return this.#call(async () => {
      await this.#client.instance_ensure({ body: ensureToWire(request) }, { deadlineMs: ENSURE_DEADLINE_MS });
    });
  }

  putState(request: InstanceStateRequested): Promise<void> {
    return this.#call(() => this.#client.instance_state_put({ body: request }, { deadlineMs: PUT_DEADLINE_MS }));
  }

  monitor(gen: number, signal: AbortSignal): Promise<Observation> {
    return this.#call(async () => {
      const options = { signal, deadlineMs: MONITOR_DEADLINE_MS };
      return observationFromWire(await this.#client.instance_state_monitor({ body: { gen } }, options));
    });
  }

  async destroy(): Promise<void> {
    this.#life.abort(new BackendUnreachableError("its propolis was removed", true));
    await this.#server.stop();
  }

  async #call<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw await this.#translate(error);
    }
  }

  async #translate(error: unknown): Promise<unknown> {
    if (error instanceof ApiError) return new BackendError(error.status, error.message, codeOf(error));
    if (error instanceof ConnectionError) {
      const end = await this.#server.howItEnded();
      return new BackendUnreachableError(end ?? error.message, end !== undefined, error);
    }
    // What is no answer of a propolis will not become one.
    return error instanceof ClientError ? new BackendError(500, error.message) : error;
  }
}

const CODES: readonly BackendErrorCode[] = ["NoInstance", "AlreadyInitialized", "AlreadyRunning", "CreateFailed"];

const codeOf = ({ code }: ApiError): BackendErrorCode | undefined => CODES.find((known) => known === code);
