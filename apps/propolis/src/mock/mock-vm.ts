/**
 * The VM of upstream's mock server, with its habits: states wait in a queue, one per generation, and only somebody who
 * asks for a generation makes it the current one. Control-plane tests use it to go through states one at a time.
 */
import type { InstanceProperties, InstanceState, InstanceStateRequested } from "@racklet/api-types/propolis/latest";
import { SerialConsole } from "../serial/console.ts";
import { mockConsoleText } from "./console-text.ts";

/** What upstream's mock server refuses; all of it is a bare 500. */
export class MockError extends Error {
  override readonly name = "MockError";
}

export type MockMode = "Run" | "SingleStep";

interface Watcher {
  readonly gen: number;
  readonly resolve: (state: InstanceState) => void;
  readonly reject: (reason: unknown) => void;
}

export const MAX_MOCK_WATCHERS = 64;

export class MockVm {
  readonly console = new SerialConsole();
  #properties: InstanceProperties | undefined;
  /** By generation, from 0. */
  readonly #states: InstanceState[] = ["Creating"];
  #current = 0;
  #mode: MockMode = "Run";
  /** In mode SingleStep, the last generation that is given out. */
  #step = 0;
  #watchers: Watcher[] = [];

  /** Throws MockError when there is a VM with other properties. */
  ensure(properties: InstanceProperties): void {
    if (this.#properties === undefined) {
      this.#properties = properties;
      this.console.write(mockConsoleText(properties.name));
    } else if (JSON.stringify(this.#properties) !== JSON.stringify(properties)) {
      throw new MockError("instance already exists with other properties");
    }
  }

  /** Undefined before it was created. */
  get properties(): InstanceProperties | undefined {
    return this.#properties;
  }

  get state(): InstanceState {
    return this.#states[this.#current] ?? "Creating";
  }

  /** Throws MockError for a VM that has ended, and for a reboot of one that does not run. */
  request(requested: InstanceStateRequested): void {
    const { state } = this;
    if (state === "Stopped" || state === "Destroyed" || state === "Failed") throw new MockError(`instance is ${state}`);
    if (requested === "Run") {
      if (state !== "Running" && state !== "Rebooting") this.#queue("Running");
    } else if (requested === "Stop") {
      if (state !== "Stopping") this.#queue("Stopping", "Stopped");
    } else if (state === "Running") this.#queue("Rebooting", "Running");
    else throw new MockError(`cannot reboot an instance that is ${state}`);
  }

  /** The state of that very generation, which becomes the current one. Waits for it to be queued, and stepped to. */
  monitor(gen: number): Promise<InstanceState> {
    if (this.#watchers.length >= MAX_MOCK_WATCHERS) {
      this.#watchers.shift()?.reject(new MockError(`more than ${MAX_MOCK_WATCHERS} wait for a state`));
    }
    return new Promise((resolve, reject) => {
      this.#watchers.push({ gen, resolve, reject });
      this.#release();
    });
  }

  get mode(): MockMode {
    return this.#mode;
  }

  set mode(mode: MockMode) {
    if (mode === "SingleStep" && this.#mode === "Run") this.#step = this.#current;
    this.#mode = mode;
    this.#release();
  }

  /** Gives out one more generation. False in mode Run, where there is nothing to step. */
  step(): boolean {
    if (this.#mode === "Run") return false;
    this.#step += 1;
    this.#release();
    return true;
  }

  close(): void {
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const { reject } of watchers) reject(new MockError("the server is closing"));
    this.console.close("VM stopped");
  }

  #queue(...states: InstanceState[]): void {
    this.#states.push(...states);
    this.#release();
  }

  #release(): void {
    const limit = this.#mode === "Run" ? Number.POSITIVE_INFINITY : this.#step;
    const isDue = ({ gen }: Watcher): boolean => gen < this.#states.length && gen <= limit;
    const due = this.#watchers.filter(isDue);
    this.#watchers = this.#watchers.filter((watcher) => !isDue(watcher));
    for (const { gen, resolve } of due) {
      this.#current = Math.max(this.#current, gen);
      resolve(this.#states[gen] ?? this.state);
    }
    if (this.state === "Stopped") this.console.close("VM stopped");
  }
}
