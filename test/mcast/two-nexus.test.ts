/** Two Nexus processes on one database: whatever the order of their calls, tables end as the memberships say, and stay so. */
import { contextOn, type NexusContext } from "@racklet/nexus/testing";
import { storeLegs } from "@racklet/store/testing";
import { describe, expect, it } from "vitest";
import { McastRack, SWITCHES } from "./support/rack.ts";
import { seeded } from "./support/seeded.ts";

const SEEDS = process.env["RACKLET_MCAST_SEED"] === undefined ? [1] : [Number(process.env["RACKLET_MCAST_SEED"])];
const GROUPS = ["224.1.0.1", "224.1.0.2", "232.1.1.1", "ff05::1:1"];
const INSTANCES = ["one", "two", "three"];
const STEPS = 25;

const legs = storeLegs().filter(({ name }) => name !== "sqlite file");

describe.each(legs)("two Nexuses on one database, $name", (leg) => {
  it.each(SEEDS)("converge, seed %i (RACKLET_MCAST_SEED repeats one)", async (seed) => {
    const random = seeded(seed);
    const below = (n: number) => Math.floor(random() * n);
    const rack = await new McastRack({ leg }).start();
    let other: NexusContext | undefined;
    try {
      rack.runTasks();
      for (const name of INSTANCES) await rack.run(name);
      // Every call takes a random number of turns, so that the two overlap in ever other ways.
      rack.delay = async () => {
        for (let turns = below(6); turns > 0; turns--) await rack.world.timers.yield();
      };
      other = contextOn(rack.nexus.store, rack.nexus.config, rack.world);
      other.tasks.start();
      const wanted = new Map<string, string[]>();
      for (let step = 0; step < STEPS; step++) {
        const instance = INSTANCES[below(INSTANCES.length)] ?? "";
        const group = GROUPS[below(GROUPS.length)] ?? "";
        const key = `${instance} ${group}`;
        const source = group.includes(":") ? `fd00::${below(3) + 1}` : `10.0.0.${below(3) + 1}`;
        const dice = random();
        if (dice < 0.5) {
          const sources = group.startsWith("232") || random() < 0.5 ? [source] : [];
          await rack.join(instance, group, { source_ips: sources });
          wanted.set(key, sources);
        } else if (dice < 0.8) {
          await rack.leave(instance, group);
          wanted.delete(key);
        } else if (dice < 0.9) {
          rack.restartDpd(SWITCHES[below(2)] ?? "switch0");
        } else {
          await (random() < 0.5 ? rack.nexus : other).tasks.waitFor("multicast_reconciler", {
            activate: true,
            deadlineMs: 10_000,
          });
        }
        other.multicastChanged();
      }
      rack.delay = undefined;
      await rack.until(async () => {
        await rack.pass();
        await other?.tasks.waitFor("multicast_reconciler", { activate: true, deadlineMs: 10_000 });
        const { body } = await rack.lockstep("/multicast/targets");
        const late = (await rack.lockstep("/multicast/wait?timeout_ms=500")).status;
        return [late, ...body.filter(({ outcome }: { outcome: string }) => outcome !== "in_sync")];
      }, [200]);
      const { db } = rack.nexus.store;
      const subscriptions = [...rack.sleds.keys()].flatMap((sled) => rack.sledState(sled).subscriptions).sort();
      const expected = [...wanted].map(([key, sources]) => `${key.split(" ")[1]} [${sources.join() || "any"}]`).sort();
      expect(subscriptions).toEqual(expected);
      const groups = new Set([...wanted.keys()].map((key) => key.split(" ")[1]));
      for (const name of SWITCHES) expect(await rack.groups(name)).toHaveLength(groups.size);
      expect(await db.selectFrom("multicast_group").selectAll().execute()).toHaveLength(groups.size);
      expect(await db.selectFrom("underlay_multicast_group").selectAll().execute()).toHaveLength(groups.size);
      const members = await db.selectFrom("multicast_group_member").select("state").execute();
      expect(members).toEqual([...wanted].map(() => ({ state: "joined" })));
      rack.requests = [];
      await rack.pass();
      await other.tasks.waitFor("multicast_reconciler", { activate: true, deadlineMs: 10_000 });
      expect(rack.writes()).toEqual([]);
    } finally {
      await other?.tasks.stop({ deadlineMs: 1_000 });
      await other?.sagas.stop({ deadlineMs: 1_000 });
      await rack.close();
    }
  });
});
