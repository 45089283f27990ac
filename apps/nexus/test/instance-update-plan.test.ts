import { describe, expect, it } from "vitest";
import fc from "fast-check";
import type { MigrationState, VmmState } from "../src/db/schema.ts";
import { planInstanceUpdate, type InstanceFacts, type InstanceUpdatePlan } from "../src/instance/update-plan.ts";

const SLED = { source: "sled-1", target: "sled-2", other: "sled-3" } as const;
type Who = keyof typeof SLED;

const vmm = (id: Who, state: VmmState) => ({ id, sledId: SLED[id], state });

/** `source: "gone"`: its record has ended. */
function migrating(
  source: VmmState | "gone",
  sourceState: MigrationState,
  target: VmmState | "gone",
  targetState: MigrationState,
  activeId: Who | null = "source",
): InstanceFacts {
  return {
    activeId,
    migration: { sourceId: "source", sourceState, targetId: "target", targetState },
    gaveGuestAway: false,
    vmms: [
      ...(source === "gone" ? [] : [vmm("source", source)]),
      ...(target === "gone" ? [] : [vmm("target", target)]),
    ],
  };
}

/** The plan in one line. */
function said(plan: InstanceUpdatePlan | null): string {
  if (plan === null) return "nothing";
  const { guest, migrationOver, end, abandon, release } = plan;
  const where =
    guest.kind === "on" ? `on ${guest.vmm.id}` : guest.kind === "off" ? (guest.failed ? "failed" : "off") : "";
  const list = (verb: string, ids: readonly string[]) => (ids.length === 0 ? [] : `${verb} ${ids.join("+")}`);
  return [
    ...(where === "" ? [] : [where]),
    ...(migrationOver ? ["over"] : []),
    list("end", end),
    list("abandon", abandon),
    list("release", release),
  ]
    .flat()
    .join(", ");
}

describe("without a migration", () => {
  it.each<[VmmState, boolean, string]>([
    ["starting", false, "nothing"],
    ["running", false, "nothing"],
    ["stopping", false, "nothing"],
    ["destroyed", false, "off, end source"],
    ["stopped", false, "off, end source"],
    ["failed", false, "failed, end source"],
    // The target of a migration that counts as failed took the guest with it.
    ["destroyed", true, "failed, end source"],
  ])("an active VMM that is %s (guest given away: %s): %s", (state, gaveGuestAway, expected) => {
    const facts = { activeId: "source", migration: null, gaveGuestAway, vmms: [vmm("source", state)] };
    expect(said(planInstanceUpdate(facts))).toBe(expected);
  });

  it("VMMs that were left behind end when they are over, and only then", () => {
    const facts = (state: VmmState) => ({
      activeId: "source",
      migration: null,
      gaveGuestAway: false,
      vmms: [vmm("source", "running"), vmm("other", state)],
    });
    expect(said(planInstanceUpdate(facts("stopping")))).toBe("nothing");
    expect(said(planInstanceUpdate(facts("saga_unwound")))).toBe("nothing");
    expect(said(planInstanceUpdate(facts("destroyed")))).toBe("end other");
    expect(said(planInstanceUpdate({ ...facts("failed"), activeId: null }))).toBe("end other");
  });
});

describe("a migration", () => {
  it.each<[string, InstanceFacts, string]>([
    ["is under way", migrating("migrating", "in_progress", "migrating", "in_progress"), "nothing"],
    ["has only begun at the source", migrating("migrating", "in_progress", "migrating", "pending"), "nothing"],
    [
      "is told completed by both",
      migrating("stopping", "completed", "running", "completed"),
      "on target, over, release source",
    ],
    [
      "is completed and its source gone",
      migrating("destroyed", "completed", "running", "completed"),
      "on target, over, end source",
    ],
    [
      "is told completed by the target alone",
      migrating("migrating", "in_progress", "running", "completed"),
      "on target, over, release source",
    ],
    [
      "is told completed by the source alone",
      migrating("stopping", "completed", "migrating", "in_progress"),
      "on target, release source",
    ],
    [
      "waits for the target's word after that",
      migrating("stopping", "completed", "migrating", "in_progress", "target"),
      "nothing",
    ],
    [
      "loses its source after that",
      migrating("destroyed", "completed", "migrating", "in_progress", "target"),
      "end source",
    ],
    [
      "is told completed by the target after that",
      migrating("gone", "completed", "running", "completed", "target"),
      "on target, over",
    ],
    ["is failed by the target", migrating("running", "failed", "failed", "failed"), "on source, over, end target"],
    [
      "is failed by a target that still stands",
      migrating("running", "failed", "migrating", "failed"),
      "on source, over, abandon target",
    ],
    [
      "is failed by the target before the source knows",
      migrating("migrating", "in_progress", "failed", "failed"),
      "on source, over, end target",
    ],
    [
      "is failed by the target before it reached the source",
      migrating("running", "pending", "failed", "failed"),
      "on source, over, end target",
    ],
    [
      "loses its target's sled-agent",
      migrating("running", "pending", "failed", "failed"),
      "on source, over, end target",
    ],
    [
      "has a target that stopped before it had the guest",
      migrating("running", "in_progress", "destroyed", "in_progress"),
      "on source, over, end target",
    ],
    ["has a target that was taken back", migrating("running", "pending", "saga_unwound", "pending"), "on source, over"],
    [
      "is failed by the source, which keeps the guest",
      migrating("running", "failed", "migrating", "in_progress"),
      "on source, over, abandon target",
    ],
    [
      "loses its source while the target may have the guest",
      migrating("failed", "failed", "migrating", "in_progress"),
      "nothing",
    ],
    [
      "lost its source, and the target has the guest",
      migrating("failed", "failed", "running", "completed"),
      "on target, over, end source",
    ],
    [
      "lost its source, and the target has nothing",
      migrating("failed", "failed", "failed", "failed"),
      "failed, over, end source+target",
    ],
    [
      "was shut down by its guest half-way",
      migrating("destroyed", "failed", "failed", "failed"),
      "off, over, end source+target",
    ],
    [
      "gave the guest to a target that failed",
      migrating("destroyed", "completed", "failed", "failed"),
      "failed, over, end source+target",
    ],
    [
      "gave the guest to a target that failed, source still there",
      migrating("stopping", "completed", "failed", "failed"),
      "failed, over, end target, release source",
    ],
    [
      "gave the guest to a target that failed later",
      migrating("destroyed", "completed", "failed", "completed"),
      "failed, over, end source+target",
    ],
    [
      "gave the guest to a target where it shut down",
      migrating("gone", "completed", "destroyed", "completed", "target"),
      "off, over, end target",
    ],
    [
      "gave the guest away, and the target then failed",
      migrating("gone", "completed", "failed", "failed", "target"),
      "failed, over, end target",
    ],
  ])("%s", (_, facts, expected) => {
    expect(said(planInstanceUpdate(facts))).toBe(expected);
  });
});

describe("whatever the rows say", () => {
  const states = fc.constantFrom<VmmState>(
    "creating",
    "starting",
    "running",
    "stopping",
    "rebooting",
    "migrating",
    "stopped",
    "destroyed",
    "failed",
    "saga_unwound",
  );
  const ends = fc.constantFrom<MigrationState>("pending", "in_progress", "failed", "completed");
  const facts = fc
    .record({
      source: fc.option(states),
      target: fc.option(states),
      out: ends,
      into: ends,
      on: fc.constantFrom<Who>("source", "target"),
      is: fc.boolean(),
      gave: fc.boolean(),
    })
    .map(({ source, target, out, into, on, is, gave }): InstanceFacts => {
      const all = migrating(source ?? "gone", out, target ?? "gone", into, on);
      return is ? all : { ...all, migration: null, gaveGuestAway: gave };
    });

  /** The rows after the plan was carried out. */
  const after = (before: InstanceFacts, plan: InstanceUpdatePlan): InstanceFacts => ({
    ...before,
    activeId: plan.guest.kind === "on" ? plan.guest.vmm.id : plan.guest.kind === "off" ? null : before.activeId,
    migration: plan.migrationOver ? null : before.migration,
    vmms: before.vmms
      .filter(({ id }) => !plan.end.includes(id))
      .map((each) => (plan.abandon.includes(each.id) ? { ...each, state: "saga_unwound" } : each)),
  });

  it("a plan leaves nothing more to do, and no VMM that nobody will ever end", () => {
    fc.assert(
      fc.property(facts, (before) => {
        const plan = planInstanceUpdate(before);
        if (plan === null) return;
        const now = after(before, plan);
        expect(said(planInstanceUpdate(now))).toBe("nothing");
        if (plan.guest.kind === "on") expect(now.vmms.map(({ id }) => id)).toContain(now.activeId);
        // The target of a migration that is over has the guest, has ended, or is dropped by the reaper.
        const target = now.vmms.find(({ id }) => id === "target");
        if (plan.migrationOver && target !== undefined && now.activeId !== "target") {
          expect(target.state).toBe("saga_unwound");
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
