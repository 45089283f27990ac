/**
 * How a saga is written: a function from its parameters to a graph of nodes, run when the saga is created and again when
 * it is recovered, so it may depend on nothing but the parameters.
 */
import type { World } from "@racklet/world";

/** Names a node and carries the type of what it gives. */
export interface NodeRef<Output> {
  readonly node: string;
  /** Only for the type checker; never set. */
  readonly output?: Output;
}

export interface NodeContext<Params, Services> {
  readonly sagaId: string;
  readonly node: string;
  readonly params: Params;
  readonly services: Services;
  readonly world: World;
  /** Aborts when the executor can wait no longer or lost the saga. What is thrown then is not a failure of the node. */
  readonly signal: AbortSignal;
  /** What a node this one comes after gave. Throws for a node that has not succeeded. */
  output<Output>(ref: NodeRef<Output>): Output;
}

export interface NodeActions<Params, Services, Output> {
  /**
   * May run more than once (after a crash between the effect and its record), so the second run must find the effect of
   * the first. When it throws it must leave no effect of its own: `undo` runs only for nodes that succeeded.
   * The output is kept as JSON.
   */
  do(context: NodeContext<Params, Services>): Promise<Output>;
  /** Takes the effect back; may run more than once and must not fail. Left out: nothing to take back. */
  undo?(context: NodeContext<Params, Services>, output: Output): Promise<void>;
}

export interface SagaNode<Params, Services> {
  readonly name: string;
  readonly after: readonly string[];
  readonly do: (context: NodeContext<Params, Services>) => Promise<unknown>;
  readonly undo: ((context: NodeContext<Params, Services>, output: unknown) => Promise<void>) | undefined;
}

export interface SagaGraph<Params, Services> {
  readonly nodes: readonly SagaNode<Params, Services>[];
  /** The node whose output is the saga's. */
  readonly result: string | undefined;
}

export interface SagaDefinition<Params, Services, Result> {
  readonly name: string;
  build(params: Params): SagaGraph<Params, Services>;
  /** Only for the type checker; never set. */
  readonly result?: Result;
}

/**
 * `build` adds nodes and may return the node whose output the saga gives. Annotate its argument and everything else is inferred:
 * `defineSaga("disk-create", (saga: SagaBuilder<Params, Services>) => { … })`.
 */
export function defineSaga<Params, Services, Result = undefined>(
  name: string,
  build: (saga: SagaBuilder<Params, Services>) => NodeRef<Result> | void,
): SagaDefinition<Params, Services, Result> {
  return {
    name,
    build(params) {
      const builder = new SagaBuilder<Params, Services>(params);
      const result = build(builder);
      return { nodes: builder.nodes, result: result?.node };
    },
  };
}

export class SagaBuilder<Params, Services> {
  readonly params: Params;
  readonly nodes: SagaNode<Params, Services>[] = [];
  /** What the next node waits for. */
  #previous: readonly string[] = [];
  /** Set within `parallel`: what its nodes gather in. */
  #siblings: string[] | undefined;

  constructor(params: Params) {
    this.params = params;
  }

  /** Adds a node. Without `after` it comes after the one declared before it (inside `parallel`: after what came before that). */
  node<Output>(
    name: string,
    spec: NodeActions<Params, Services, Output> & { after?: readonly NodeRef<unknown>[] },
  ): NodeRef<Output> {
    if (this.nodes.some((node) => node.name === name)) throw new Error(`two nodes are named ${name}`);
    const after = spec.after?.map((ref) => ref.node) ?? this.#previous;
    const unknown = after.find((earlier) => !this.nodes.some((node) => node.name === earlier));
    if (unknown !== undefined) throw new Error(`${name} comes after ${unknown}, which is not declared before it`);
    this.nodes.push({
      name,
      after,
      do: spec.do,
      // The output given to undo is the one `do` of the same node gave, restored from its record.
      undo: spec.undo as SagaNode<Params, Services>["undo"],
    });
    if (this.#siblings) this.#siblings.push(name);
    else this.#previous = [name];
    return { node: name };
  }

  /** The nodes `add` declares do not wait for each other; the next one waits for them all. */
  parallel<T>(add: () => T): T {
    if (this.#siblings) throw new Error("parallel within parallel: use `after`");
    this.#siblings = [];
    const result = add();
    if (this.#siblings.length > 0) this.#previous = this.#siblings;
    this.#siblings = undefined;
    return result;
  }
}
