/**
 * What every saga must withstand, in one call: each node run twice, an error at each node, each undo run twice or failing
 * once, and a crash before and after each record, going forward and unwinding.
 */
import { isDeepStrictEqual, inspect } from "node:util";
import type { World } from "@racklet/world";
import type { SagaDefinition } from "../define.ts";
import { SagaExecutor } from "../executor.ts";
import type { SagaLog } from "../log.ts";
import { SagaNodeError } from "../errors.ts";
import { memorySagaLog } from "../memory-log.ts";
import { Progress } from "../progress.ts";
import { crashingLog, failAt, failUndoOnce, InjectedError, repeatDo, repeatUndo, type CrashPoint } from "./inject.ts";

/** A fresh place for one run of the saga. */
export interface SagaFixture<Params, Services, Result> {
  readonly params: Params;
  readonly services: Services;
  readonly world: World;
  /** Default: in memory. */
  readonly log?: SagaLog;
  /** All the saga may touch, in a form that deep equality compares: after an unwinding it must be as at the start. */
  snapshot(): Promise<unknown>;
  /** Throws when the saga's work is not there exactly once. */
  checkDone(result: Result): Promise<void>;
  dispose?(): Promise<void>;
}

export interface SagaCheck<Params, Services, Result> {
  readonly saga: SagaDefinition<Params, Services, Result>;
  setup(): Promise<SagaFixture<Params, Services, Result>>;
}

/** Enough for an injected failure, and no waiting. */
const UNDO = { attempts: 3, baseMs: 1, maxMs: 1 };

type Outcome<Result> = { result: Result } | { error: unknown };
interface Run {
  readonly writes: readonly string[];
}

/** Throws an error that names the disturbance the saga did not withstand. Answers with the names of those it did. */
export async function checkSaga<P, S, R>(check: SagaCheck<P, S, R>): Promise<string[]> {
  const { saga } = check;
  const passed: string[] = [];
  const one = async (
    what: string,
    disturbed: SagaDefinition<P, S, R>,
    expected: "done" | "unwound",
    point?: CrashPoint,
  ) => {
    try {
      const run = await runOnce(check, disturbed, expected, point);
      passed.push(what);
      return run;
    } catch (error) {
      throw new Error(`${saga.name}, ${what}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  };
  const crashes = async (
    what: string,
    disturbed: SagaDefinition<P, S, R>,
    expected: "done" | "unwound",
    run: Run,
    from: number,
  ) => {
    for (const [record, write] of run.writes.entries()) {
      if (record < from) continue;
      for (const when of ["before", "after"] as const) {
        await one(`${what}crash ${when} record ${record} (${write})`, disturbed, expected, { record, when });
      }
    }
  };

  const undisturbed = await one("undisturbed", saga, "done");
  await one("each node run twice", repeatDo(saga), "done");
  await crashes("", saga, "done", undisturbed, 0);
  const names = undisturbed.writes.flatMap((write) => /^succeeded (.+)$/.exec(write)?.[1] ?? []);
  for (const name of names) {
    const failing = failAt(saga, name);
    const unwound = await one(`error at ${name}`, failing, "unwound");
    await one(`error at ${name}, each undo run twice`, repeatUndo(failing), "unwound");
    await one(`error at ${name}, each undo failing once`, failUndoOnce(failing), "unwound");
    const failure = unwound.writes.indexOf(`failed ${name}`);
    if (name === names.at(-1)) await crashes(`error at ${name}, `, failing, "unwound", unwound, failure);
  }
  return passed;
}

async function runOnce<P, S, R>(
  check: SagaCheck<P, S, R>,
  saga: SagaDefinition<P, S, R>,
  expected: "done" | "unwound",
  point?: CrashPoint,
): Promise<Run> {
  const fixture = await check.setup();
  try {
    const before = await fixture.snapshot();
    const log = fixture.log ?? memorySagaLog();
    const { outcome, writes } = await execute(fixture, saga, log, point);
    if (outcome === undefined) {
      // The crash came before the saga was recorded: it never was.
      await expectSame(before, fixture);
      return { writes };
    }
    if (expected === "done") {
      if ("error" in outcome) throw outcome.error;
      await fixture.checkDone(outcome.result);
    } else {
      if (!("error" in outcome)) throw new Error("the saga succeeded in spite of the injected error");
      if (!isInjected(outcome.error)) throw outcome.error;
      await expectSame(before, fixture);
    }
    return { writes };
  } finally {
    await fixture.dispose?.();
  }
}

/** Runs the saga, across a crash and recovery when there is a point. One node at a time then: nothing of the dead goes on. */
async function execute<P, S, R>(
  fixture: SagaFixture<P, S, R>,
  saga: SagaDefinition<P, S, R>,
  log: SagaLog,
  point: CrashPoint | undefined,
): Promise<{ outcome: Outcome<R> | undefined; writes: readonly string[] }> {
  const { world, services, params } = fixture;
  const crash = crashingLog(log, point);
  // A fixed order of nodes makes the numbers of the records the same in every run.
  const base = { world, services, sagas: [saga], owner: "check", concurrency: 1, undo: UNDO };
  const first = new SagaExecutor({ ...base, log: crash.log });
  const running = settle(first.start(saga, params).then((started) => started.result));
  const outcome = await Promise.race([running, crash.crashed]);
  if (outcome !== "crashed") {
    if (point) throw new Error(`the saga never came to record ${point.record}: it is not the same in every run`);
    return { outcome, writes: crash.writes() };
  }
  const second = new SagaExecutor({ ...base, log });
  const [recovered] = await second.recover({ adopt: "mine" });
  // Without one the crash came before the first record, or after the last: then the record has the outcome.
  const ended = recovered ? await settle(recovered.result as Promise<R>) : await recordedOutcome(saga, params, log);
  return { outcome: ended, writes: crash.writes() };
}

async function settle<R>(result: Promise<R>): Promise<Outcome<R>> {
  return result.then(
    (value) => ({ result: value }),
    (error: unknown) => ({ error }),
  );
}

/** What the record says of a saga that ended with its last record; undefined when there is no saga. */
async function recordedOutcome<P, S, R>(
  saga: SagaDefinition<P, S, R>,
  params: P,
  log: SagaLog,
): Promise<Outcome<R> | undefined> {
  const [record] = await log.list({ limit: 1 });
  if (!record) return undefined;
  const progress = new Progress(record.nodes, await log.events(record.id));
  if (progress.failure) return { error: new SagaNodeError(progress.failure) };
  if (record.state !== "done") throw new Error(`the saga was left ${record.state}`);
  const { result } = saga.build(params);
  // The node the definition names as the result gives Result.
  return { result: (result === undefined ? undefined : progress.output(result)) as R };
}

/** The original error, or what recovery read back of it. */
function isInjected(error: unknown): boolean {
  return error instanceof InjectedError || (error instanceof SagaNodeError && error.info.name === "InjectedError");
}

async function expectSame<P, S, R>(before: unknown, fixture: SagaFixture<P, S, R>): Promise<void> {
  const after = await fixture.snapshot();
  if (isDeepStrictEqual(before, after)) return;
  throw new Error(
    `something was left behind\nbefore: ${inspect(before, { depth: 8 })}\nafter: ${inspect(after, { depth: 8 })}`,
  );
}
