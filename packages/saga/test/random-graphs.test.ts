import fc from "fast-check";
import { expect, it } from "vitest";
import { realWorld } from "@racklet/world";
import { defineSaga, memorySagaLog, SagaExecutor, type NodeRef, type SagaBuilder } from "../src/index.ts";
import { crashingLog } from "../src/testing/index.ts";

const world = realWorld({ name: "test" });

interface Shape {
  nodes: { after: number[]; fails: boolean; turns: number }[];
}
interface Services {
  happened: string[];
}

/** Declared in order; each node waits for any of the earlier ones, takes a few turns of the event loop, and may fail. */
const shapes: fc.Arbitrary<Shape> = fc
  .array(
    fc.record({
      after: fc.array(fc.nat(20), { maxLength: 3 }),
      fails: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      turns: fc.nat(3),
    }),
    { minLength: 1, maxLength: 10 },
  )
  .map((nodes) => ({
    nodes: nodes.map((node, index) => ({
      ...node,
      after: index === 0 ? [] : [...new Set(node.after.map((n) => n % index))],
    })),
  }));

const saga = defineSaga("random", (builder: SagaBuilder<Shape, Services>) => {
  const refs: NodeRef<void>[] = [];
  for (const [index, { after, fails, turns }] of builder.params.nodes.entries()) {
    const ref = builder.node(`${index}`, {
      after: after.flatMap((n) => refs[n] ?? []),
      do: async ({ services, node }) => {
        services.happened.push(`do ${node}`);
        for (let turn = 0; turn < turns; turn++) await world.timers.yield();
        if (fails) throw new Error(`${node} fails`);
        services.happened.push(`done ${node}`);
      },
      undo: async ({ services, node }) => void services.happened.push(`undo ${node}`),
    });
    refs.push(ref);
  }
});

const of = (happened: string[], kind: string) =>
  happened.filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(kind.length + 1));

it("never runs a node before those it waits for, and undoes exactly the completed ones in reverse", async () => {
  await fc.assert(
    fc.asyncProperty(shapes, fc.integer({ min: 1, max: 4 }), async (shape, concurrency) => {
      const services: Services = { happened: [] };
      const sagas = new SagaExecutor({ world, log: memorySagaLog(), owner: "o", sagas: [saga], services, concurrency });
      const { id, result } = await sagas.start(saga, shape);
      const failed = await result.then(
        () => false,
        () => true,
      );
      const { happened } = services;
      for (const [index, { after }] of shape.nodes.entries()) {
        const begun = happened.indexOf(`do ${index}`);
        if (begun < 0) continue;
        for (const earlier of after) {
          expect(happened.slice(0, begun)).toContain(`done ${earlier}`);
        }
      }
      expect(of(happened, "do")).toHaveLength(new Set(of(happened, "do")).size);
      expect(failed).toBe(shape.nodes.some((node, index) => node.fails && happened.includes(`do ${index}`)));
      expect(of(happened, "undo")).toEqual(failed ? of(happened, "done").reverse() : []);
      if (!failed) expect(of(happened, "done")).toHaveLength(shape.nodes.length);
      expect((await sagas.find(id))?.state).toBe(failed ? "unwound" : "done");
    }),
    { numRuns: 300 },
  );
});

it("ends done or with every completed node undone, wherever it crashes, however often", async () => {
  await fc.assert(
    fc.asyncProperty(
      shapes,
      fc.array(fc.tuple(fc.nat(12), fc.boolean()), { minLength: 1, maxLength: 4 }),
      async (shape, crashes) => {
        const log = memorySagaLog();
        const services: Services = { happened: [] };
        const base = { world, owner: "o", sagas: [saga], services, concurrency: 1 };
        for (const [index, [record, before]] of crashes.entries()) {
          // The creation is spared: without it there is nothing to recover.
          const point = { record: index === 0 ? record + 1 : record, when: before ? "before" : "after" } as const;
          const crashing = crashingLog(log, point);
          const sagas = new SagaExecutor({ ...base, log: crashing.log });
          const started = index === 0 ? [await sagas.start(saga, shape)] : await sagas.recover({ adopt: "mine" });
          const ended = Promise.all(started.map((one) => one.result)).catch(() => undefined);
          await Promise.race([ended, crashing.crashed]);
        }
        const last = new SagaExecutor({ ...base, log });
        await Promise.allSettled((await last.recover({ adopt: "mine" })).map((one) => one.result));
        const [record] = await log.list({ limit: 1 });
        const { happened } = services;
        if (record?.state === "done") {
          expect(of(happened, "undo")).toEqual([]);
          expect(new Set(of(happened, "done")).size).toBe(shape.nodes.length);
        } else {
          expect(record?.state).toBe("unwound");
          // What was done last is undone after it, for each node.
          for (const node of new Set(of(happened, "done"))) {
            expect(happened.lastIndexOf(`undo ${node}`)).toBeGreaterThan(happened.lastIndexOf(`done ${node}`));
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});
