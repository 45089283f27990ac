/**
 * One VMM: carries out what is asked of it in order, follows what its backend shows, and ends once. Whatever ends it, its
 * ports are released, its backend is removed and Nexus is told before it is forgotten.
 */
import { backoffMs, type World } from "@racklet/world";
import { SledAgentError, invalid } from "../errors.ts";
import type { Nexus } from "../nexus/nexus.ts";
import type { Ports } from "../opte/ports.ts";
import type { Sled } from "../sled/sled.ts";
import type { VmmBackend, VmmBackends } from "./backend.ts";
import { endsVmm, isAlreadyInitialized, passedOn } from "./backend-errors.ts";
import { ensureRequestOf } from "./ensure-request.ts";
import { VmmNetwork } from "./network.ts";
import { Publisher } from "./publisher.ts";
import { RequestQueue } from "./request-queue.ts";
import { isHalted, moveTo, observe } from "./status.ts";
import type { StateRequest, VmmRequest, VmmStatus } from "./types.ts";

export interface VmmDependencies {
  readonly world: World;
  readonly nexus: Pick<Nexus, "putVmmState">;
  readonly backends: VmmBackends;
  readonly ports: Ports;
  readonly sled: Sled;
}

/** From the first request to stop. */
export const STOP_GRACE_MS = 10 * 60_000;
const MONITOR_BACKOFF = { baseMs: 50, maxMs: 5_000 };

type StartRequest = Extract<StateRequest, { type: "running" | "migrationTarget" }> | { type: "running" };

export class Vmm {
  readonly request: VmmRequest;
  readonly #deps: VmmDependencies;
  readonly #onForgotten: () => void;
  readonly #queue = new RequestQueue();
  /** Aborted when the VMM is forgotten: ends its reports, its monitor and its pauses. */
  readonly #life = new AbortController();
  readonly #publisher: Publisher;
  #status: VmmStatus;
  readonly #network: VmmNetwork;
  #backend: VmmBackend | undefined;
  #isEnding = false;
  #cancelStopTimer: (() => void) | undefined;

  /** `onForgotten` is called once, when nothing of it is left. */
  constructor(request: VmmRequest, deps: VmmDependencies, onForgotten: () => void) {
    this.request = request;
    this.#deps = deps;
    this.#onForgotten = onForgotten;
    this.#publisher = new Publisher(request.propolisId, deps.nexus, deps.world, this.#life.signal);
    this.#network = new VmmNetwork(request, deps.ports);
    const { migrationId, initial } = request;
    this.#status = {
      ...initial,
      migrationIn:
        migrationId === undefined
          ? undefined
          : { migrationId, state: "pending", gen: 1, timeUpdated: initial.timeUpdated },
    };
  }

  get status(): VmmStatus {
    return this.#status;
  }

  /** It has ended, and Nexus may not know yet: only its state may be asked for. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** Throws when it cannot even wait its turn. Null for work that goes on after the answer. */
  putState(request: StateRequest): Promise<VmmStatus | null> {
    this.#checkNotEnding();
    if (request.type === "stopped") return this.#enqueue(() => this.#stop());
    if (request.type === "reboot") return this.#enqueue(() => this.#reboot());
    const starting = this.#enqueue(() => this.#start(request as StartRequest));
    starting.catch((error: unknown) => this.#log("error", error, "the VMM did not start"));
    return Promise.resolve(null);
  }

  /** In its turn among the requests. Rejects, having changed nothing, with what `change` throws. */
  changeNetwork(change: (network: VmmNetwork) => void): Promise<void> {
    this.#checkNotEnding();
    return this.#enqueue(async () => {
      this.#checkNotEnding();
      change(this.#network);
    });
  }

  /** Ends it before whatever waits. The caller owns the answer: Nexus is not told beside. */
  async unregister(): Promise<VmmStatus> {
    if (!isHalted(this.#status)) this.#status = moveTo(this.#status, "failed", this.#now());
    this.#isEnding = true;
    await this.#forget();
    return this.#status;
  }

  /** Throws at once when too many wait. What is unanswered when the VMM is forgotten fails then, whatever holds it up. */
  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.run(work);
    const { signal } = this.#life;
    const { timers } = this.#deps.world;
    return new Promise((resolve, reject) => {
      // What ended the VMM may be this very request: then its own answer comes first.
      const onForgotten = (): void => void timers.yield().then(() => reject(terminating()));
      signal.addEventListener("abort", onForgotten);
      void done.then(resolve, reject).finally(() => signal.removeEventListener("abort", onForgotten));
    });
  }

  async #start(request: StartRequest): Promise<void> {
    this.#checkNotEnding();
    const { world } = this.#deps;
    let backend = this.#backend;
    try {
      if (backend === undefined) backend = await this.#create(request);
      else await backend.ensure(this.#ensureRequest(request)).catch(tolerateAlreadyInitialized);
      if (request.type === "running") await backend.putState("Run");
    } catch (error) {
      if (this.#isEnding) return;
      if (this.#backend !== undefined && !endsVmm(error)) throw error;
      world.log.error({ propolis_id: this.request.propolisId, err: error }, "the VMM failed to start");
      await this.#end(moveTo(this.#status, "failed", this.#now()));
    }
  }

  async #create(request: StartRequest): Promise<VmmBackend> {
    const { backends } = this.#deps;
    const { propolisId, propolisAddr } = this.request;
    this.#network.createPorts();
    const backend = await backends.start({ propolisId, addr: propolisAddr });
    try {
      // It may have been unregistered while the backend started.
      this.#checkNotEnding();
      await backend.ensure(this.#ensureRequest(request));
      this.#checkNotEnding();
    } catch (error) {
      await backend.destroy();
      throw error;
    }
    this.#backend = backend;
    void this.#monitor(backend);
    return backend;
  }

  #ensureRequest(request: StartRequest) {
    const source = request.type === "migrationTarget" ? request.sourceAddr : undefined;
    return ensureRequestOf(this.request, this.#deps.sled, this.#network.ports(), source);
  }

  async #stop(): Promise<VmmStatus> {
    this.#checkNotEnding();
    if (this.#backend === undefined) {
      const final = moveTo(this.#status, "destroyed", this.#now());
      void this.#end(final);
      return final;
    }
    const failure = await this.#drive(this.#backend, "Stop");
    if (failure !== undefined) return failure;
    this.#cancelStopTimer ??= this.#deps.world.timers.after(STOP_GRACE_MS, () => {
      this.#log("error", undefined, "the VMM did not stop in time and is destroyed");
      void this.#end(moveTo(this.#status, "destroyed", this.#now()));
    });
    if (this.#status.state !== "stopping") this.#status = moveTo(this.#status, "stopping", this.#now());
    return this.#status;
  }

  async #reboot(): Promise<VmmStatus> {
    this.#checkNotEnding();
    if (this.#backend === undefined) throw invalid(`the VMM is ${this.#status.state}, not running: it cannot reboot`);
    const failure = await this.#drive(this.#backend, "Reboot");
    if (failure !== undefined) return failure;
    if (this.#status.state !== "rebooting") this.#status = moveTo(this.#status, "rebooting", this.#now());
    return this.#status;
  }

  /** The state the VMM ended in, when the backend turns out to have no VM. Other refusals are passed on. */
  async #drive(backend: VmmBackend, request: "Stop" | "Reboot"): Promise<VmmStatus | undefined> {
    try {
      await backend.putState(request);
    } catch (error) {
      this.#checkNotEnding();
      if (!endsVmm(error)) throw passedOn(error);
      const final = moveTo(this.#status, "failed", this.#now());
      void this.#end(final);
      return final;
    }
    this.#checkNotEnding();
    return undefined;
  }

  /** Follows the backend until the VMM ends. Never rejects. */
  async #monitor(backend: VmmBackend): Promise<void> {
    const { world } = this.#deps;
    let gen = 0;
    for (let attempt = 0; !this.#isEnding;) {
      try {
        const seen = await backend.monitor(gen, this.#life.signal);
        if (this.#isEnding) return;
        gen = seen.gen + 1;
        attempt = 0;
        const next = observe(this.#status, seen, this.#now());
        if (isHalted(next)) return await this.#end(next);
        this.#status = next;
        this.#publisher.publish(next);
      } catch (error) {
        if (this.#isEnding) return;
        if (endsVmm(error)) {
          this.#log("error", error, "the VMM's backend is gone");
          return await this.#end(moveTo(this.#status, "failed", this.#now()));
        }
        this.#log("warn", error, "cannot watch the VMM; trying again");
        const pause = backoffMs(world.random, attempt, MONITOR_BACKOFF);
        attempt += 1;
        await world.timers.sleep(pause, this.#life.signal).catch(() => undefined);
      }
    }
  }

  /** Removes the VM and its ports, tells Nexus the final state, and only then lets the VMM be forgotten. Never rejects. */
  async #end(final: VmmStatus): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#status = final;
    await this.#tearDown();
    this.#publisher.publish(final);
    await this.#publisher.drained();
    await this.#forget();
  }

  async #forget(): Promise<void> {
    if (this.#life.signal.aborted) return;
    this.#life.abort();
    await this.#tearDown();
    this.#onForgotten();
  }

  async #tearDown(): Promise<void> {
    this.#cancelStopTimer?.();
    this.#network.releasePorts();
    try {
      await this.#backend?.destroy();
    } catch (error) {
      this.#log("error", error, "cannot remove the VMM's backend");
    }
  }

  #checkNotEnding(): void {
    if (this.#isEnding) throw terminating();
  }

  #now(): string {
    return new Date(this.#deps.world.clock.now()).toISOString();
  }

  #log(level: "warn" | "error", error: unknown, message: string): void {
    this.#deps.world.log[level]({ propolis_id: this.request.propolisId, err: error }, message);
  }
}

const terminating = (): SledAgentError => new SledAgentError("instanceGone", "Instance is terminating");

function tolerateAlreadyInitialized(error: unknown): void {
  if (!isAlreadyInitialized(error)) throw error;
}
