/**
 * A rack as `racklet up` starts it, a process for each service. First the story of the published SDK, undisturbed; then kill -9
 * of each service in turn, in the middle of each step of a story. Whatever the calls answered then, asking again must
 * lead to the outcome, with exactly the right entries in both switches and no saga left behind.
 */
import { setTimeout as delay } from "node:timers/promises";
import { nexusLockstepClient } from "@racklet/nexus-internal-client/lockstep";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { storyOfPublishedSdk } from "../e2e/stories/published-sdk.ts";
import { rackControl, type RackControl } from "../support/control.ts";
import { natEntries } from "../support/nat.ts";
import { newInstance } from "../support/new-instance.ts";
import { ok } from "../support/oxide.ts";
import { startRack, type Rack } from "../support/rack.ts";
import { agrees, beginStory, type Story } from "../support/story.ts";
import { until } from "../support/until.ts";

const START_UP = 60_000;
const STORY = 180_000;

/** `npm run test:crash` runs every service at every moment; otherwise one of each kind of service is killed in each step. */
const EVERYTHING = process.env["RACKLET_CRASH"] === "all";
/** Milliseconds from the start of a step to the kill: before, during and after its work. */
const MOMENTS = EVERYTHING ? [0, 8, 30] : [8];
/** `host`: the sled-agent that has the instance when the step begins. `dpd`: the two in turn. */
const SERVICES = EVERYTHING
  ? ["nexus", "dpd/switch0", "dpd/switch1", "sled-agent/0", "sled-agent/1", "sled-agent/2", "sled-agent/3", "host"]
  : ["nexus", "dpd", "host"];

describe("a rack of processes", () => {
  let rack: Rack;
  let control: RackControl;
  let story: Story;
  /** By name, as often as it was. */
  const killed: string[] = [];
  beforeAll(async () => {
    rack = await startRack();
    control = rackControl(rack.dataDir);
    story = await beginStory(rack);
  }, START_UP);
  afterAll(() => rack?.stop(), START_UP);

  storyOfPublishedSdk(() => story);

  const query = { project: "story" };

  it.each(SERVICES)("goes through a story during which %s is killed", { timeout: STORY }, async (service) => {
    for (const moment of MOMENTS) await storyWithKills(service, moment);
  });

  it("leaves every service running, as operators see it", { timeout: STORY }, async () => {
    const { services } = JSON.parse(await rack.racklet("status", "--json")) as {
      services: { name: string; state: string; restarts: number }[];
    };
    for (const { name, state, restarts } of services) {
      expect(state, name).toBe("running");
      if (killed.includes(name)) expect(restarts, name).toBeGreaterThan(0);
    }
    expect(killed).toEqual(expect.arrayContaining(["nexus", "dpd/switch0", "dpd/switch1"]));
  });

  async function victimOf(service: string, instance: string): Promise<string> {
    if (service === "host") return story.host(instance);
    if (service === "dpd") return killed.at(-1) === "dpd/switch0" ? "dpd/switch1" : "dpd/switch0";
    return service;
  }

  async function storyWithKills(service: string, moment: number): Promise<void> {
    const { methods } = story.oxide;
    const instance = `vm-${service.replace("/", "-")}-${moment}`;
    const floating = `ip-${service.replace("/", "-")}-${moment}`;
    const at = { path: { instance }, query };
    /** Runs a step with the kill in its midst; what the step itself answers does not matter. */
    const amid = async (step: () => Promise<unknown>): Promise<void> => {
      const victim = await victimOf(service, instance);
      killed.push(victim);
      const kill = delay(moment).then(() => control.kill(victim));
      await Promise.allSettled([step(), kill]);
      await kill;
      await servicesAreUp();
    };
    const view = () => ok(methods.instanceView(at));
    const create = () => methods.instanceCreate({ query, body: newInstance(instance, "to be killed around") });
    /**
     * The instance runs and both switches have its entries. A create that failed is asked for again, and an instance whose
     * VM went with its sled-agent is started again, as a user would.
     */
    const settle = () =>
      until(
        `${instance} runs and has its entries after ${service} was killed`,
        async () => {
          const list = await ok(methods.instanceList({ query: { ...query, limit: 1000 } }));
          const found = list.items.find(({ name }) => name === instance);
          if (found === undefined) await ok(create());
          else if (found.runState === "stopped" || found.runState === "failed") await ok(methods.instanceStart(at));
          if (found?.runState !== "running") return { state: found?.runState, want: [], have: [[]] };
          return { state: found.runState, ...(await story.nat(instance)) };
        },
        (seen) => seen.state === "running" && agrees(seen),
        { deadlineMs: 45_000, everyMs: 50 },
      );
    const attachedTo = async () =>
      (await ok(methods.floatingIpView({ path: { floatingIp: floating }, query }))).instanceId ?? null;
    const ensureAttached = async (wantAttached: boolean) => {
      const { id } = await view();
      await until(
        `${floating} is ${wantAttached ? "attached" : "detached"} after ${service} was killed`,
        async () => {
          const path = { floatingIp: floating };
          if (wantAttached) {
            await ok(methods.floatingIpAttach({ path, query, body: { kind: "instance", parent: instance } }));
          } else await ok(methods.floatingIpDetach({ path, query }));
          return attachedTo();
        },
        (seen) => seen === (wantAttached ? id : null),
        { deadlineMs: 30_000, everyMs: 100 },
      );
    };

    await amid(create);
    await settle();

    await until(
      "the floating IP exists",
      () => ok(methods.floatingIpCreate({ query, body: { name: floating, description: "" } })),
      () => true,
    );
    await amid(() =>
      methods.floatingIpAttach({ path: { floatingIp: floating }, query, body: { kind: "instance", parent: instance } }),
    );
    await settle();
    await ensureAttached(true);
    await settle();

    await amid(() => methods.floatingIpDetach({ path: { floatingIp: floating }, query }));
    await settle();
    await ensureAttached(false);
    await settle();

    await amid(() => methods.instanceStop(at));
    await until(
      `${instance} is off after ${service} was killed`,
      async () => {
        const { runState } = await view();
        if (runState === "running" || runState === "failed") await ok(methods.instanceStop(at));
        return runState;
      },
      (state) => state === "stopped",
      { deadlineMs: 45_000, everyMs: 100 },
    );
    await story.expectNat();

    await amid(() => methods.instanceDelete(at));
    await until(
      `${instance} and ${floating} are gone after ${service} was killed`,
      async () => {
        const list = await ok(methods.instanceList({ query: { ...query, limit: 1000 } }));
        if (list.items.some(({ name }) => name === instance)) await ok(methods.instanceDelete(at));
        const ips = await ok(methods.floatingIpList({ query: { ...query, limit: 1000 } }));
        if (ips.items.some(({ name }) => name === floating))
          await ok(methods.floatingIpDelete({ path: { floatingIp: floating }, query }));
        return list.items.length + ips.items.length;
      },
      (left) => left === 0,
      { deadlineMs: 30_000, everyMs: 100 },
    );
    await expectCleanEnd();
  }

  async function servicesAreUp(): Promise<void> {
    await until(
      "every service runs again",
      () => control.down(),
      (down) => down.length === 0,
    );
  }

  async function expectCleanEnd(): Promise<void> {
    const { methods } = story.oxide;
    await story.expectNat();
    const utilization = await ok(methods.systemIpPoolUtilizationView({ path: { pool: "default" } }));
    expect(utilization).toEqual({ capacity: 256, remaining: 256 });
    const lockstep = nexusLockstepClient({ baseUrl: rack.nexus.lockstep });
    await until(
      "no saga is stuck or still running",
      async () => {
        const unfinished: unknown[] = [];
        for await (const saga of lockstep.pages.saga_list()) {
          if (!["succeeded", "failed"].includes(saga.state.state)) unfinished.push(saga);
        }
        return unfinished;
      },
      (unfinished) => unfinished.length === 0,
    );
    for (const name of ["switch0", "switch1"]) expect(await natEntries(rack.dpdClient(name)), name).toEqual([]);
  }
});
