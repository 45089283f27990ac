import { describe, expect, it } from "vitest";
import { realWorld } from "@racklet/world";
import { storeLegs } from "@racklet/store/testing";
import {
  defineSaga,
  sagaMigrations,
  sqlSagaLog,
  type NodeActions,
  type SagaBuilder,
  type SagaDefinition,
  type SagaTables,
} from "../src/index.ts";
import { checkSaga, type SagaFixture } from "../src/testing/index.ts";

const world = realWorld({ name: "test" });

/** A rack of shelves: what a saga touches. */
interface Services {
  shelves: Map<string, string>;
}
interface Params {
  items: string[];
}
type Actions<Output> = NodeActions<Params, Services, Output>;

const put = (item: string): Actions<string> => ({
  do: async ({ services, sagaId }) => {
    services.shelves.set(item, sagaId);
    return item;
  },
  undo: async ({ services }, output) => void services.shelves.delete(output),
});

function stock(label: Actions<void>): SagaDefinition<Params, Services, string> {
  return defineSaga("stock", (saga: SagaBuilder<Params, Services>) => {
    const first = saga.node("first", put("first"));
    saga.parallel(() => {
      for (const item of saga.params.items) saga.node(item, put(item));
    });
    saga.node("label", label);
    return first;
  });
}

async function setup(): Promise<SagaFixture<Params, Services, string>> {
  const shelves = new Map([["old", "kept"]]);
  return {
    params: { items: ["x", "y"] },
    services: { shelves },
    world,
    snapshot: async () => Object.fromEntries(shelves),
    checkDone: async (result) => {
      expect(result).toBe("first");
      expect([...shelves.keys()].sort()).toEqual(["first", "label", "old", "x", "y"]);
    },
  };
}

const good: Actions<void> = {
  do: async ({ services }) => void services.shelves.set("label", "on"),
  undo: async ({ services }) => void services.shelves.delete("label"),
};

describe("checkSaga", () => {
  it("passes a saga that withstands everything, and says what it tried", async () => {
    const passed = await checkSaga({ saga: stock(good), setup });
    expect(passed).toContain("each node run twice");
    expect(passed).toContain("error at y, each undo run twice");
    expect(passed).toContain("crash before record 0 (created)");
    expect(passed).toContain("crash after record 6 (succeeded label)");
    expect(passed).toContain("error at label, crash before record 7 (undone y)");
    expect(passed).toContain("error at label, crash after record 9 (undone first)");
  });

  it("names a node that cannot run twice", async () => {
    const once: Actions<void> = {
      ...good,
      do: async ({ services }) => {
        if (services.shelves.has("label")) throw new Error("exists already");
        services.shelves.set("label", "on");
      },
    };
    await expect(checkSaga({ saga: stock(once), setup })).rejects.toThrow("stock, each node run twice: exists already");
  });

  it("names an undo that cannot run twice", async () => {
    const strict: Actions<void> = {
      ...good,
      undo: async ({ services }) => {
        if (!services.shelves.delete("label")) throw new Error("not there");
      },
    };
    const saga = defineSaga("strict", (builder: SagaBuilder<Params, Services>) => {
      builder.node("label", strict);
      builder.node("end", { do: async () => {} });
    });
    const lenient = async () => ({ ...(await setup()), checkDone: async () => {} });
    const expected = /strict, error at end, each undo run twice: .*stuck at label: not there/;
    await expect(checkSaga({ saga, setup: lenient })).rejects.toThrow(expected);
  });

  it("names the node after which something is left behind", async () => {
    const saga = defineSaga("leaky", (builder: SagaBuilder<Params, Services>) => {
      const first = builder.node("first", { do: put("first").do });
      builder.node("second", put("second"));
      return first;
    });
    const lenient = async () => ({ ...(await setup()), checkDone: async () => {} });
    await expect(checkSaga({ saga, setup: lenient })).rejects.toThrow(
      /leaky, error at second: something was left behind/,
    );
  });

  it.each(storeLegs())("runs with the log on $name", async (leg) => {
    const withStore = async (): Promise<SagaFixture<Params, Services, string>> => {
      const store = await leg.open<SagaTables>({ migrations: sagaMigrations, world });
      return { ...(await setup()), log: sqlSagaLog(store), dispose: () => store.close() };
    };
    expect(await checkSaga({ saga: stock(good), setup: withStore })).not.toEqual([]);
  });
});
