import { storeLegs } from "@racklet/store/testing";
import { realWorld, type World } from "@racklet/world";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_CONFIG } from "../src/config.ts";
import { contextOn, type NexusContext } from "../src/context.ts";
import { migrations } from "../src/db/migrations.ts";
import type { NexusTables } from "../src/db/schema.ts";
import { announce, deadOwners, heartbeat, withdraw } from "../src/process/liveness.ts";

describe.each(storeLegs())("Nexus processes that share $name", (leg) => {
  let now = Date.parse("2026-01-01T00:00:00Z");
  let mine: NexusContext;
  let other: NexusContext;
  beforeEach(async () => {
    const real = realWorld({ name: "test" });
    const world: World = { ...real, clock: { ...real.clock, now: () => now } };
    const store = await leg.open<NexusTables>({ migrations, world });
    mine = contextOn(store, DEFAULT_CONFIG, world);
    other = contextOn(store, DEFAULT_CONFIG, world);
    // On SQLite announcing drops everybody else, so the other one comes second and says so as a heartbeat.
    await announce(mine);
    await heartbeat(other);
  });
  afterEach(() => mine.store.close());

  const saga = async (owner: string, state: "running" | "unwinding" | "done") => {
    const time = new Date(now).toISOString();
    const id = mine.world.ids.uuid();
    await mine.store.db
      .insertInto("saga")
      .values({
        id,
        name: "x",
        params: "{}",
        nodes: "[]",
        state,
        owner,
        generation: 1,
        error: null,
        created_at: time,
        updated_at: time,
      })
      .execute();
  };

  it("leave the sagas of a process alone that lives, and take them over when it has been silent", async () => {
    await saga(other.processId, "running");
    expect(await deadOwners(mine)).toEqual([]);
    now += 14_000;
    await heartbeat(other);
    now += 14_000;
    expect(await deadOwners(mine)).toEqual([]);
    now += 2_000;
    expect(await deadOwners(mine)).toEqual([other.processId]);
    // It was only slow: from now on it counts as alive again.
    await heartbeat(other);
    expect(await deadOwners(mine)).toEqual([]);
  });

  it("take over at once what a process left that signed off, and never what is done or their own", async () => {
    await saga(other.processId, "unwinding");
    await saga("somebody long gone", "done");
    await saga(mine.processId, "running");
    await withdraw(other);
    expect(await deadOwners(mine)).toEqual([other.processId]);
  });

  it("take over at once what a process of the same name left, which must have ended", async () => {
    const named = (processName: string): NexusContext => {
      const { store, world } = mine;
      return contextOn(store, { ...DEFAULT_CONFIG, processName }, world);
    };
    const [before, neighbour, after] = [named("host 1"), named("host 2"), named("host 1")];
    await heartbeat(before);
    await heartbeat(neighbour);
    await saga(before.processId, "running");
    await saga(neighbour.processId, "running");
    await announce(after);
    // On SQLite there can be no other process at all.
    const dead = leg.shared ? [before.processId] : [before.processId, neighbour.processId];
    expect((await deadOwners(after)).sort()).toEqual(dead.sort());
  });
});
