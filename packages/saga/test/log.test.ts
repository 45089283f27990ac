import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { realWorld } from "@racklet/world";
import { storeLegs } from "@racklet/store/testing";
import {
  memorySagaLog,
  sagaMigrations,
  sqlSagaLog,
  type NodeEvent,
  type SagaLog,
  type SagaRecord,
  type SagaTables,
} from "../src/index.ts";

const world = realWorld({ name: "test" });

const logs = [
  { name: "memory", open: async () => ({ log: memorySagaLog(), close: async () => {} }) },
  ...storeLegs().map((leg) => ({
    name: leg.name,
    async open() {
      const store = await leg.open<SagaTables>({ migrations: sagaMigrations, world });
      return { log: sqlSagaLog(store), close: () => store.close() };
    },
  })),
];

const at = (second: number) => new Date(second * 1000).toISOString();

function record(id: string, second: number, over: Partial<SagaRecord> = {}): SagaRecord {
  return {
    id,
    name: "s",
    params: '{"x":1}',
    nodes: [{ name: "a", after: [] }],
    state: "running",
    owner: "one",
    generation: 1,
    error: null,
    createdAt: at(second),
    updatedAt: at(second),
    ...over,
  };
}

const started: NodeEvent = { sequence: 0, node: "a", kind: "started", at: at(1), output: null, error: null };
const error = { node: "a", name: "TypeError", message: "no", code: "E", status: 400 };

describe.each(logs)("a saga log in $name", ({ open }) => {
  let log: SagaLog;
  let close: () => Promise<void>;
  beforeEach(async () => {
    ({ log, close } = await open());
  });
  afterEach(() => close());

  it("gives back what was recorded", async () => {
    await log.create(record("a", 1));
    const failed: NodeEvent = { sequence: 1, node: "a", kind: "failed", at: at(2), output: null, error };
    expect(await log.append("a", 1, { event: started, at: at(1) })).toBe(true);
    expect(await log.append("a", 1, { event: failed, state: "unwound", error, at: at(2) })).toBe(true);
    expect(await log.find("a")).toEqual(record("a", 1, { state: "unwound", error, updatedAt: at(2) }));
    expect(await log.events("a")).toEqual([started, failed]);
    expect(await log.find("b")).toBeUndefined();
  });

  it("takes a repeated record once", async () => {
    await log.create(record("a", 1));
    await log.append("a", 1, { event: started, at: at(1) });
    expect(await log.append("a", 1, { event: started, at: at(1) })).toBe(true);
    expect(await log.events("a")).toEqual([started]);
  });

  it("takes two events at once, once", async () => {
    await log.create(record("a", 1));
    const next: NodeEvent = { ...started, sequence: 2, node: "b" };
    const change = { event: { ...started, sequence: 1, kind: "succeeded", output: "1" }, next, at: at(1) } as const;
    await log.append("a", 1, { event: started, at: at(1) });
    for (const _ of ["first", "again"]) expect(await log.append("a", 1, change)).toBe(true);
    expect(await log.events("a")).toEqual([started, change.event, next]);
    expect(await log.append("a", 2, change)).toBe(false);
  });

  it("refuses everything under an outdated generation", async () => {
    await log.create(record("a", 1));
    const seen = record("a", 1);
    expect(await log.adopt(seen, { owner: "two", state: "running", at: at(3) })).toBe(true);
    expect(await log.append("a", 1, { event: started, state: "done", at: at(4) })).toBe(false);
    expect(await log.adopt(seen, { owner: "three", state: "running", at: at(4) })).toBe(false);
    expect(await log.find("a")).toEqual(record("a", 1, { owner: "two", generation: 2, updatedAt: at(3) }));
    expect(await log.events("a")).toEqual([]);
  });

  it("lets nobody adopt a saga that ended since it was looked at", async () => {
    await log.create(record("a", 1));
    await log.append("a", 1, { state: "done", at: at(2) });
    expect(await log.adopt(record("a", 1), { owner: "two", state: "running", at: at(3) })).toBe(false);
  });

  it("lists newest first, by state and owner, page by page", async () => {
    for (const [index, id] of ["a", "b", "c", "d"].entries()) {
      await log.create(
        record(id, index < 2 ? 1 : 2, { owner: id === "d" ? "two" : "one", state: id === "c" ? "done" : "running" }),
      );
    }
    const ids = (sagas: SagaRecord[]) => sagas.map((saga) => saga.id);
    expect(ids(await log.list({ limit: 10 }))).toEqual(["d", "c", "b", "a"]);
    expect(ids(await log.list({ limit: 10, states: ["running"], owners: ["one"] }))).toEqual(["b", "a"]);
    expect(ids(await log.list({ limit: 10, owners: [] }))).toEqual([]);
    expect(ids(await log.list({ limit: 10, states: [] }))).toEqual([]);
    expect(ids(await log.list({ limit: 2, after: { createdAt: at(2), id: "c" } }))).toEqual(["b", "a"]);
    expect(ids(await log.list({ limit: 10, after: { createdAt: at(1), id: "b" } }))).toEqual(["a"]);
  });

  it("forgets finished sagas by age and by number, never the others", async () => {
    await log.create(record("running", 1));
    await log.create(record("stuck", 1, { state: "stuck" }));
    for (const second of [10, 11, 12, 13]) await log.create(record(`s${second}`, second, { state: "done" }));
    await log.append("s13", 1, { event: started, at: at(13) });
    expect(await log.prune({ before: at(11), keep: 2 })).toBe(2);
    expect((await log.list({ limit: 10 })).map((saga) => saga.id)).toEqual(["s13", "s12", "stuck", "running"]);
    expect(await log.prune({ before: at(100), keep: 10 })).toBe(2);
    expect(await log.events("s13")).toEqual([]);
  });
});
