import fc from "fast-check";
import { expect, test } from "vitest";
import { seededFaults } from "../src/asic/index.ts";
import { DpdError } from "../src/errors.ts";
import { expected, line, Model, step, type Step } from "./nat-model.ts";
import { rig, snapshot, soft, tables, withoutOwners } from "./rig.ts";
import type { Rig } from "./rig.ts";

function perform({ nat }: Rig, one: Step): Promise<unknown> {
  switch (one.kind) {
    case "ensure":
      return nat.groups.ensure(one.group, one);
    case "change":
      return nat.groups.change(one.group, { ...one, fromGeneration: one.from, upsert: one.entries });
    case "drop":
      return nat.groups.delete(one.group);
    case "put":
      return nat.entries.create(one.entry, one.entry.target);
    case "take":
      return nat.entries.delete(one.entry.external.includes(":") ? "ipv6" : "ipv4", one.entry.external, one.entry.low);
    case "reset":
      return nat.entries.reset(one.family);
  }
}

test("any sequence of operations does what the model does, and one that hits a fault changes nothing", async () => {
  let faulted = 0;
  let refused = 0;
  let done = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.integer(), async (steps, seed) => {
      const one = rig();
      const model = new Model();
      const faults = seededFaults({ seed, rate: 0.2 });
      for (const each of steps) {
        const before = snapshot(one);
        // One fault per step: what a second one in the undo does is the business of nat-faults.test.ts.
        let struck = false;
        one.faults.source = (operation) => {
          const fault = struck || operation === "clear" ? undefined : faults.next(operation, "");
          struck ||= fault !== undefined;
          return fault;
        };
        const error = await perform(one, each).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        one.faults.source = undefined;
        if (struck) {
          faulted++;
          expect(error).toBeInstanceOf(DpdError);
          expect(snapshot(one)).toEqual(before);
          continue;
        }
        const code = expected(model, each);
        expect(error instanceof DpdError ? (error.errorCode ?? error.kind) : error).toBe(code);
        if (code === undefined) done++;
        else refused++;
        if (code !== undefined) expect(snapshot(one)).toEqual(before);
        expect(soft(one)).toEqual(model.lines());
        expect(tables(one)).toEqual(withoutOwners(model.lines()).sort());
        for (const [name, declared] of model.groups) {
          const held = model.entries.filter((e) => e.owner === name).map((e) => line(e.input));
          const missing = declared.entries.filter((e) => !held.includes(line(e))).length;
          expect(one.nat.groups.getState(name)).toMatchObject({
            generation: declared.generation,
            missing,
            drifted: missing > 0,
          });
        }
      }
    }),
    { numRuns: 500 },
  );
  expect(Math.min(faulted, refused, done), `${faulted} faulted, ${refused} refused, ${done} done`).toBeGreaterThan(100);
});

test("with faults in undos too, what the API shows is what the tables hold, and what changed is marked", async () => {
  let drifted = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.integer(), async (steps, seed) => {
      const one = rig();
      const faults = seededFaults({ seed, rate: 0.3 });
      for (const each of steps) {
        const before = soft(one);
        one.faults.source = (operation) => faults.next(operation, "");
        const error = await perform(one, each).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        one.faults.source = undefined;
        expect(tables(one)).toEqual(withoutOwners(soft(one)).sort());
        if (error === undefined || String(soft(one)) === String(before)) continue;
        // Only a failed undo, or a table that emptied itself while failing, may change anything.
        if (each.kind !== "reset") expect(error).toMatchObject({ kind: "rollbackFailed" });
        if (each.kind !== "ensure" && each.kind !== "change" && each.kind !== "drop") continue;
        drifted++;
        expect(one.nat.groups.getState(each.group).drifted).toBe(true);
      }
      // Whatever has happened, a newer set of the client's brings each group back.
      for (const name of ["g", "h"]) {
        await one.nat.groups.ensure(name, { generation: 100, entries: [] });
        expect(one.nat.groups.getState(name)).toMatchObject({ drifted: false, ipv4Entries: 0, ipv6Entries: 0 });
      }
      expect(tables(one)).toEqual(withoutOwners(soft(one)).sort());
    }),
    { numRuns: 500 },
  );
  expect(drifted).toBeGreaterThan(10);
});
