/** What happened on the simulated network, in order: equal seeds give equal traces, so a trace proves a replay. */
export interface TraceEntry {
  readonly atMs: number;
  readonly request: number;
  readonly event:
    | "send"
    | "deliver"
    | "deliver again"
    | "answer"
    | "refused"
    | "request lost"
    | "response lost"
    | "reset"
    | "aborted"
    | "handler failed";
  readonly from: string;
  readonly to: string;
  /** `GET /path?query`. */
  readonly what: string;
  readonly status?: number;
}

/** Keeps the newest `limit` entries; older ones are counted, not kept. */
export class Trace {
  readonly #limit: number;
  #entries: TraceEntry[] = [];
  #dropped = 0;

  constructor(limit = 100_000) {
    this.#limit = limit;
  }

  add(entry: TraceEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length < 2 * this.#limit) return;
    this.#dropped += this.#entries.length - this.#limit;
    this.#entries = this.#entries.slice(-this.#limit);
  }

  entries(): readonly TraceEntry[] {
    return this.#entries;
  }

  /** One line per entry, for a failing test to print. */
  format(): string {
    const lines = this.#entries.map(
      ({ atMs, request, event, from, to, what, status }) =>
        `${atMs.toFixed(3).padStart(12)} #${request} ${from} -> ${to} ${event}: ${what}${status === undefined ? "" : ` ${status}`}`,
    );
    return (this.#dropped > 0 ? [`(${this.#dropped} older entries dropped)`, ...lines] : lines).join("\n");
  }
}
