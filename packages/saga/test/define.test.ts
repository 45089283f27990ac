import { describe, expect, it } from "vitest";
import { defineSaga, type SagaBuilder } from "../src/index.ts";

const nothing = { do: async () => {} };
type Builder = SagaBuilder<{ ips: string[] }, unknown>;

function edges(build: (saga: Builder) => void, ips: string[] = []): Record<string, readonly string[]> {
  const { nodes } = defineSaga("s", (saga: Builder) => build(saga)).build({ ips });
  return Object.fromEntries(nodes.map((node) => [node.name, node.after]));
}

describe("a saga's graph", () => {
  it("is a sequence unless told otherwise", () => {
    const graph = edges((saga) => {
      saga.node("a", nothing);
      saga.node("b", nothing);
      saga.node("c", nothing);
    });
    expect(graph).toEqual({ a: [], b: ["a"], c: ["b"] });
  });

  it("has one node per parameter, side by side, and the next waits for all", () => {
    const build = (saga: Builder) => {
      saga.node("record", nothing);
      saga.parallel(() => saga.params.ips.map((ip) => saga.node(`ip ${ip}`, nothing)));
      saga.node("end", nothing);
    };
    expect(edges(build, ["x", "y"])).toEqual({
      record: [],
      "ip x": ["record"],
      "ip y": ["record"],
      end: ["ip x", "ip y"],
    });
    expect(edges(build, [])).toEqual({ record: [], end: ["record"] });
  });

  it("follows explicit dependencies", () => {
    const graph = edges((saga) => {
      const a = saga.node("a", nothing);
      saga.node("b", nothing);
      saga.node("c", { after: [a], ...nothing });
      saga.node("d", { after: [], ...nothing });
    });
    expect(graph).toEqual({ a: [], b: ["a"], c: ["a"], d: [] });
  });

  it("refuses two nodes of one name and a dependency that is not declared before", () => {
    expect(() => edges((saga) => (saga.node("a", nothing), void saga.node("a", nothing)))).toThrow(
      "two nodes are named a",
    );
    expect(() => edges((saga) => void saga.node("a", { after: [{ node: "b" }], ...nothing }))).toThrow(
      "a comes after b",
    );
  });
});
