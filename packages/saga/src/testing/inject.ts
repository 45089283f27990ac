/** Ways to disturb a saga: each gives the same saga with its actions wrapped, or a log that dies at a given record. */
import type { SagaDefinition, SagaNode } from "../define.ts";
import type { SagaLog } from "../log.ts";

export class InjectedError extends Error {
  override readonly name = "InjectedError";
}

type Wrap<P, S> = (node: SagaNode<P, S>) => Partial<Pick<SagaNode<P, S>, "do" | "undo">>;

export function wrapNodes<P, S, R>(saga: SagaDefinition<P, S, R>, wrap: Wrap<P, S>): SagaDefinition<P, S, R> {
  return {
    name: saga.name,
    build(params) {
      const graph = saga.build(params);
      return { ...graph, nodes: graph.nodes.map((node) => ({ ...node, ...wrap(node) })) };
    },
  };
}

export function repeatDo<P, S, R>(saga: SagaDefinition<P, S, R>): SagaDefinition<P, S, R> {
  return wrapNodes(saga, (node) => ({
    async do(context) {
      await node.do(context);
      return node.do(context);
    },
  }));
}

export function repeatUndo<P, S, R>(saga: SagaDefinition<P, S, R>): SagaDefinition<P, S, R> {
  return wrapNodes(saga, ({ undo }) => ({
    undo:
      undo &&
      (async (context, output) => {
        await undo(context, output);
        await undo(context, output);
      }),
  }));
}

/** The named node fails before it does anything. */
export function failAt<P, S, R>(saga: SagaDefinition<P, S, R>, name: string): SagaDefinition<P, S, R> {
  return wrapNodes(saga, (node) =>
    node.name === name ? { do: () => Promise.reject(new InjectedError(`injected at ${name}`)) } : {},
  );
}

/** Every undo fails the first time. */
export function failUndoOnce<P, S, R>(saga: SagaDefinition<P, S, R>): SagaDefinition<P, S, R> {
  const failed = new Set<string>();
  return wrapNodes(saga, ({ name, undo }) => ({
    undo:
      undo &&
      (async (context, output) => {
        if (failed.has(name)) return undo(context, output);
        failed.add(name);
        throw new InjectedError(`injected in the undo of ${name}`);
      }),
  }));
}

export interface CrashPoint {
  /** Which write of the log, counted from 0; the saga's creation is the first. */
  readonly record: number;
  readonly when: "before" | "after";
}

/** As if the process died at that write: it and all later ones never answer. Counts the writes when there is no point. */
export function crashingLog(
  log: SagaLog,
  point?: CrashPoint,
): { log: SagaLog; crashed: Promise<"crashed">; writes: () => readonly string[] } {
  const crash = Promise.withResolvers<"crashed">();
  const writes: string[] = [];
  let dead = false;
  const die = () => {
    dead = true;
    crash.resolve("crashed");
    return new Promise<never>(() => {});
  };
  const write = async <T>(what: string, run: () => Promise<T>): Promise<T> => {
    if (dead) return die();
    const hit = point?.record === writes.length ? point.when : undefined;
    writes.push(what);
    if (hit === "before") return die();
    const answer = await run();
    return hit === "after" ? die() : answer;
  };
  return {
    crashed: crash.promise,
    writes: () => writes,
    log: {
      ...log,
      create: (saga) => write("created", () => log.create(saga)),
      append: (id, generation, change) =>
        write(change.event ? `${change.event.kind} ${change.event.node}` : `state ${change.state}`, () =>
          log.append(id, generation, change),
        ),
    },
  };
}
