/** Starts sagas, takes up those a dead process left, and tells how each is doing. One per process. */
import type { World } from "@racklet/world";
import type { SagaDefinition, SagaGraph } from "./define.ts";
import { SagaRefusedError } from "./errors.ts";
import type { SagaListOptions, SagaLog } from "./log.ts";
import { Progress } from "./progress.ts";
import { SagaRun, type UndoPolicy } from "./run.ts";
import { UNFINISHED_STATES, type NodeShape, type SagaRecord, type SagaView } from "./types.ts";

export interface SagaExecutorOptions<Services> {
  readonly world: World;
  readonly log: SagaLog;
  /** Every saga of the program, so that recovery can find them by name. */
  readonly sagas: readonly SagaDefinition<never, Services, unknown>[];
  readonly services: Services;
  /** Stays the same when the process restarts, and differs between processes that share a log. */
  readonly owner: string;
  /** Nodes at once within a saga; default 8. */
  readonly concurrency?: number;
  /** Sagas at once; `start` refuses more. Default 1,000. */
  readonly maxRunning?: number;
  /** Default 8 tries from 50 ms up to 5 s apart. */
  readonly undo?: UndoPolicy;
  /** Finished sagas kept; default 7 days and 10,000. */
  readonly retention?: { readonly maxAgeMs: number; readonly maxCount: number };
}

export interface StartedSaga<Result> {
  readonly id: string;
  /** Need not be awaited: a rejection nobody looks at is in the log and in the saga's record. */
  readonly result: Promise<Result>;
}

const DEFAULT_UNDO: UndoPolicy = { attempts: 8, baseMs: 50, maxMs: 5_000 };
const DEFAULT_RETENTION = { maxAgeMs: 7 * 24 * 3_600_000, maxCount: 10_000 };
const PRUNE_EVERY = 64;
const PAGE = 100;
/** How long aborted nodes may take to notice. */
const ABORT_GRACE_MS = 1_000;

export class SagaExecutor<Services> {
  readonly #options: SagaExecutorOptions<Services>;
  readonly #sagas: ReadonlyMap<string, SagaDefinition<never, Services, unknown>>;
  readonly #running = new Map<string, Promise<unknown>>();
  readonly #drain = new AbortController();
  readonly #halt = new AbortController();
  #finished = 0;

  constructor(options: SagaExecutorOptions<Services>) {
    this.#options = options;
    this.#sagas = new Map(options.sagas.map((saga) => [saga.name, saga]));
    if (this.#sagas.size !== options.sagas.length) throw new Error("two sagas have the same name");
  }

  /** Resolves once the saga is recorded, before any node has run. `params` must survive JSON. Throws SagaRefusedError. */
  async start<Params, Result>(
    saga: SagaDefinition<Params, Services, Result>,
    params: Params,
  ): Promise<StartedSaga<Result>> {
    const { world, log, owner, maxRunning = 1_000 } = this.#options;
    if (!this.#sagas.has(saga.name)) throw new Error(`${saga.name} is not among the executor's sagas`);
    if (this.#drain.signal.aborted) throw new SagaRefusedError("the service is stopping");
    if (this.#running.size >= maxRunning) throw new SagaRefusedError(`${maxRunning} sagas are running already`);
    const json = JSON.stringify(params);
    // Built from what recovery will read, so that both build the same graph.
    const stored = JSON.parse(json) as Params;
    const graph = saga.build(stored);
    const nodes = shape(graph);
    const progress = new Progress(nodes);
    const at = this.#now();
    const record: SagaRecord = {
      id: world.ids.uuid(),
      name: saga.name,
      params: json,
      nodes,
      state: progress.state,
      owner,
      generation: 1,
      error: null,
      createdAt: at,
      updatedAt: at,
    };
    await log.create(record);
    return this.#launch<Params, Result>(record, stored, graph, progress);
  }

  /**
   * Takes up unfinished sagas this executor is not running: its own of before a restart ("mine"), those of named dead
   * owners, or everybody's ("all": only when no other owner can be alive). At most as many as may run at once; call it again later.
   * A saga the program does not know, or whose graph it would build differently, becomes stuck.
   */
  async recover({ adopt }: { adopt: "mine" | "all" | readonly string[] }): Promise<StartedSaga<unknown>[]> {
    const { log, owner, maxRunning = 1_000 } = this.#options;
    const owners = adopt === "all" ? {} : { owners: adopt === "mine" ? [owner] : adopt };
    const started: StartedSaga<unknown>[] = [];
    let after: { createdAt: string; id: string } | undefined;
    for (;;) {
      const page = await log.list({ states: UNFINISHED_STATES, ...owners, limit: PAGE, ...(after && { after }) });
      for (const record of page) {
        if (this.#drain.signal.aborted || this.#running.size >= maxRunning) return started;
        if (this.#running.has(record.id)) continue;
        const saga = await this.#adopt(record);
        if (saga) started.push(saga);
      }
      after = page.at(-1);
      if (page.length < PAGE) return started;
    }
  }

  /** Takes a stuck saga up again where it is. Throws when it is not stuck (any more) or still cannot be continued. */
  async retryStuck(id: string): Promise<StartedSaga<unknown>> {
    const record = await this.#options.log.find(id);
    if (record?.state !== "stuck") throw new Error(`saga ${id} is ${record ? record.state : "unknown"}, not stuck`);
    const saga = await this.#adopt(record);
    if (!saga) throw new Error(`saga ${id} cannot be continued: see its error`);
    return saga;
  }

  async find(id: string): Promise<SagaView | undefined> {
    const record = await this.#options.log.find(id);
    if (!record) return undefined;
    const progress = new Progress(record.nodes, await this.#options.log.events(id));
    const nodes = record.nodes.map((node) => ({ ...node, state: progress.node(node.name) }));
    return { ...record, params: JSON.parse(record.params), nodes };
  }

  /** Newest first, without the states of the nodes. */
  list(options: SagaListOptions): Promise<SagaRecord[]> {
    return this.#options.log.list(options);
  }

  /** Sagas running in this process. */
  get running(): number {
    return this.#running.size;
  }

  /** Forgets finished sagas beyond the retention; also done now and then by itself. Says how many. */
  async prune(): Promise<number> {
    const { maxAgeMs, maxCount } = this.#options.retention ?? DEFAULT_RETENTION;
    const before = new Date(this.#options.world.clock.now() - maxAgeMs).toISOString();
    return this.#options.log.prune({ before, keep: maxCount });
  }

  /** Starts no further node, waits for the running ones, and aborts them at the deadline. Unfinished sagas stay for `recover`. */
  async stop({ deadlineMs }: { deadlineMs: number }): Promise<void> {
    this.#drain.abort();
    const settled = Promise.allSettled(this.#running.values()).then(() => true);
    if (await this.#within(settled, deadlineMs)) return;
    this.#halt.abort(new DOMException("the service is stopping", "AbortError"));
    if (await this.#within(settled, ABORT_GRACE_MS)) return;
    this.#options.world.log.warn({ sagas: [...this.#running.keys()] }, "stopped while saga nodes were still running");
  }

  async #within(settled: Promise<boolean>, ms: number): Promise<boolean> {
    const late = Promise.withResolvers<boolean>();
    const cancel = this.#options.world.timers.after(ms, () => late.resolve(false));
    const inTime = await Promise.race([settled, late.promise]);
    cancel();
    return inTime;
  }

  async #adopt(seen: SagaRecord): Promise<StartedSaga<unknown> | undefined> {
    const { log, owner } = this.#options;
    const earlier = new Progress(seen.nodes, await log.events(seen.id));
    const state = earlier.failure === undefined ? "running" : "unwinding";
    if (!(await log.adopt(seen, { owner, state, at: this.#now() }))) return undefined;
    const record = { ...seen, owner, state, generation: seen.generation + 1 } as const;
    // Read again: until the adoption the previous owner may have gone on.
    const progress = new Progress(record.nodes, await log.events(record.id));
    try {
      const saga = this.#sagas.get(record.name);
      if (!saga) throw new Error(`this program has no saga ${record.name}`);
      // The parameters are those the definition of this name was started with.
      const params = JSON.parse(record.params) as never;
      const graph = saga.build(params);
      const nodes = JSON.stringify(shape(graph));
      if (nodes !== JSON.stringify(record.nodes)) throw new Error("this program builds the saga with other nodes");
      return this.#launch<never, unknown>(record, params, graph, progress);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#options.world.log.error({ saga: record.id, name: record.name, err: error }, "saga cannot be continued");
      const info = { node: null, name: "SagaRecoveryError", message, code: null, status: null };
      await log.append(record.id, record.generation, { state: "stuck", error: info, at: this.#now() });
      return undefined;
    }
  }

  #launch<Params, Result>(
    record: SagaRecord,
    params: Params,
    graph: SagaGraph<Params, Services>,
    progress: Progress,
  ): StartedSaga<Result> {
    const { id, name, generation } = record;
    const { world, log, services, concurrency = 8, undo = DEFAULT_UNDO } = this.#options;
    const options = { world, log, services, concurrency, undo, drain: this.#drain.signal, halt: this.#halt.signal };
    const run = new SagaRun({ id, name, generation, params }, graph, progress, options).run();
    const tracked = run.finally(() => this.#ended(id));
    this.#running.set(id, tracked);
    tracked.catch((error: unknown) => world.log.info({ saga: id, name, err: error }, "saga did not succeed"));
    // The graph's result node was named by the same definition that fixed Result.
    return { id, result: tracked as Promise<Result> };
  }

  #ended(id: string): void {
    this.#running.delete(id);
    if (++this.#finished % PRUNE_EVERY !== 0) return;
    this.prune().catch((error: unknown) =>
      this.#options.world.log.warn({ err: error }, "finished sagas were not pruned"),
    );
  }

  #now(): string {
    return new Date(this.#options.world.clock.now()).toISOString();
  }
}

function shape(graph: SagaGraph<never, never>): NodeShape[] {
  return graph.nodes.map(({ name, after }) => ({ name, after }));
}
