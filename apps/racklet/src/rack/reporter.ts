/** What people see on standard error while a rack starts and runs: progress, deaths and returns. Standard output is for results. */
import type { Io } from "../cli/io.ts";
import type { Phase } from "../supervisor/machine.ts";
import type { ServiceStatus } from "../supervisor/supervisor.ts";
import { describeExit } from "../text/exit.ts";

const ERASE_LINE = "\r\u001b[2K";

export class Reporter {
  readonly #io: Pick<Io, "err" | "errStyle" | "isLive">;
  readonly #total: number;
  readonly #isQuiet: boolean;
  readonly #up = new Set<string>();
  readonly #steps: string[] = [];
  #isStarting = true;
  #isStopping = false;

  /** Quiet: only what goes wrong. */
  constructor(io: Pick<Io, "err" | "errStyle" | "isLive">, services: number, isQuiet: boolean) {
    this.#io = io;
    this.#total = services;
    this.#isQuiet = isQuiet;
  }

  changed(service: ServiceStatus, previous: Phase): void {
    if (service.phase === "running") this.#up.add(service.name);
    if (this.#isStopping) return;
    if (this.#isStarting) this.#progress();
    const text = this.#sentence(service, previous);
    if (text !== undefined) this.#line(text);
  }

  step(name: string): void {
    this.#steps.push(name);
    this.#progress();
  }

  ready(): void {
    this.#clear();
    this.#isStarting = false;
  }

  stopping(): void {
    this.#isStopping = true;
    this.#clear();
    if (!this.#isQuiet) this.#io.err(`${this.#io.isLive ? "\n" : ""}stopping the rack (once more to kill it)\n`);
  }

  /** The reason follows as an error; what the stop does to the services adds nothing. */
  failed(): void {
    this.#isStopping = true;
    this.#clear();
  }

  stopped(): void {
    if (!this.#isQuiet) this.#io.err("stopped\n");
  }

  #sentence(service: ServiceStatus, previous: Phase): string | undefined {
    const { good, bad, warn } = this.#io.errStyle;
    const { name, phase, restarts, lastExit } = service;
    // A death while starting ends the start, and is told then.
    if (phase === "waiting" && lastExit !== undefined && !this.#isStarting)
      return `${bad("✗")} ${name} ${describeExit(lastExit)}; restarting it`;
    if (previous === "stopping" && phase === "stopped") return `${warn("■")} ${name} is stopped`;
    if (phase === "paused") return `${warn("‖")} ${name} is paused`;
    if (previous === "paused" && phase === "running") return `${good("▶")} ${name} goes on`;
    if (phase === "running" && (restarts > 0 || !this.#isStarting)) return `${good("✓")} ${name} is back`;
    return undefined;
  }

  #progress(): void {
    if (!this.#io.isLive || this.#isQuiet || !this.#isStarting) return;
    const { dim, good } = this.#io.errStyle;
    const steps = this.#steps.map((step) => `${good("✓")} ${step}`).join("  ");
    this.#io.err(`${ERASE_LINE}${dim(`starting: ${this.#up.size} of ${this.#total} services`)}  ${steps}`);
  }

  #line(text: string): void {
    this.#clear();
    this.#io.err(`${text}\n`);
    if (this.#isStarting) this.#progress();
  }

  #clear(): void {
    if (this.#io.isLive && !this.#isQuiet && this.#isStarting) this.#io.err(ERASE_LINE);
  }
}
