/**
 * Two Nexus processes on one PostgreSQL. Each step of the story is asked of one that is killed in its midst and started again;
 * the other one goes on. Nothing is lost, nothing doubled, and many instances at once are nothing special afterwards.
 */
import { setTimeout as delay } from "node:timers/promises";
import { nexusLockstepClient } from "@racklet/nexus-internal-client/lockstep";
import { storeLegs, type FreshDatabase } from "@racklet/store/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startLooseRack, type LooseRack } from "../support/loose-rack.ts";
import { manyInstances } from "../support/many-instances.ts";
import { groupsOn } from "../support/multicast.ts";
import { natEntries } from "../support/nat.ts";
import { ok, Oxide } from "../support/oxide.ts";
import { beginStory, type Story } from "../support/story.ts";
import { until } from "../support/until.ts";

const START_UP = 60_000;
const GROUP = "224.5.0.1";
const EVERYTHING = process.env["RACKLET_CRASH"] === "all";
/** Milliseconds from the begin of a step to the kill. */
const MOMENTS = EVERYTHING ? [0, 5, 15, 40] : [10];
/** The first one is also the one that sled-agents report to. */
const VICTIMS = EVERYTHING ? [0, 1] : [0];
const query = { project: "story" };

describe.each(storeLegs().filter(({ shared }) => shared))("two Nexus processes on one $name", (leg) => {
  let database: FreshDatabase;
  let rack: LooseRack;
  let story: Story;
  beforeAll(async () => {
    database = await leg.fresh();
    rack = await startLooseRack(database.url, 2);
    story = await beginStory(rack);
    const { methods } = story.oxide;
    const { siloId } = await ok(methods.currentUserView({}));
    const path = { pool: "groups" };
    await ok(
      methods.systemIpPoolCreate({ body: { name: "groups", description: "", ipVersion: "v4", poolType: "multicast" } }),
    );
    await ok(methods.systemIpPoolRangeAdd({ path, body: { first: "224.5.0.0", last: "224.5.0.255" } }));
    await ok(methods.systemIpPoolSiloLink({ path, body: { silo: siloId, isDefault: true } }));
  }, START_UP);
  afterAll(async () => {
    await rack?.stop();
    await database?.dispose();
  }, START_UP);

  /** The step is asked of the victim; the answer does not matter, since it may never come. */
  async function amidKill(
    victim: number,
    moment: number,
    step: (methods: Oxide["methods"]) => Promise<unknown>,
  ): Promise<void> {
    const nexus = rack.nexuses[victim]!;
    const { methods } = new Oxide({ host: nexus.urls.external, token: story.token });
    const killed = delay(moment).then(() => nexus.kill());
    await Promise.allSettled([step(methods), killed]);
    await nexus.restart();
  }

  /** Asks any that lives, again and again, as users do. */
  const repeated = (what: string, step: (methods: Oxide["methods"]) => Promise<boolean>): Promise<unknown> =>
    until(
      what,
      () => step(story.oxide.methods),
      (done) => done,
      { deadlineMs: 40_000, everyMs: 100 },
    );

  it.each(VICTIMS)(
    "a story during which process %i is killed again and again",
    { timeout: 300_000 },
    async (victim) => {
      for (const moment of MOMENTS) await tell(victim, moment, `vm-${victim}-${moment}`);
    },
  );

  it(
    "afterwards run instances created at the same time, and keep nothing of them once they are deleted",
    { timeout: 60_000 },
    () => manyInstances(story),
  );

  async function unfinishedSagas(): Promise<unknown[]> {
    const unfinished: unknown[] = [];
    const lockstep = nexusLockstepClient({ baseUrl: rack.nexus.lockstep });
    for await (const saga of lockstep.pages.saga_list()) {
      if (!["succeeded", "failed"].includes(saga.state.state)) unfinished.push(saga);
    }
    return unfinished;
  }

  async function tell(victim: number, moment: number, instance: string): Promise<void> {
    const at = { path: { instance }, query };
    const member = { path: { instance, multicastGroup: GROUP }, query };
    const body = {
      name: instance,
      description: "",
      hostname: instance,
      ncpus: 1,
      memory: 2 ** 30,
      networkInterfaces: { type: "default_ipv4" as const },
      externalIps: [{ type: "ephemeral" as const, poolSelector: { type: "auto" as const } }],
    };
    const stateOf = async (methods: Oxide["methods"]): Promise<string | undefined> =>
      (await ok(methods.instanceList({ query }))).items.find(({ name }) => name === instance)?.runState;

    await amidKill(victim, moment, (methods) => methods.instanceCreate({ query, body }));
    await repeated(`${instance} runs`, async (methods) => {
      const state = await stateOf(methods);
      if (state === undefined) await ok(methods.instanceCreate({ query, body }));
      if (state === "stopped" || state === "failed") await ok(methods.instanceStart(at));
      return state === "running";
    });
    await story.expectNat(instance);

    await amidKill(victim, moment, (methods) => methods.instanceMulticastGroupJoin({ ...member, body: {} }));
    await repeated(`${instance} is joined`, async (methods) => {
      const { state } = await ok(methods.instanceMulticastGroupJoin({ ...member, body: {} }));
      return state === "Joined";
    });
    for (const name of ["switch0", "switch1"]) {
      const held = await groupsOn(rack, name);
      expect(held, name).toEqual([expect.stringMatching(/^224\.5\.0\.1 → ff04::e005:1 at rear\d+ from any$/)]);
    }

    await amidKill(victim, moment, (methods) => methods.instanceMulticastGroupLeave(member));
    await repeated("the group is gone everywhere", async (methods) => {
      const { items } = await ok(methods.multicastGroupList({}));
      if (items.length > 0) await ok(methods.instanceMulticastGroupLeave(member));
      const held = await Promise.all(["switch0", "switch1"].map((name) => groupsOn(rack, name)));
      return held.flat().length === 0;
    });

    await amidKill(victim, moment, (methods) => methods.instanceStop(at));
    await repeated(`${instance} is off`, async (methods) => {
      const state = await stateOf(methods);
      if (state === "running" || state === "failed") await ok(methods.instanceStop(at));
      return state === "stopped";
    });

    await amidKill(victim, moment, (methods) => methods.instanceDelete(at));
    // A creation that was cut short is finished by whoever takes its saga up, which may be only now.
    await until(
      `${instance} is deleted, and no saga is stuck or still running`,
      async () => {
        const { methods } = story.oxide;
        const unfinished = await unfinishedSagas();
        const state = await stateOf(methods);
        if (state === "running") await ok(methods.instanceStop(at));
        else if (state !== undefined) await ok(methods.instanceDelete(at));
        return { unfinished, state };
      },
      ({ unfinished, state }) => state === undefined && unfinished.length === 0,
      { deadlineMs: 40_000, everyMs: 100 },
    );
    await story.expectNat();
    for (const name of ["switch0", "switch1"]) expect(await natEntries(rack.dpdClient(name)), name).toEqual([]);
    const utilization = await ok(story.oxide.methods.systemIpPoolUtilizationView({ path: { pool: "default" } }));
    expect(utilization).toEqual({ capacity: 256, remaining: 256 });
  }
});
