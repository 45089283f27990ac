/** What a VM has been asked to do and has not done yet: changes of state before changes of components. */
import { PropolisError } from "../errors.ts";
import { decide, type QueueState, type QueueStatus, type RequestKind } from "./decide.ts";

export interface Work {
  readonly kind: RequestKind;
  /** Of a migration out or the replacement of a volume: does it. */
  readonly run?: () => Promise<void> | void;
  /** The VM ended before it was done. */
  readonly drop?: (reason: PropolisError) => void;
}

/** Component requests that wait; requests that change the state are few because most are ignored or refused. */
export const MAX_COMPONENT_REQUESTS = 64;

export class RequestQueue {
  #status: QueueStatus;
  #stateRequests: Work[] = [];
  #componentRequests: Work[] = [];
  #wake: (() => void) | undefined;
  readonly #onStop: () => void;

  /** `onStop` is called as soon as a stop is queued: what takes time may be cut short for it. */
  constructor(state: QueueState, onStop: () => void) {
    this.#status = { state, awaitsReboot: false, awaitsMigrationOut: false, awaitsStop: false };
    this.#onStop = onStop;
  }

  get status(): QueueStatus {
    return this.#status;
  }

  /** False when it was ignored. Throws `stateChangeRefused` with the reason, or `tooMany`. */
  put(work: Work): boolean {
    if (!this.check(work.kind)) return false;
    this.#add(work);
    return true;
  }

  /** What `put` would do now, with its errors, but for doing it. */
  check(kind: RequestKind): boolean {
    const decision = decide(this.#status, kind);
    if (decision === "ignore") return false;
    if (decision === "queue") return true;
    throw new PropolisError("stateChangeRefused", `instance state change not allowed: ${decision.refuse}`);
  }

  /** The guest switched itself off or began anew: as if asked for, unless something else ends it already. */
  putFromGuest(kind: "stop" | "reboot"): void {
    const { state, awaitsStop, awaitsReboot } = this.#status;
    if (isTerminal(state) || awaitsStop || (kind === "reboot" && awaitsReboot)) return;
    this.#add({ kind });
  }

  async next(): Promise<Work> {
    for (;;) {
      const work = this.#stateRequests.shift() ?? this.#componentRequests.shift();
      if (work !== undefined) return work;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  started = (): void => this.#update({ state: "running" });
  rebooted = (): void => this.#update({ awaitsReboot: false });
  migrationOutFailed = (): void => this.#update({ awaitsMigrationOut: false });

  /** Nothing is done any more: what waits is dropped. */
  end(state: "migratedOut" | "stopped" | "failed"): void {
    if (isTerminal(this.#status.state)) return;
    this.#update({ state });
    const dropped = [...this.#stateRequests, ...this.#componentRequests];
    this.#stateRequests = [];
    this.#componentRequests = [];
    const reason = new PropolisError("destroyedFirst", "VM destroyed before request could be handled");
    for (const { drop } of dropped) drop?.(reason);
  }

  #add(work: Work): void {
    if (work.kind === "replaceVolume") {
      if (this.#componentRequests.length >= MAX_COMPONENT_REQUESTS) {
        throw new PropolisError("tooMany", `${MAX_COMPONENT_REQUESTS} requests to components wait already`);
      }
      this.#componentRequests.push(work);
    } else this.#stateRequests.push(work);
    if (work.kind === "run") this.#update({ state: "startPending" });
    if (work.kind === "reboot") this.#update({ awaitsReboot: true });
    if (work.kind === "migrateOut") this.#update({ awaitsMigrationOut: true });
    if (work.kind === "stop") {
      this.#update({ awaitsStop: true });
      this.#onStop();
    }
    this.#wake?.();
  }

  #update(change: Partial<QueueStatus>): void {
    this.#status = { ...this.#status, ...change };
  }
}

function isTerminal(state: QueueState): boolean {
  return state === "migratedOut" || state === "stopped" || state === "failed";
}
