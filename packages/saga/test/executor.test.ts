import { describe, expect, it } from "vitest";
import { realWorld, type World } from "@racklet/world";
import {
  defineSaga,
  memorySagaLog,
  SagaExecutor,
  SagaInterruptedError,
  SagaNodeError,
  SagaRefusedError,
  SagaStuckError,
  type SagaBuilder,
  type SagaDefinition,
  type SagaLog,
} from "../src/index.ts";

const world = realWorld({ name: "test" });

interface Services {
  log: string[];
}
type Builder = SagaBuilder<{ size: number }, Services>;

class QuotaError extends Error {
  readonly status = 507;
  readonly code = "InsufficientCapacity";
}

function executor(
  sagas: SagaDefinition<never, Services, unknown>[],
  over: { log?: SagaLog; owner?: string; maxRunning?: number; world?: World } = {},
) {
  const services: Services = { log: [] };
  const log = over.log ?? memorySagaLog();
  const undo = { attempts: 3, baseMs: 1, maxMs: 1 };
  return { services, log, sagas: new SagaExecutor({ world, owner: "one", undo, sagas, services, ...over, log }) };
}

const disk = defineSaga("disk-create", (saga: Builder) => {
  const record = saga.node("record", {
    do: async ({ services, params }) => {
      services.log.push(`record ${params.size}`);
      return { id: "d1", blocks: params.size * 2 };
    },
    undo: async ({ services }, output) => {
      services.log.push(`forget ${output.id}`);
    },
  });
  saga.node("space", {
    do: async ({ services, params, output }) => {
      if (params.size > 10) throw new QuotaError("10 at most");
      services.log.push(`space ${output(record).blocks}`);
    },
  });
  return record;
});

describe("a saga", () => {
  it("hands outputs on and gives the result its definition names", async () => {
    const { sagas, services } = executor([disk]);
    const { result, id } = await sagas.start(disk, { size: 3 });
    const { blocks } = await result;
    expect(blocks).toBe(6);
    expect(services.log).toEqual(["record 3", "space 6"]);
    expect(await sagas.find(id)).toMatchObject({
      state: "done",
      params: { size: 3 },
      nodes: [
        { name: "record", state: "succeeded" },
        { name: "space", state: "succeeded" },
      ],
    });
  });

  it("takes back what it did and passes the failing node's own error on", async () => {
    const { sagas, services } = executor([disk]);
    const { result, id } = await sagas.start(disk, { size: 11 });
    await expect(result).rejects.toThrow(QuotaError);
    expect(services.log).toEqual(["record 11", "forget d1"]);
    expect(await sagas.find(id)).toMatchObject({
      state: "unwound",
      error: { node: "space", name: "Error", message: "10 at most", code: "InsufficientCapacity", status: 507 },
      nodes: [{ state: "undone" }, { state: "failed" }],
    });
  });

  it("is stuck, with node and error, when an undo keeps failing, and goes on when asked again", async () => {
    let broken = true;
    let tries = 0;
    const saga = defineSaga("s", (s: Builder) => {
      s.node("a", {
        do: async () => {},
        undo: async () => {
          tries++;
          if (broken) throw new Error("no route");
        },
      });
      s.node("b", { do: () => Promise.reject(new QuotaError("full")) });
    });
    const { sagas } = executor([saga]);
    const { result, id } = await sagas.start(saga, { size: 1 });
    const stuck: unknown = await result.catch((error: unknown) => error);
    expect(stuck).toBeInstanceOf(SagaStuckError);
    expect((stuck as SagaStuckError).cause).toBeInstanceOf(QuotaError);
    expect(tries).toBe(3);
    expect(await sagas.find(id)).toMatchObject({
      state: "stuck",
      error: { node: "a", message: "no route" },
      nodes: [{ name: "a", state: "undo_failed" }, { name: "b" }],
    });

    broken = false;
    const again = await sagas.retryStuck(id);
    // The process that saw the original is taken to be gone: what the log kept of it comes back.
    await expect(again.result).rejects.toMatchObject({
      info: { node: "b", code: "InsufficientCapacity", status: 507 },
    });
    expect(await sagas.find(id)).toMatchObject({ state: "unwound", error: { node: "b", message: "full" } });
    await expect(sagas.retryStuck(id)).rejects.toThrow("unwound, not stuck");
  });

  it("fails with the first error when several nodes fail", async () => {
    const second = Promise.withResolvers<void>();
    const saga = defineSaga("s", (s: Builder) => {
      s.parallel(() => {
        s.node("late", { do: () => second.promise });
        s.node("early", { do: () => Promise.reject(new QuotaError("full")) });
      });
    });
    const inner = memorySagaLog();
    const log: SagaLog = {
      ...inner,
      append: async (...args) => {
        const written = await inner.append(...args);
        if (args[2].event?.kind === "failed") second.reject(new Error("too"));
        return written;
      },
    };
    const { sagas } = executor([saga], { log });
    const { result, id } = await sagas.start(saga, { size: 1 });
    await expect(result).rejects.toThrow("full");
    expect(await sagas.find(id)).toMatchObject({
      state: "unwound",
      error: { node: "early" },
      nodes: [{ state: "failed" }, { state: "failed" }],
    });
  });

  it("runs at most as many of its nodes at once as it may", async () => {
    let now = 0;
    let most = 0;
    const wide = defineSaga("wide", (s: Builder) => {
      s.parallel(() => {
        for (let i = 0; i < 20; i++) {
          s.node(`n${i}`, {
            do: async () => {
              most = Math.max(most, ++now);
              await world.timers.yield();
              now--;
            },
          });
        }
      });
    });
    const services: Services = { log: [] };
    const sagas = new SagaExecutor({
      world,
      log: memorySagaLog(),
      owner: "one",
      sagas: [wide],
      services,
      concurrency: 3,
    });
    await (
      await sagas.start(wide, { size: 1 })
    ).result;
    expect(most).toBe(3);
  });

  it("is refused, before anything is recorded, beyond the number that may run", async () => {
    const gate = Promise.withResolvers<void>();
    const slow = defineSaga("slow", (s: Builder) => void s.node("a", { do: () => gate.promise }));
    const { sagas } = executor([slow], { maxRunning: 1 });
    const first = await sagas.start(slow, { size: 1 });
    await expect(sagas.start(slow, { size: 1 })).rejects.toThrow(SagaRefusedError);
    gate.resolve();
    await first.result;
    expect(await sagas.list({ limit: 10 })).toHaveLength(1);
  });

  it("waits out a log that cannot be written for a while", async () => {
    const inner = memorySagaLog();
    let failures = 2;
    const flaky: SagaLog = {
      ...inner,
      append: (...args) => (failures-- > 0 ? Promise.reject(new Error("disk full")) : inner.append(...args)),
    };
    const quick: World = { ...world, timers: { ...world.timers, sleep: () => world.timers.yield() } };
    const { sagas } = executor([disk], { log: flaky, world: quick });
    const { result } = await sagas.start(disk, { size: 1 });
    expect((await result).id).toBe("d1");
  });
});

describe("stopping an executor", () => {
  it("lets running nodes finish, starts no other, and leaves the rest to recovery", async () => {
    const entered = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const two = defineSaga("two", (s: Builder) => {
      s.node("a", {
        do: async ({ services }) => {
          entered.resolve();
          await gate.promise;
          services.log.push("a");
        },
      });
      s.node("b", { do: async ({ services }) => void services.log.push("b") });
    });
    const { sagas, services, log } = executor([two]);
    const { result, id } = await sagas.start(two, { size: 1 });
    await entered.promise;
    const stopped = sagas.stop({ deadlineMs: 5_000 });
    gate.resolve();
    await stopped;
    await expect(result).rejects.toThrow(SagaInterruptedError);
    expect(services.log).toEqual(["a"]);
    await expect(sagas.start(two, { size: 1 })).rejects.toThrow("stopping");

    const next = executor([two], { log });
    const [recovered] = await next.sagas.recover({ adopt: "mine" });
    await recovered?.result;
    expect(recovered?.id).toBe(id);
    expect(next.services.log).toEqual(["b"]);
  });

  it("aborts a node that does not end by the deadline, without calling that a failure", async () => {
    const entered = Promise.withResolvers<void>();
    const hanging = defineSaga("hanging", (s: Builder) => {
      s.node("a", {
        do: ({ signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener("abort", () => reject(signal.reason));
            entered.resolve();
          }),
      });
    });
    const { sagas } = executor([hanging]);
    const { result, id } = await sagas.start(hanging, { size: 1 });
    await entered.promise;
    await sagas.stop({ deadlineMs: 1 });
    await expect(result).rejects.toThrow(SagaInterruptedError);
    expect(await sagas.find(id)).toMatchObject({ state: "running", nodes: [{ state: "started" }] });
  });
});

describe("recovery", () => {
  /** A saga whose first node hangs for the first process only. */
  function handOver() {
    const entered = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const saga = defineSaga("s", (s: Builder) => {
      s.node("a", {
        do: async ({ services }) => {
          services.log.push("a");
          entered.resolve();
          if (services.log[0] === "slow") await gate.promise;
        },
      });
      s.node("b", { do: async ({ services }) => void services.log.push("b") });
    });
    return { saga, entered, gate };
  }

  it("takes a saga from its owner for good: the owner's next record stops it", async () => {
    const { saga, entered, gate } = handOver();
    const first = executor([saga]);
    first.services.log.push("slow");
    const { result, id } = await first.sagas.start(saga, { size: 1 });
    await entered.promise;

    const second = executor([saga], { log: first.log, owner: "two" });
    expect(await second.sagas.recover({ adopt: "mine" })).toEqual([]);
    expect(await second.sagas.recover({ adopt: ["three"] })).toEqual([]);
    const [adopted] = await second.sagas.recover({ adopt: ["one"] });
    await adopted?.result;
    gate.resolve();
    await expect(result).rejects.toThrow(/another executor adopted it/);
    expect(first.services.log).toEqual(["slow", "a"]);
    expect(second.services.log).toEqual(["a", "b"]);
    expect(await second.sagas.find(id)).toMatchObject({ state: "done", owner: "two", generation: 2 });
  });

  it("is won by one of two executors that try at once", async () => {
    const { saga, entered } = handOver();
    const dead = executor([saga]);
    dead.services.log.push("slow");
    await dead.sagas.start(saga, { size: 1 });
    await entered.promise;
    const rivals = ["two", "three"].map((owner) => executor([saga], { log: dead.log, owner }));
    const adopted = await Promise.all(rivals.map((rival) => rival.sagas.recover({ adopt: "all" })));
    await Promise.all(adopted.flat().map((started) => started.result));
    expect(adopted.flat()).toHaveLength(1);
  });

  it("does not touch what the executor is running itself", async () => {
    const { saga, entered, gate } = handOver();
    const { sagas, services } = executor([saga]);
    services.log.push("slow");
    const { result } = await sagas.start(saga, { size: 1 });
    await entered.promise;
    expect(await sagas.recover({ adopt: "all" })).toEqual([]);
    gate.resolve();
    await result;
  });

  it("leaves a saga stuck that this program does not know or would build differently", async () => {
    const { saga, entered } = handOver();
    const dead = executor([saga]);
    dead.services.log.push("slow");
    const { id } = await dead.sagas.start(saga, { size: 1 });
    await entered.promise;

    const changed = defineSaga("s", (s: Builder) => void s.node("z", { do: async () => {} }));
    const newer = executor([changed], { log: dead.log });
    expect(await newer.sagas.recover({ adopt: "mine" })).toEqual([]);
    expect(await newer.sagas.find(id)).toMatchObject({
      state: "stuck",
      error: { message: expect.stringContaining("other nodes") },
    });

    const right = executor([saga], { log: dead.log });
    await (
      await right.sagas.retryStuck(id)
    ).result;
    expect(await right.sagas.find(id)).toMatchObject({ state: "done" });
  });

  it("runs a node that was under way when its sibling failed, to know whether there is something to undo", async () => {
    const failed = Promise.withResolvers<void>();
    const saga = defineSaga("s", (s: Builder) => {
      s.parallel(() => {
        s.node("slow", {
          do: async ({ services }) => {
            services.log.push("effect");
            if (services.log[0] === "dead") await new Promise(() => {});
          },
          undo: async ({ services }) => void services.log.push("undo"),
        });
        s.node("bad", { do: () => Promise.reject(new QuotaError("full")) });
      });
    });
    const inner = memorySagaLog();
    const log: SagaLog = {
      ...inner,
      append: async (id, generation, change) => {
        const written = await inner.append(id, generation, change);
        if (change.event?.kind === "failed") failed.resolve();
        return written;
      },
    };
    const dead = executor([saga], { log });
    dead.services.log.push("dead");
    await dead.sagas.start(saga, { size: 1 });
    await failed.promise;

    const next = executor([saga], { log: inner });
    const [recovered] = await next.sagas.recover({ adopt: "mine" });
    await expect(recovered?.result).rejects.toThrow("bad: full");
    expect(next.services.log).toEqual(["effect", "undo"]);
  });

  it("goes on unwinding, and tells what the log kept of the error", async () => {
    const entered = Promise.withResolvers<void>();
    const saga = defineSaga("s", (s: Builder) => {
      s.node("a", { do: async () => {}, undo: async ({ services }) => void services.log.push("undo a") });
      s.node("b", {
        do: async () => {},
        undo: async ({ services }) => {
          entered.resolve();
          if (services.log[0] === "dead") await new Promise(() => {});
          services.log.push("undo b");
        },
      });
      s.node("c", { do: () => Promise.reject(new QuotaError("full")) });
    });
    const dead = executor([saga]);
    dead.services.log.push("dead");
    await dead.sagas.start(saga, { size: 1 });
    await entered.promise;
    const next = executor([saga], { log: dead.log });
    const [recovered] = await next.sagas.recover({ adopt: "mine" });
    await expect(recovered?.result).rejects.toThrow(SagaNodeError);
    expect(next.services.log).toEqual(["undo b", "undo a"]);
  });
});
