/** What will happen when: a binary heap ordered by time, and by order of scheduling at the same time. */
export interface ScheduledEvent {
  readonly atMs: number;
  readonly order: number;
  /** For messages: who waits for what. */
  readonly label: string;
  readonly fire: () => void;
}

export class EventQueue {
  readonly #heap: ScheduledEvent[] = [];
  readonly #cancelled = new Set<ScheduledEvent>();
  #scheduled = 0;

  /** The number of events that will still fire. */
  get size(): number {
    return this.#heap.length - this.#cancelled.size;
  }

  /** Adds an event; the answer cancels it (and does nothing once it has fired). */
  add(atMs: number, label: string, fire: () => void): () => void {
    let pending = true;
    const event: ScheduledEvent = {
      atMs,
      order: (this.#scheduled += 1),
      label,
      fire: () => {
        pending = false;
        fire();
      },
    };
    this.#heap.push(event);
    this.#siftUp(this.#heap.length - 1);
    return () => {
      if (!pending) return;
      pending = false;
      this.#cancelled.add(event);
    };
  }

  peek(): ScheduledEvent | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || !this.#cancelled.delete(first)) return first;
      this.#removeFirst();
    }
  }

  take(): ScheduledEvent | undefined {
    const first = this.peek();
    if (first !== undefined) this.#removeFirst();
    return first;
  }

  /** The next `limit` events in order, for messages. */
  upcoming(limit: number): ScheduledEvent[] {
    return this.#heap
      .filter((event) => !this.#cancelled.has(event))
      .sort((x, y) => (before(x, y) ? -1 : 1))
      .slice(0, limit);
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#siftDown();
  }

  #siftUp(start: number): void {
    for (let at = start; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!this.#swapIfBefore(at, parent)) return;
      at = parent;
    }
  }

  #siftDown(): void {
    for (let at = 0; ;) {
      const left = 2 * at + 1;
      const right = left + 1;
      const child = this.#isBefore(right, left) ? right : left;
      if (!this.#swapIfBefore(child, at)) return;
      at = child;
    }
  }

  #isBefore(x: number, y: number): boolean {
    const first = this.#heap[x];
    const second = this.#heap[y];
    return first !== undefined && second !== undefined && before(first, second);
  }

  #swapIfBefore(lower: number, upper: number): boolean {
    const below = this.#heap[lower];
    const above = this.#heap[upper];
    if (below === undefined || above === undefined || !before(below, above)) return false;
    this.#heap[lower] = above;
    this.#heap[upper] = below;
    return true;
  }
}

function before(x: ScheduledEvent, y: ScheduledEvent): boolean {
  return x.atMs < y.atMs || (x.atMs === y.atMs && x.order < y.order);
}
