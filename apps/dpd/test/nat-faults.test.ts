import { describe, expect, test } from "vitest";
import { faultsAt } from "../src/asic/index.ts";
import type { Fault } from "../src/asic/index.ts";
import { DpdError } from "../src/errors.ts";
import { item } from "./items.ts";
import { entry, rig, snapshot, soft, tables, withoutOwners } from "./rig.ts";
import type { Rig } from "./rig.ts";

const X = "10.0.0.1";
const key = (external: string, low = 0, high = 65_535) => ({ external, low, high });
const BEFORE = [
  entry(X, 0, 9),
  entry(X, 10, 19),
  entry("10.0.0.2"),
  entry("10.0.0.3"),
  entry("fd00::1"),
  entry("fd00::2"),
];
const AFTER = [
  entry(X, 5, 15),
  entry("10.0.0.2", 0, 65_535, 9),
  entry("10.0.0.4"),
  entry("fd00::1", 0, 65_535, 9),
  entry("fd00::3"),
];

async function start(): Promise<Rig> {
  const one = rig();
  await one.nat.groups.ensure("g", { generation: 1, entries: BEFORE });
  await one.nat.entries.create(key("10.0.0.9", 0, 9), entry("10.0.0.9").target);
  await one.nat.entries.create(key("10.0.0.9", 20, 29), entry("10.0.0.9").target);
  return one;
}

interface Mutation {
  readonly name: string;
  readonly run: (one: Rig) => Promise<unknown>;
  /** The group that a failed undo must leave drifted. */
  readonly group: string;
}

const MUTATIONS: readonly Mutation[] = [
  { name: "ensure", group: "g", run: ({ nat }) => nat.groups.ensure("g", { generation: 2, entries: AFTER }) },
  {
    name: "ensure of a new group",
    group: "new",
    run: ({ nat }) =>
      nat.groups.ensure("new", { generation: 1, entries: [entry("10.1.0.1"), entry("10.1.0.2"), entry("fd00::9")] }),
  },
  {
    name: "changes",
    group: "g",
    run: ({ nat }) =>
      nat.groups.change("g", {
        fromGeneration: 1,
        generation: 2,
        upsert: AFTER,
        remove: [key("10.0.0.3"), key("fd00::2")],
      }),
  },
  { name: "delete of a group", group: "g", run: ({ nat }) => nat.groups.delete("g") },
  { name: "single put", group: "g", run: ({ nat }) => nat.entries.create(key("10.5.0.1"), entry("10.5.0.1").target) },
  { name: "single delete", group: "g", run: ({ nat }) => nat.entries.delete("ipv4", "10.0.0.2", 0) },
  { name: "reset of a family", group: "g", run: ({ nat }) => nat.entries.reset("ipv4") },
];

const WHENS: readonly Fault["when"][] = ["before", "after"];

/** How many writes the mutation takes when nothing fails. */
async function writesOf(mutation: Mutation): Promise<number> {
  const one = await start();
  const counter = faultsAt(() => false, { kind: "synthetic", when: "before" });
  one.faults.source = (operation) => counter.next(operation, "");
  await mutation.run(one);
  return counter.count;
}

async function runWith(
  one: Rig,
  mutation: Mutation,
  failing: (write: number) => boolean,
  fault: Fault,
): Promise<unknown> {
  const source = faultsAt(failing, fault);
  one.faults.source = (operation) => source.next(operation, "");
  try {
    await mutation.run(one);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    one.faults.source = undefined;
  }
}

function expectAgreement(one: Rig): void {
  expect(withoutOwners(soft(one)).sort()).toEqual(tables(one));
}

describe.each(MUTATIONS)("$name", (mutation) => {
  test.each(WHENS)("leaves everything as it was when any one write fails (%s the fact)", async (when) => {
    const writes = await writesOf(mutation);
    expect(writes).toBeGreaterThan(0);
    for (let k = 1; k <= writes; k++) {
      const one = await start();
      const before = snapshot(one);
      const error = await runWith(one, mutation, (write) => write === k, { kind: "synthetic", when });
      expect(error).toMatchObject({ kind: "synthetic", errorCode: "Synthetic ASIC error" });
      // A table that was emptied although the ASIC said no cannot be filled again as if nothing had been.
      const emptied = mutation.name === "reset of a family" && when === "after";
      if (emptied) expect(one.nat.groups.getState("g")).toMatchObject({ drifted: true, missing: 4 });
      else expect(snapshot(one), `write ${k} of ${writes}`).toEqual(before);
      expectAgreement(one);
      await mutation.run(one);
    }
  });

  test.each(WHENS)("shows what it could not undo when the undo fails too (%s the fact)", async (when) => {
    const writes = await writesOf(mutation);
    let drifts = 0;
    for (let k = 1; k <= writes; k++) {
      for (let undoing = k + 1; undoing <= 2 * k + 1; undoing++) {
        const one = await start();
        const before = snapshot(one);
        const failing = (write: number) => write === k || write === undoing;
        const error = await runWith(one, mutation, failing, { kind: "internal", when });
        expect(error).toBeInstanceOf(DpdError);
        expectAgreement(one);
        if (error instanceof DpdError && error.kind === "rollbackFailed") {
          drifts++;
          expect(error).toMatchObject({ errorCode: "rollback failure", message: "inconsistent internal state" });
          expect(one.nat.groups.getState(mutation.group).drifted).toBe(true);
          expect(one.nat.metrics.rollbackFailures).toBe(1);
        } else if (!(mutation.name === "reset of a family" && when === "after")) {
          expect(snapshot(one)).toEqual(before);
        }
        // Whatever is left, declaring the old set again at the old generation brings it back.
        const { generation } = one.nat.groups.list(9).find((group) => group.group === "g") ?? { generation: 0 };
        expect(generation).toBe(1);
        if (mutation.group === "new") await one.nat.groups.ensure("new", { generation: 1, entries: [] });
        await one.nat.groups.ensure("g", { generation: 1, entries: BEFORE });
        expect(one.nat.groups.getState("g").drifted).toBe(false);
        const owned = soft(one).filter((line) => line.endsWith("@g"));
        expect(withoutOwners(owned)).toEqual(withoutOwners(soft(await start()).filter((line) => line.endsWith("@g"))));
        expectAgreement(one);
      }
    }
    // With "before", some undo of a change of more than one write must have failed; with "after", reading back saves it.
    if (writes > 1 && when === "before") expect(drifts).toBeGreaterThan(0);
    if (when === "after") expect(drifts).toBe(0);
  });
});

describe("when everything fails from some write on, reads included", () => {
  test("nothing more is changed until the tables can be read, and then the state follows them", async () => {
    const one = await start();
    let broken = false;
    let writes = 0;
    one.faults.source = (operation) => {
      if (operation !== "find" && operation !== "rows" && ++writes === 4) broken = true;
      return broken ? { kind: "internal", when: "before" } : undefined;
    };
    const ensure = () => one.nat.groups.ensure("g", { generation: 2, entries: AFTER });
    await expect(ensure()).rejects.toMatchObject({ kind: "rollbackFailed" });
    expect(one.nat.groups.getState("g")).toMatchObject({ drifted: true, generation: 1 });
    const put = () => one.nat.entries.create(key("10.6.0.1"), entry("10.6.0.1").target);
    await expect(put()).rejects.toMatchObject({ kind: "asicFailure" });
    one.faults.source = undefined;
    await put();
    expectAgreement(one);
    await ensure();
    expectAgreement(one);
    expect(one.nat.groups.getState("g")).toMatchObject({ drifted: false, generation: 2 });
  });
});

describe("a changeset item that replaces several entries", () => {
  test.each(WHENS)("is undone whichever write fails (%s the fact), and holds the generation", async (when) => {
    for (let k = 1; k <= 3; k++) {
      const one = await start();
      const before = snapshot(one);
      const source = faultsAt((write) => write === k, { kind: "synthetic", when });
      one.faults.source = (operation) => source.next(operation, "");
      const { epoch } = one.nat.feed.position();
      const result = await one.nat.feed.apply(epoch, [item(1, "10.0.0.9", { low: 5, high: 25 })], true);
      expect(result.heldCount).toBe(1);
      expect(snapshot(one)).toEqual(before);
    }
  });
});
