import { describe, expect, it } from "vitest";
import { planSync, type NatSituation } from "../../src/nat/sync-plan.ts";

const at = (situation: Partial<NatSituation>): NatSituation => ({
  version: 10,
  purged: 3,
  group: { generation: 10, drifted: false },
  distrusted: false,
  ...situation,
});
const group = (generation: number, drifted = false) => ({ generation, drifted });

describe("what a switch needs", () => {
  it.each<[string, Partial<NatSituation>, ReturnType<typeof planSync>]>([
    ["nothing while it holds the current version", {}, { kind: "in-sync" }],
    ["nothing while there never was an entry", { version: 0, purged: 0, group: undefined }, { kind: "in-sync" }],
    ["the whole set after it restarted empty", { group: undefined }, { kind: "ensure" }],
    ["the whole set when somebody took entries out of its tables", { group: group(10, true) }, { kind: "ensure" }],
    ["what changed since its generation", { group: group(7) }, { kind: "changes", from: 7 }],
    ["what changed, even right after the last purge", { group: group(3) }, { kind: "changes", from: 3 }],
    ["the whole set when removals it missed are purged", { group: group(2) }, { kind: "ensure" }],
    ["the whole set when it is behind and drifted", { group: group(7, true) }, { kind: "ensure" }],
    [
      "a newer number when it is ahead of a new database",
      { version: 0, group: group(4) },
      { kind: "overtake", generation: 4 },
    ],
    ["a newer number when the audit found it to differ", { distrusted: true }, { kind: "overtake", generation: 10 }],
  ])("is %s", (_, situation, step) => {
    expect(planSync(at(situation))).toEqual(step);
  });
});
