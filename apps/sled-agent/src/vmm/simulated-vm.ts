/**
 * A VM that only pretends: the states, refusals and timing of a propolis server, at the cost of one small object and at
 * most one timer. It computes nothing and cannot be migrated into.
 */
import type { InstanceState, InstanceStateRequested } from "@racklet/api-types/propolis/latest";
import type { World } from "@racklet/world";
import {
  BackendError,
  BackendUnreachableError,
  type VmEnsureRequest,
  type VmmBackend,
  type VmmBackends,
} from "./backend.ts";
import type { Observation } from "./status.ts";

export interface VmTiming {
  /** A boot or reboot takes a time drawn evenly from these, ms. */
  readonly bootMs: readonly [min: number, max: number];
  /** From one state to the next on the way down, ms. */
  readonly stopMs: number;
}

export const DEFAULT_VM_TIMING: VmTiming = { bootMs: [100, 300], stopMs: 40 };

type SimWorld = Pick<World, "timers" | "random">;

export function simulatedVms(world: SimWorld, timing: VmTiming = DEFAULT_VM_TIMING): VmmBackends {
  return { start: async () => new SimulatedVm(world, timing) };
}

interface Watcher {
  readonly gen: number;
  readonly resolve: (observation: Observation) => void;
  readonly reject: (reason: unknown) => void;
}

const MIGRATION_REFUSED = "a simulated VM cannot be the target of a migration";

export class SimulatedVm implements VmmBackend {
  readonly #world: SimWorld;
  readonly #timing: VmTiming;
  /** Undefined before `ensure`. */
  #state: InstanceState | undefined;
  #gen = 0;
  /** States still to come, in order. */
  #coming: readonly InstanceState[] = [];
  #cancelTimer: (() => void) | undefined;
  #watchers: Watcher[] = [];
  #isDestroyed = false;

  constructor(world: SimWorld, timing: VmTiming) {
    this.#world = world;
    this.#timing = timing;
  }

  async ensure({ init }: VmEnsureRequest): Promise<void> {
    this.#checkAlive();
    if (this.#state !== undefined) throw new BackendError(409, "instance already initialized", "AlreadyInitialized");
    if (init.method === "MigrationTarget") throw new BackendError(500, MIGRATION_REFUSED, "CreateFailed");
    this.#enter("Creating");
  }

  async putState(request: InstanceStateRequested): Promise<void> {
    this.#checkAlive();
    if (this.#state === undefined) throw new BackendError(424, "Server not initialized (no instance)", "NoInstance");
    if (request === "Run") this.#run();
    else if (request === "Stop") this.#stop();
    else this.#reboot();
  }

  monitor(gen: number, signal: AbortSignal): Promise<Observation> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      this.#checkAlive();
      if (this.#state === undefined) throw new BackendError(424, "Server not initialized (no instance)", "NoInstance");
      if (gen <= this.#gen) return resolve(this.#observation(this.#state));
      if (isTerminal(this.#state)) {
        throw new BackendError(410, `No instance present; will never reach generation ${gen}`, "NoInstance");
      }
      const onAbort = (): void => {
        this.#watchers = this.#watchers.filter((other) => other !== watcher);
        reject(signal.reason);
      };
      const leave = (): void => signal.removeEventListener("abort", onAbort);
      const watcher: Watcher = {
        gen,
        resolve: (observation) => {
          leave();
          resolve(observation);
        },
        reject: (reason) => {
          leave();
          reject(reason);
        },
      };
      this.#watchers.push(watcher);
      signal.addEventListener("abort", onAbort);
    });
  }

  async destroy(): Promise<void> {
    this.#isDestroyed = true;
    this.#cancelTimer?.();
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const { reject } of watchers) reject(gone());
  }

  #run(): void {
    if (this.#isStopping()) throw notAllowed("Instance is preparing to stop");
    if (isTerminal(this.#state)) throw notAllowed("Instance has already halted");
    if (this.#state !== "Creating") return;
    this.#enter("Starting");
    this.#follow(["Running"]);
  }

  #stop(): void {
    if (this.#isStopping() || isTerminal(this.#state)) return;
    // A VM that is still starting has no guest to wait for.
    if (this.#state === "Starting") return this.#follow(["Stopped", "Destroyed"]);
    this.#enter("Stopping");
    this.#follow(["Stopped", "Destroyed"]);
  }

  #reboot(): void {
    if (this.#state === "Rebooting") return;
    if (this.#isStopping()) throw notAllowed("Instance is preparing to stop");
    if (this.#state === "Creating") throw notAllowed("Operation requires an active instance");
    if (this.#state === "Starting") throw notAllowed("Instance is currently starting");
    if (isTerminal(this.#state)) throw notAllowed("Instance has already halted");
    this.#enter("Rebooting");
    this.#follow(["Running"]);
  }

  #isStopping(): boolean {
    return this.#state === "Stopping" || this.#state === "Stopped" || this.#coming.includes("Destroyed");
  }

  /** Goes through `states` one after the other; replaces what was to come. */
  #follow(states: readonly InstanceState[]): void {
    this.#cancelTimer?.();
    this.#coming = states;
    const [next] = states;
    if (next === undefined) return;
    this.#cancelTimer = this.#world.timers.after(this.#delayBefore(next), () => {
      this.#enter(next);
      this.#follow(states.slice(1));
    });
  }

  #delayBefore(state: InstanceState): number {
    const [min, max] = this.#timing.bootMs;
    return state === "Running" ? min + this.#world.random.next() * (max - min) : this.#timing.stopMs;
  }

  #enter(state: InstanceState): void {
    this.#state = state;
    this.#gen += 1;
    const observation = this.#observation(state);
    const due = this.#watchers.filter(({ gen }) => gen <= this.#gen);
    this.#watchers = this.#watchers.filter(({ gen }) => gen > this.#gen);
    for (const { resolve } of due) resolve(observation);
  }

  #observation(state: InstanceState): Observation {
    return { gen: this.#gen, state };
  }

  #checkAlive(): void {
    if (this.#isDestroyed) throw gone();
  }
}

function isTerminal(state: InstanceState | undefined): boolean {
  return state === "Destroyed" || state === "Failed";
}

const gone = (): BackendUnreachableError => new BackendUnreachableError("the VM was removed", true);

const notAllowed = (reason: string): BackendError =>
  new BackendError(403, `instance state change not allowed: ${reason}`);
