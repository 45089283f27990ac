/** What a saga's events add up to. Pure: the executor, recovery and the views all read the same sum. */
import type { NodeEvent, NodeShape, NodeState, SagaErrorInfo, SagaState } from "./types.ts";

export class Progress {
  readonly #states: Map<string, NodeState>;
  readonly #outputs = new Map<string, string | null>();
  /** In the order the nodes succeeded; undone ones leave it. */
  #completed: string[] = [];
  #failure: SagaErrorInfo | undefined;
  #events = 0;

  constructor(nodes: readonly NodeShape[], events: readonly NodeEvent[] = []) {
    this.#states = new Map(nodes.map((node) => [node.name, "waiting"]));
    for (const event of events) this.apply(event);
  }

  get nextSequence(): number {
    return this.#events;
  }

  /** The first node failure: from then on the saga only unwinds. */
  get failure(): SagaErrorInfo | undefined {
    return this.#failure;
  }

  /** The next node to undo is the last. */
  get completed(): readonly string[] {
    return this.#completed;
  }

  get state(): SagaState {
    const states = [...this.#states.values()];
    if (states.includes("undo_failed")) return "stuck";
    if (this.#failure === undefined) return states.every((state) => state === "succeeded") ? "done" : "running";
    return states.some((state) => state === "succeeded" || state === "started") ? "unwinding" : "unwound";
  }

  node(name: string): NodeState {
    const state = this.#states.get(name);
    if (state === undefined) throw new Error(`the saga has no node ${name}`);
    return state;
  }

  /** What a node that succeeded gave: a fresh copy each time. */
  output(name: string): unknown {
    const json = this.#outputs.get(name);
    if (json === undefined) throw new Error(`${name} has not succeeded, so it has no output`);
    return json === null ? undefined : JSON.parse(json);
  }

  apply(event: NodeEvent): void {
    this.#events = event.sequence + 1;
    const state: NodeState = event.kind;
    this.#states.set(event.node, state);
    if (event.kind === "succeeded") {
      this.#outputs.set(event.node, event.output);
      this.#completed.push(event.node);
    } else if (event.kind === "undone") {
      this.#completed = this.#completed.filter((name) => name !== event.node);
    } else if (event.kind === "failed") {
      this.#failure ??= event.error ?? undefined;
    }
  }

  /** The state as it will be once `event` is recorded. */
  stateAfter(event: NodeEvent): SagaState {
    const next = new Progress([]);
    for (const [name, state] of this.#states) next.#states.set(name, state);
    next.#failure = this.#failure;
    next.apply(event);
    return next.state;
  }
}
