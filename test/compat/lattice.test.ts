/**
 * Rolling upgrades: the hosts one after the other, then Nexus, from each release to the next, with a user at work at every
 * step, an instance that outlives them all, and, the second time, services killed between the user's steps.
 */
import { afterAll, describe, expect, test } from "vitest";
import { AgedRack, HOSTS, servicesOf, type Unit } from "./support/aged-rack.ts";
import { ADJACENT, type Release } from "./support/releases.ts";
import { ALL, REPLAY, report, SEED, slice } from "./support/runs.ts";
import { expectResident, prepare, startWhileRefused, tellStory } from "./support/upgrade-story.ts";

interface Path {
  readonly from: Release;
  readonly to: Release;
  readonly order: readonly Unit[];
  readonly kills: boolean;
  readonly agentFirst: boolean;
}

/** Every allowed order: hosts in any order, Nexus when both are done; on a host, dpd or the sled-agent is back first. */
const PATHS: readonly Path[] = ADJACENT.flatMap(([from, to]) =>
  [HOSTS, HOSTS.toReversed()].flatMap((hosts) =>
    [false, true].flatMap((kills) =>
      [false, true].map((agentFirst): Path => ({ from, to, order: [...hosts, "nexus"], kills, agentFirst })),
    ),
  ),
);

const nameOf = ({ from, to, order, kills, agentFirst }: Path): string =>
  `${from.release} to ${to.release}: ${order.join(", ")}${agentFirst ? ", sled-agents first" : ""}${kills ? ", with kills" : ""}`;

interface Forbidden {
  readonly from: Release;
  readonly to: Release;
  /** Hosts that were upgraded before Nexus, which should have come last. */
  readonly before: readonly Unit[];
}

const FORBIDDEN: readonly Forbidden[] = ADJACENT.flatMap(([from, to]) =>
  [[], ["host 0" as const], ["host 1" as const]].map((before) => ({ from, to, before })),
);

const timeout = 120_000;
let ran = 0;
let forbiddenRan = 0;
const STATES = PATHS.reduce((sum, { order }) => sum + order.length + 1, 0);
afterAll(() => {
  report("upgrade lattice", ran, STATES);
  report("forbidden orders of upgrading", forbiddenRan, FORBIDDEN.length);
});

describe("an upgrade", () => {
  // Where there is room for one only, it is one with kills.
  const candidates = ALL ? PATHS : PATHS.filter(({ kills }) => kills);
  const chosen = slice(candidates, 1, "lattice").map((path) => ({ path, name: nameOf(path) }));
  test.each(chosen)("from $name", { timeout }, async ({ path }) => {
    const aged = await AgedRack.start(SEED, path.from);
    try {
      await prepare(aged);
      for (const [step, unit] of [undefined, ...path.order].entries()) {
        if (unit !== undefined) await aged.upgrade(unit, path.to, path);
        await expectResident(aged);
        await tellStory(aged, `user-${step}`, path.kills ? killer(aged, unit ?? "nexus") : async () => {});
        ran += 1;
      }
      expect(aged.describe()).toBe(`${path.to.release} ${path.to.release} ${path.to.release}`);
    } catch (error) {
      throw new Error(`at ${aged.describe()}; ${REPLAY}\n${aged.troubles.slice(-10).join("\n")}`, { cause: error });
    } finally {
      await aged.rack.stop();
    }
  });
});

describe("a Nexus newer than a host", () => {
  const chosen = slice(FORBIDDEN, 1, "forbidden").map((state) => ({
    state,
    name: `${state.from.release} to ${state.to.release}, after ${state.before.join() || "none"}`,
  }));
  test.each(chosen)("is refused without any effect and says the versions: $name", { timeout }, async ({ state }) => {
    const { from, to, before } = state;
    const aged = await AgedRack.start(SEED, from);
    try {
      await prepare(aged);
      for (const unit of [...before, "nexus" as const]) await aged.upgrade(unit, to);
      const isRefused = await startWhileRefused(aged, "early");
      if (before.length === 0) expect(isRefused, "an older host took what a newer Nexus asked for").toBe(true);
      if (isRefused) {
        const words = new RegExp(
          `too old: Nexus needs version \\d+\\.\\d+\\.\\d+ of its API|version: ${to["sled-agent"]}`,
        );
        expect(aged.troubles.join("\n"), aged.describe()).toMatch(words);
      }
      for (const host of HOSTS) if (!before.includes(host)) await aged.upgrade(host, to);
      await expectResident(aged);
      await tellStory(aged, "late", async () => {});
      forbiddenRan += 1;
    } catch (error) {
      throw new Error(`at ${aged.describe()}; ${REPLAY}\n${aged.troubles.slice(-10).join("\n")}`, { cause: error });
    } finally {
      await aged.rack.stop();
    }
  });
});

/** In turn: what was just upgraded, without the VMs that would die with a sled-agent, and Nexus. */
function killer(aged: AgedRack, unit: Unit): () => Promise<void> {
  const victims = ["nexus", ...servicesOf(unit).filter((name) => !name.startsWith("sled-agent/"))];
  let kills = 0;
  return async () => {
    await aged.restart([victims[kills % victims.length] ?? "nexus"]);
    kills += 1;
  };
}
