/**
 * One VMM: carries out what is asked of it in order, follows what its backend shows, and ends once. Whatever ends it, its
 * ports are released, its backend is removed and Nexus is told before it is forgotten.
 */
import type { World } from "@racklet/world";
import { SledAgentError, invalid } from "../errors.ts";
import type { Nexus } from "../nexus/nexus.ts";
import type { Ports } from "../opte/ports.ts";
import type { PropolisProcess } from "../propolis/server.ts";
import type { Sled } from "../sled/sled.ts";
import type { VmmBackend, VmmBackends } from "./backend.ts";
import { endsVmm, failureOf, isAlreadyInitialized, passedOn } from "./backend-errors.ts";
import { ensureRequestOf } from "./ensure-request.ts";
import { follow } from "./follow.ts";
import { VmmNetwork } from "./network.ts";
import { Publisher } from "./publisher.ts";
import { RecordKeeper } from "./record-keeper.ts";
import type { VmmRecord, VmmRecords } from "./records.ts";
import { RequestQueue } from "./request-queue.ts";
import { differs, fail, isHalted, moveTo, observe, type Observation } from "./status.ts";
import type { StateRequest, VmmRequest, VmmStatus } from "./types.ts";

export interface VmmDependencies {
  readonly world: World;
  readonly nexus: Pick<Nexus, "putVmmState">;
  readonly backends: VmmBackends;
  readonly ports: Ports;
  readonly records: VmmRecords;
  readonly sled: Sled;
}

/** From the first request to stop. */
export const STOP_GRACE_MS = 10 * 60_000;

type StartRequest = { readonly type: "running" } | Extract<StateRequest, { readonly type: "migrationTarget" }>;

export class Vmm {
  readonly request: VmmRequest;
  readonly #deps: VmmDependencies;
  readonly #onForgotten: () => void;
  readonly #queue = new RequestQueue();
  /** Aborted when the VMM is forgotten: ends its reports, its monitor and its pauses. */
  readonly #life = new AbortController();
  readonly #publisher: Publisher;
  #status: VmmStatus;
  /** The last state that Nexus was told of by itself, and not only in an answer. */
  #told: VmmStatus | undefined;
  readonly #network: VmmNetwork;
  #backend: VmmBackend | undefined;
  readonly #keeper: RecordKeeper;
  #isEnding = false;
  #cancelStopTimer: (() => void) | undefined;

  /** `onForgotten` is called once, when nothing of it is left. Throws when its record cannot be kept. */
  constructor(request: VmmRequest, deps: VmmDependencies, onForgotten: () => void, known?: VmmRecord) {
    this.request = request;
    this.#deps = deps;
    this.#onForgotten = onForgotten;
    this.#publisher = new Publisher(request.propolisId, deps.nexus, deps.world, this.#life.signal);
    this.#network = new VmmNetwork(request, deps.ports, known?.network);
    this.#keeper = new RecordKeeper({ records: deps.records, request, log: deps.world.log, known });
    const { migrationId, initial } = request;
    this.#status = (known && { ...known.status, gen: known.genLimit }) ?? {
      ...initial,
      migrationIn:
        migrationId === undefined
          ? undefined
          : { migrationId, state: "pending", gen: 1, timeUpdated: initial.timeUpdated },
    };
    if (known === undefined) this.#keeper.saveFirst(this.#status, this.#network.state);
  }

  /** Goes on from where an earlier life of this sled-agent ended. To be called once, before anything else. */
  resume(): void {
    if (isHalted(this.#status)) return void this.#end(this.#status);
    const { begun, process } = this.#keeper;
    if (begun === undefined) return;
    const backend = process && this.#deps.backends.adopt(this.request.propolisId, process);
    if (backend === undefined) return void this.#end(this.#failed(LOST));
    this.#backend = backend;
    try {
      this.#network.createPorts();
    } catch (error) {
      return void this.#end(this.#failed(`it was found again, but not its ports: ${failureOf(error)}`));
    }
    this.#drivenBy(backend);
    if (this.#status.state === "stopping") this.#limitStop();
    // It may have ended between creating the VM and running it. A VM that runs ignores this.
    else if (begun === "running") {
      this.#enqueue(() => backend.putState("Run")).catch((error: unknown) =>
        this.#log("warn", error, "the VMM that was found again cannot be run"),
      );
    }
  }

  get status(): VmmStatus {
    return this.#status;
  }

  /** It has ended, and Nexus may not know yet: only its state may be asked for. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** Of its propolis, where that is a process. */
  get pid(): number | undefined {
    return this.#backend?.process?.pid;
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
      this.#save();
    });
  }

  /** Ends it before whatever waits. The caller owns the answer: Nexus is not told beside. */
  async unregister(): Promise<VmmStatus> {
    if (!isHalted(this.#status)) this.#status = this.#failed("it was unregistered");
    this.#isEnding = true;
    await this.#forget();
    return this.#status;
  }

  /** Ends what runs on its behalf. Its record stays: the next life of this sled-agent tells Nexus what became of it. */
  async abandon(): Promise<void> {
    this.#isEnding = true;
    if (this.#life.signal.aborted) return;
    this.#life.abort();
    await this.#tearDown();
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
    let backend = this.#backend;
    try {
      if (backend === undefined) backend = await this.#create(request);
      else await backend.ensure(this.#ensureRequest(request)).catch(tolerateAlreadyInitialized);
      if (request.type === "running") await backend.putState("Run");
    } catch (error) {
      if (this.#isEnding) return;
      if (this.#backend !== undefined && !endsVmm(error)) throw error;
      this.#log("error", error, "the VMM failed to start");
      await this.#end(this.#failed(`it could not be started: ${failureOf(error)}`));
    }
  }

  async #create(request: StartRequest): Promise<VmmBackend> {
    const { propolisId, propolisAddr: addr } = this.request;
    this.#network.createPorts();
    this.#keeper.begun = request.type;
    this.#save();
    const onProcess = (process: PropolisProcess): void => {
      this.#keeper.process = process;
      this.#save();
    };
    const backend = await this.#deps.backends.start({ propolisId, addr, onProcess });
    try {
      // It may have been unregistered while the backend started.
      this.#checkNotEnding();
      await backend.ensure(this.#ensureRequest(request));
      this.#checkNotEnding();
    } catch (error) {
      await backend.destroy();
      throw error;
    }
    this.#drivenBy(backend);
    return backend;
  }

  #drivenBy(backend: VmmBackend): void {
    this.#backend = backend;
    this.#status = { ...this.#status, propolisAddr: backend.address };
    void this.#watch(backend);
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
    this.#limitStop();
    return this.#shown("stopping");
  }

  #limitStop(): void {
    this.#cancelStopTimer ??= this.#deps.world.timers.after(STOP_GRACE_MS, () => {
      this.#log("error", undefined, "the VMM did not stop in time and is destroyed");
      void this.#end(moveTo(this.#status, "destroyed", this.#now()));
    });
  }

  async #reboot(): Promise<VmmStatus> {
    this.#checkNotEnding();
    if (this.#backend === undefined) throw invalid(`the VMM is ${this.#status.state}, not running: it cannot reboot`);
    const failure = await this.#drive(this.#backend, "Reboot");
    if (failure !== undefined) return failure;
    return this.#shown("rebooting");
  }

  /** The state it was just asked to go to, before its propolis shows it. */
  #shown(state: "stopping" | "rebooting"): VmmStatus {
    if (this.#status.state !== state) this.#become(moveTo(this.#status, state, this.#now()));
    return this.#status;
  }

  /** The state the VMM ended in, when the backend turns out to have no VM. Other refusals are passed on. */
  async #drive(backend: VmmBackend, request: "Stop" | "Reboot"): Promise<VmmStatus | undefined> {
    try {
      await backend.putState(request);
    } catch (error) {
      this.#checkNotEnding();
      if (!endsVmm(error)) throw passedOn(error);
      // It may just have ended as it was asked to: who watches it is about to hear how.
      if (request === "Stop" && this.#status.state === "stopping") return undefined;
      const final = this.#failed(failureOf(error));
      void this.#end(final);
      return final;
    }
    this.#checkNotEnding();
    return undefined;
  }

  /** Until the VMM ends. Never rejects. */
  async #watch(backend: VmmBackend): Promise<void> {
    const { propolisId } = this.request;
    const gone = await follow(backend, {
      world: this.#deps.world,
      propolisId,
      signal: this.#life.signal,
      seen: (observation) => !this.#isEnding && this.#see(observation),
    });
    if (gone === undefined || this.#isEnding) return;
    this.#log("error", gone, "the VMM's propolis is gone");
    await this.#end(this.#failed(failureOf(gone)));
  }

  /** False when the VMM has ended with it. */
  #see(observation: Observation): boolean {
    const next = observe(this.#status, observation, this.#now());
    if (isHalted(next)) {
      void this.#end(next);
      return false;
    }
    const isNews = differs(next, this.#status) || this.#told === undefined || differs(next, this.#told);
    this.#become(next);
    if (!isNews) return true;
    this.#told = next;
    this.#publisher.publish(next);
    return true;
  }

  /** Removes the VM and its ports, tells Nexus the final state, and only then lets the VMM be forgotten. Never rejects. */
  async #end(final: VmmStatus): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#become(final);
    await this.#tearDown();
    this.#publisher.publish(final);
    await this.#publisher.drained();
    await this.#forget();
  }

  async #forget(): Promise<void> {
    if (this.#life.signal.aborted) return;
    this.#life.abort();
    await this.#tearDown();
    this.#keeper.remove();
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

  #become(status: VmmStatus): void {
    this.#status = status;
    this.#keeper.saveStatus(status, this.#network.state);
  }

  #failed(reason: string): VmmStatus {
    return fail(this.#status, reason, this.#now());
  }

  #save(): void {
    this.#keeper.save(this.#status, this.#network.state);
  }

  #now(): string {
    return new Date(this.#deps.world.clock.now()).toISOString();
  }

  #log(level: "warn" | "error", error: unknown, message: string): void {
    this.#deps.world.log[level]({ propolis_id: this.request.propolisId, err: error }, message);
  }
}

const LOST = "its VM ended with the sled-agent that ran it, or while that was not there";

const terminating = (): SledAgentError => new SledAgentError("instanceGone", "Instance is terminating");

function tolerateAlreadyInitialized(error: unknown): void {
  if (!isAlreadyInitialized(error)) throw error;
}
