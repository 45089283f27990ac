/**
 * The one way to change a domain other than NAT: under its lock, on a ready ASIC, from a plan. A plan takes effect as a
 * whole (ASIC, then soft state in one step) or not at all. What an undo could not restore is kept, shown, and tried again
 * before the next change, which is refused while it cannot be.
 */
import type { World } from "@racklet/world";
import { asicUnavailable, rollbackFailed } from "../errors.ts";
import type { Switch } from "../switch/switch.ts";
import type { DomainLocks } from "../table/locks.ts";
import type { TableDomain } from "../table/types.ts";
import { ApplyFailure, applySteps, retryUndo } from "./apply.ts";
import type { Leftovers, Pause, PlanStep } from "./apply.ts";
import type { AsicBackend } from "./backend.ts";
import { describeDevice } from "./device.ts";
import { checkCapacity, describeKey } from "./steps.ts";

export interface WriterContext {
  readonly world: Pick<World, "clock" | "timers" | "log">;
  readonly switch: Switch;
  readonly locks: DomainLocks;
}

/** What a change may use while it holds the lock. */
export interface Writing {
  readonly asic: AsicBackend;
  readonly pause: Pause;
  /** Throws `unavailable` when the ASIC is no longer the one the change began on. */
  readonly checkPresent: () => void;
}

export interface WriterMetrics {
  /** Plans applied, by operation. */
  readonly applied: ReadonlyMap<string, number>;
  /** Failed plans that were undone. */
  readonly rollbacks: number;
  /** Failed plans of which something could not be undone. */
  readonly rollbackFailures: number;
}

const NOTHING: Leftovers<unknown> = { unresolved: [], stranded: [] };

export class DomainWriter {
  readonly domain: TableDomain;
  readonly #context: WriterContext;
  readonly #applied = new Map<string, number>();
  #rollbacks = 0;
  #rollbackFailures = 0;
  #leftovers = NOTHING;

  constructor(context: WriterContext, domain: TableDomain) {
    this.#context = context;
    this.domain = domain;
    context.switch.onForget(() => {
      this.#leftovers = NOTHING;
    });
  }

  /** Throws `unavailable` without an ASIC, and the ASIC's error while an earlier undo cannot be finished. */
  run<T>(section: (writing: Writing) => Promise<T> | T): Promise<T> {
    return this.#context.locks[this.domain].run(() => {
      const asic = this.#context.switch.requireAsic();
      const { instanceId } = this.#context.switch.status();
      const checkPresent = () => {
        if (this.#context.switch.isInstance(instanceId)) return;
        throw asicUnavailable("the ASIC went away during the change");
      };
      const pause = async () => {
        await this.#context.world.timers.yield();
        checkPresent();
      };
      this.#finishUndo(asic);
      return section({ asic, pause, checkPresent });
    });
  }

  /** `commit` changes soft state and must not throw. Throws `tableFull`, the ASIC's error, or `rollbackFailed`. */
  async apply(
    { asic, pause, checkPresent }: Writing,
    operation: string,
    steps: readonly PlanStep[],
    commit: () => void,
  ): Promise<void> {
    checkCapacity(asic, steps);
    try {
      await applySteps(asic, steps, pause);
    } catch (failure) {
      throw this.#afterFailure(failure, operation);
    }
    checkPresent();
    commit();
    this.#applied.set(operation, (this.#applied.get(operation) ?? 0) + 1);
  }

  /** `run` and `apply` in one, for a plan that needs nothing of the ASIC. */
  change<T>(operation: string, plan: () => Change<T>): Promise<T> {
    return this.run(async (writing) => {
      const { steps, commit, result } = plan();
      await this.apply(writing, operation, steps, commit);
      return result;
    });
  }

  /** What an undo could not restore, one line each; empty when ASIC and soft state agree. */
  stuck(): string[] {
    return [
      ...this.#leftovers.unresolved.map(({ table, row }) => `${table.name} ${describeKey(table, row)}`),
      ...this.#leftovers.stranded.map(describeDevice),
    ];
  }

  metrics(): WriterMetrics {
    return { applied: this.#applied, rollbacks: this.#rollbacks, rollbackFailures: this.#rollbackFailures };
  }

  #afterFailure(failure: unknown, operation: string): unknown {
    // Anything else means that the ASIC is gone, and all state with it.
    if (!(failure instanceof ApplyFailure)) return failure;
    const { error, unresolved, stranded } = failure;
    const log = { domain: this.domain, operation, error: String(failure.cause) };
    if (unresolved.length + stranded.length === 0) {
      this.#rollbacks++;
      this.#context.world.log.warn(log, "a change failed and was undone");
    } else {
      this.#rollbackFailures++;
      this.#leftovers = { unresolved, stranded };
      this.#context.world.log.error({ ...log, stuck: this.stuck() }, "a change failed and could not be undone");
    }
    return error;
  }

  #finishUndo(asic: AsicBackend): void {
    if (this.#leftovers === NOTHING) return;
    const rest = retryUndo(asic, this.#leftovers);
    if (rest.unresolved.length + rest.stranded.length === 0) {
      this.#leftovers = NOTHING;
      this.#context.world.log.info({ domain: this.domain }, "an unfinished undo was finished");
      return;
    }
    this.#leftovers = rest;
    throw rollbackFailed(new Error(`${this.domain}: an earlier undo is unfinished: ${this.stuck().join("; ")}`));
  }
}

/** A plan with what it changes in soft state. */
export interface Change<T> {
  readonly steps: readonly PlanStep[];
  readonly commit: () => void;
  readonly result: T;
}
