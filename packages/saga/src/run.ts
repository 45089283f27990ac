/**
 * Runs one saga in this process, from wherever its record says it is. Each event is recorded before anything that
 * depends on it begins, so whatever is lost with the process is at most the record of effects that `do` and `undo` find again.
 */
import { backoffMs, Mutex, type World } from "@racklet/world";
import type { NodeContext, NodeRef, SagaGraph, SagaNode } from "./define.ts";
import { errorInfo, SagaInterruptedError, SagaNodeError, SagaStuckError } from "./errors.ts";
import type { SagaLog } from "./log.ts";
import type { Progress } from "./progress.ts";
import type { NodeEvent, NodeEventKind } from "./types.ts";

export interface UndoPolicy {
  /** Tries before the saga is stuck. */
  readonly attempts: number;
  readonly baseMs: number;
  readonly maxMs: number;
}

export interface RunOptions<Services> {
  readonly world: World;
  readonly log: SagaLog;
  readonly services: Services;
  /** Nodes of this saga at once. */
  readonly concurrency: number;
  readonly undo: UndoPolicy;
  /** No node or undo begins any more once it aborts; those that run may finish. */
  readonly drain: AbortSignal;
  /** Nothing may be waited for any more. */
  readonly halt: AbortSignal;
}

export interface RunningSaga<Params> {
  readonly id: string;
  readonly name: string;
  readonly generation: number;
  readonly params: Params;
}

const RECORD_RETRY = { baseMs: 50, maxMs: 5_000 } as const;

export class SagaRun<Params, Services> {
  readonly #saga: RunningSaga<Params>;
  readonly #graph: SagaGraph<Params, Services>;
  readonly #progress: Progress;
  readonly #options: RunOptions<Services>;
  readonly #records = new Mutex();
  readonly #abort = new AbortController();
  readonly #running = new Map<string, Promise<void>>();
  /** The failing node's own error, while this process is the one that saw it. */
  #cause: unknown;

  constructor(
    saga: RunningSaga<Params>,
    graph: SagaGraph<Params, Services>,
    progress: Progress,
    options: RunOptions<Services>,
  ) {
    this.#saga = saga;
    this.#graph = graph;
    this.#progress = progress;
    this.#options = options;
  }

  /** Resolves with the saga's result; rejects with the failing node's error once all is undone, or as errors.ts says. */
  async run(): Promise<unknown> {
    const { halt } = this.#options;
    const onHalt = () => this.#abort.abort(halt.reason);
    if (halt.aborted) onHalt();
    else halt.addEventListener("abort", onHalt, { once: true });
    try {
      await this.#forward();
      if (this.#progress.state === "running") throw this.#interrupted("the executor is stopping");
      if (this.#progress.failure !== undefined) await this.#unwind();
      return this.#graph.result === undefined ? undefined : this.#progress.output(this.#graph.result);
    } finally {
      halt.removeEventListener("abort", onHalt);
    }
  }

  async #forward(): Promise<void> {
    const running = this.#running;
    for (;;) {
      for (const node of this.#runnable()) {
        if (running.size >= this.#options.concurrency) break;
        if (running.has(node.name)) continue;
        const done = this.#do(node).finally(() => running.delete(node.name));
        running.set(node.name, done);
      }
      if (running.size === 0) return;
      try {
        await Promise.race(running.values());
      } catch (error) {
        this.#abort.abort(error);
        await Promise.allSettled(running.values());
        throw error;
      }
    }
  }

  /**
   * Ready nodes, and those a crash left started: even in a saga that failed, these run to an end, since only then is it
   * known whether there is something to undo.
   */
  #runnable(): SagaNode<Params, Services>[] {
    if (this.#options.drain.aborted) return [];
    const failed = this.#progress.failure !== undefined;
    return this.#graph.nodes.filter((node) => {
      const state = this.#progress.node(node.name);
      if (state === "started") return true;
      return !failed && state === "waiting" && node.after.every((name) => this.#progress.node(name) === "succeeded");
    });
  }

  async #do(node: SagaNode<Params, Services>): Promise<void> {
    if (this.#progress.node(node.name) !== "started") await this.#record(node.name, "started");
    let output: string | null;
    try {
      const value = await node.do(this.#context(node.name));
      output = value === undefined ? null : JSON.stringify(value);
    } catch (error) {
      if (this.#abort.signal.aborted) throw this.#interrupted(`${node.name} was aborted`);
      const info = errorInfo(node.name, error);
      this.#options.world.log.info({ saga: this.#saga.id, name: this.#saga.name, error: info }, "saga node failed");
      if (this.#progress.failure === undefined) this.#cause ??= error;
      await this.#record(node.name, "failed", { error: info });
      return;
    }
    await this.#record(node.name, "succeeded", { output }, this.#nextAfter(node));
  }

  /**
   * The node that begins when `node` has succeeded, where that is only one and nothing else runs: its start is recorded with that
   * success, in a chain half of all writes. Lost in between, it is a node that a crash left started.
   */
  #nextAfter(node: SagaNode<Params, Services>): string | undefined {
    if (this.#options.drain.aborted || this.#running.size > 1 || this.#progress.failure !== undefined) return undefined;
    const isDone = (name: string) => name === node.name || this.#progress.node(name) === "succeeded";
    const ready = this.#graph.nodes.filter(
      ({ name, after }) => this.#progress.node(name) === "waiting" && after.every(isDone),
    );
    return ready.length === 1 ? ready[0]?.name : undefined;
  }

  async #unwind(): Promise<never> {
    for (let name = this.#progress.completed.at(-1); name !== undefined; name = this.#progress.completed.at(-1)) {
      const node = this.#graph.nodes.find((candidate) => candidate.name === name);
      if (node) await this.#undo(node);
    }
    if (this.#progress.state !== "unwound") throw this.#interrupted("the executor is stopping");
    throw this.#failure();
  }

  async #undo(node: SagaNode<Params, Services>): Promise<void> {
    const { undo: policy, drain, world } = this.#options;
    for (let attempt = 0; ; attempt++) {
      if (drain.aborted) throw this.#interrupted("the executor is stopping");
      try {
        await node.undo?.(this.#context(node.name), this.#progress.output(node.name));
        break;
      } catch (error) {
        if (this.#abort.signal.aborted) throw this.#interrupted(`the undo of ${node.name} was aborted`);
        const info = errorInfo(node.name, error);
        world.log.warn({ saga: this.#saga.id, name: this.#saga.name, attempt, error: info }, "saga undo failed");
        if (attempt + 1 >= policy.attempts) {
          await this.#record(node.name, "undo_failed", { error: info });
          throw new SagaStuckError(this.#saga.id, info, this.#failure());
        }
        await this.#pause(backoffMs(world.random, attempt, policy));
      }
    }
    await this.#record(node.name, "undone");
  }

  #context(node: string): NodeContext<Params, Services> {
    return {
      sagaId: this.#saga.id,
      node,
      params: this.#saga.params,
      services: this.#options.services,
      world: this.#options.world,
      signal: this.#abort.signal,
      // What the node named by the reference gave: the reference's type is that node's.
      output: <Output>(ref: NodeRef<Output>) => this.#progress.output(ref.node) as Output,
    };
  }

  /** One at a time, so that the order of the records is the order of events. */
  #record(
    node: string,
    kind: NodeEventKind,
    extra: Partial<Pick<NodeEvent, "output" | "error">> = {},
    starting?: string,
  ): Promise<void> {
    return this.#records.run(async () => {
      const at = new Date(this.#options.world.clock.now()).toISOString();
      const sequence = this.#progress.nextSequence;
      const event: NodeEvent = { sequence, node, kind, at, output: null, error: null, ...extra };
      const next: NodeEvent | undefined =
        starting === undefined
          ? undefined
          : { sequence: sequence + 1, node: starting, kind: "started", at, output: null, error: null };
      await this.#append(event, next);
      this.#progress.apply(event);
      if (next !== undefined) this.#progress.apply(next);
    });
  }

  /** A log that cannot be written is tried again until it can, or until the executor gives up: going on would not be safe. */
  async #append(event: NodeEvent, next: NodeEvent | undefined): Promise<void> {
    const { log, world } = this.#options;
    const state = this.#progress.stateAfter(event);
    // The saga's error is why it unwinds, or, while it is stuck, what keeps it from doing so.
    const error = state === "stuck" ? event.error : (this.#progress.failure ?? event.error);
    for (let attempt = 0; ; attempt++) {
      try {
        const change = { event, next, state, at: event.at, ...(error && { error }) };
        if (await log.append(this.#saga.id, this.#saga.generation, change)) return;
      } catch (error) {
        if (this.#abort.signal.aborted) throw this.#interrupted("the saga log cannot be written");
        world.log.error({ saga: this.#saga.id, attempt, err: error }, "the saga log cannot be written");
        await this.#pause(backoffMs(world.random, attempt, RECORD_RETRY));
        continue;
      }
      throw this.#interrupted("another executor adopted it");
    }
  }

  async #pause(ms: number): Promise<void> {
    try {
      await this.#options.world.timers.sleep(ms, this.#abort.signal);
    } catch {
      throw this.#interrupted("the executor is stopping");
    }
  }

  #failure(): unknown {
    const { failure } = this.#progress;
    if (this.#cause !== undefined || failure === undefined) return this.#cause;
    return new SagaNodeError(failure);
  }

  #interrupted(why: string): SagaInterruptedError {
    return new SagaInterruptedError(this.#saga.id, why);
  }
}
