/** Runs the services and keeps them running: carries out what the state machine of each decides. */
import type { World } from "@racklet/world";
import { Failure } from "../failure.ts";
import { INITIAL, step, type Phase, type ServiceEvent, type ServiceState } from "./machine.ts";
import type { Exit, Launcher, Run, ServiceSpec } from "./types.ts";

export type ServiceAction = "start" | "stop" | "kill" | "pause" | "resume";

export interface ServiceStatus {
  readonly name: string;
  readonly url: string;
  readonly phase: Phase;
  readonly pid: number | undefined;
  /** Of this run; undefined while there is none. */
  readonly uptimeMs: number | undefined;
  readonly restarts: number;
  readonly lastExit: Exit | undefined;
}

export interface SupervisorOptions {
  readonly world: Pick<World, "clock" | "timers">;
  readonly launcher: Launcher;
  readonly services: readonly ServiceSpec[];
  /** How many may be starting at a time: with more than there are processors each only keeps the others waiting. */
  readonly startsAtOnce: number;
  /** After every change of a service's phase. */
  readonly onChange?: (status: ServiceStatus, previous: Phase) => void;
}

interface Service {
  readonly spec: ServiceSpec;
  state: ServiceState;
  run: Run | undefined;
  cancelTimer: () => void;
}

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #services: ReadonlyMap<string, Service>;
  readonly #watchers = new Set<() => void>();
  /** To be started once fewer are starting, in this order. */
  readonly #queue = new Set<Service>();
  #isStopping = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#services = new Map(
      options.services.map((spec) => [spec.name, { spec, state: INITIAL, run: undefined, cancelTimer: () => {} }]),
    );
  }

  /** Starts all services, in their order and `startsAtOnce` at a time; one that dies early makes room for the next. */
  start(): void {
    for (const service of this.#services.values()) this.#queue.add(service);
    this.#startNext();
  }

  /** Throws Failure when there is no such service or it cannot be done now. */
  act(action: ServiceAction, name: string): ServiceStatus {
    const service = this.#services.get(name);
    if (service === undefined) {
      throw new Failure(`there is no service "${name}": the rack has ${[...this.#services.keys()].join(", ")}`);
    }
    if (this.#isStopping) throw new Failure("the rack is stopping");
    if (action === "pause" && !this.#options.launcher.canPause) {
      throw new Failure(
        "a service inside the launcher's own process cannot be paused: start the rack without --in-process",
      );
    }
    // From now on it is somebody's own decision whether it runs.
    this.#queue.delete(service);
    const refused = this.#deliver(service, { type: action });
    if (refused !== undefined) throw new Failure(`cannot ${action} ${name}: ${refused}`);
    return this.#statusOf(service);
  }

  list(): ServiceStatus[] {
    return [...this.#services.values()].map((service) => this.#statusOf(service));
  }

  /** Resolves as soon as `condition` holds; looks again after every change. Rejects with what `condition` throws, or the signal's reason. */
  async until(condition: (services: ServiceStatus[]) => boolean, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (condition(this.list())) return;
    await new Promise<void>((resolve, reject) => {
      const done = () => {
        this.#watchers.delete(look);
        signal?.removeEventListener("abort", onAbort);
      };
      const onAbort = () => {
        done();
        reject(signal?.reason as Error);
      };
      const look = () => {
        try {
          if (!condition(this.list())) return;
          resolve();
        } catch (error) {
          reject(error as Error);
        }
        done();
      };
      this.#watchers.add(look);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** SIGTERM for all at once, SIGKILL for what is left after the grace period; resolves when none is left. */
  async stopAll(): Promise<void> {
    this.#isStopping = true;
    for (const service of this.#services.values()) this.#deliver(service, { type: "stop" });
    await this.until((services) => services.every(({ phase }) => phase === "stopped"));
  }

  /** Ends every process without asking it. For when there is no time left. */
  killAll(): void {
    this.#isStopping = true;
    for (const service of this.#services.values()) this.#deliver(service, { type: "kill" });
  }

  #deliver(service: Service, event: ServiceEvent): string | undefined {
    const result = step(service.state, event, this.#now());
    if ("refused" in result) return result.refused;
    const previous = service.state.phase;
    service.state = result.state;
    for (const effect of result.effects) {
      switch (effect.type) {
        case "launch":
          this.#launch(service);
          break;
        case "signal":
          service.run?.signal(effect.signal);
          break;
        case "set-timer":
          service.cancelTimer();
          service.cancelTimer = this.#options.world.timers.after(effect.ms, () => {
            this.#deliver(service, { type: "timer" });
          });
          break;
        case "clear-timer":
          service.cancelTimer();
          break;
      }
    }
    if (service.state.phase !== previous) {
      this.#options.onChange?.(this.#statusOf(service), previous);
      for (const look of this.#watchers) look();
      this.#startNext();
    }
    return undefined;
  }

  #startNext(): void {
    const hasRoom = () => this.list().filter(({ phase }) => phase === "starting").length < this.#options.startsAtOnce;
    for (const service of this.#queue) {
      if (this.#isStopping || !hasRoom()) return;
      this.#queue.delete(service);
      this.#deliver(service, { type: "start" });
    }
  }

  #launch(service: Service): void {
    // Events of an earlier run cannot come any more: `exited` is the last of each.
    service.run = this.#options.launcher.launch(service.spec, {
      listening: () => void this.#deliver(service, { type: "listening" }),
      exited: (exit) => {
        service.run = undefined;
        this.#deliver(service, { type: "exited", exit });
      },
    });
  }

  #statusOf({ spec, state, run }: Service): ServiceStatus {
    return {
      name: spec.name,
      url: spec.url,
      phase: state.phase,
      pid: run?.pid,
      uptimeMs: run === undefined ? undefined : this.#now() - state.startedAt,
      restarts: state.restarts,
      lastExit: state.lastExit,
    };
  }

  #now(): number {
    return this.#options.world.clock.monotonicMs();
  }
}
