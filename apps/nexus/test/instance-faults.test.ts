import { HttpError } from "@racklet/api-kit";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { contextOn } from "../src/context.ts";
import { instanceWatcherTask } from "../src/tasks/instance-watcher.ts";
import { emptyRack } from "./support/rack-rows.ts";
import { smallInstance, startRack, type Rack } from "./support/rack.ts";

let rack: Rack;
beforeAll(async () => {
  rack = await startRack();
});
afterAll(() => rack.close());
beforeEach(async () => {
  for (const sled of rack.sleds) {
    sled.down = false;
    sled.tooOld = false;
    sled.reporting = true;
    sled.broken.clear();
    sled.gates.clear();
    sled.calls.length = 0;
  }
  await emptyRack(rack);
});

const make = (name = "web", more: object = {}) =>
  rack.ok("POST", "/v1/instances?project=p", smallInstance(name, { start: false, ...more }));
const act = (verb: string, name = "web") => rack.call("POST", `/v1/instances/${name}/${verb}?project=p`);
const state = async (name = "web"): Promise<string> =>
  (await rack.ok("GET", `/v1/instances/${name}?project=p`)).run_state;
const run = async (name = "web") => {
  await make(name);
  expect((await act("start", name)).status).toBe(202);
  await rack.settled();
  expect(await state(name)).toBe("running");
};
const vmm = () => {
  for (const sled of rack.sleds) for (const id of sled.vmms.keys()) return { sled, id };
  throw new Error("no sled has a VMM");
};
const all = (change: (sled: Rack["sleds"][number]) => void) => rack.sleds.forEach(change);
const reservations = () => rack.nexus.store.db.selectFrom("sled_resource_vmm").selectAll().execute();
const makeFloating = (name = "fip") =>
  rack.ok("POST", "/v1/floating-ips?project=p", {
    name,
    description: "",
    address_allocator: { type: "auto", pool_selector: { type: "auto", ip_version: "v4" } },
  });

describe("a VMM that is on its way down already, though Nexus has not heard so", () => {
  const onItsWay = () => all((sled) => sled.broken.set("vmm_put_state", new HttpError(403, "Forbidden")));

  it("takes no reboot: a conflict that says why", async () => {
    await run();
    onItsWay();
    expect(await act("reboot")).toMatchObject({
      status: 409,
      body: { error_code: "Conflict", message: expect.stringContaining("on its way down") },
    });
  });

  it("takes no reboot when it has ended", async () => {
    await run();
    all((sled) => (sled.reporting = false));
    vmm().sled.change(vmm().id, "destroyed");
    expect(await act("reboot")).toMatchObject({ status: 409, body: { error_code: "Conflict" } });
  });

  it("needs not be told to stop", async () => {
    await run();
    onItsWay();
    expect((await act("stop")).status).toBe(202);
  });
});

describe("a VMM that starts, as far as Nexus has heard,", () => {
  const starting = async () => {
    all((sled) => (sled.reporting = false));
    await make();
    await act("start");
    await rack.settled();
    expect(await state()).toBe("starting");
  };

  it("is rebooted when its sled says that it runs", async () => {
    await starting();
    expect(await act("reboot")).toMatchObject({ status: 202, body: { run_state: "rebooting" } });
  });

  it.each([403, 400])("takes no reboot when its sled refuses with %i: 400 that says when it will", async (status) => {
    await starting();
    all((sled) => sled.broken.set("vmm_put_state", new HttpError(status, "Instance is currently starting")));
    expect(await act("reboot")).toMatchObject({
      status: 400,
      body: { message: "instance is starting: it can be rebooted once it runs" },
    });
    expect(await state()).toBe("starting");
  });
});

describe("when a sled-agent", () => {
  it("cannot be reached, a start is refused with 502 and nothing remains of it", async () => {
    await make();
    all((sled) => (sled.down = true));
    const answer = await act("start");
    expect(answer).toMatchObject({ status: 502, body: { error_code: "Internal" } });
    expect(answer.body.message).toMatch(/the sled-agent of sled .* could not be reached \(refused\)/);
    expect(await state()).toBe("stopped");
    expect(await rack.nat()).toEqual([]);
    expect(await reservations()).toEqual([]);
    all((sled) => (sled.down = false));
    expect((await act("start")).status).toBe(202);
  });

  it("cannot be reached, a new instance is there all the same, stopped", async () => {
    all((sled) => (sled.down = true));
    const made = await rack.call("POST", "/v1/instances?project=p", smallInstance("web"));
    expect(made).toMatchObject({ status: 201, body: { run_state: "stopped" } });
  });

  it("is too old for Nexus, a start says so with 503", async () => {
    await make();
    all((sled) => (sled.tooOld = true));
    const answer = await act("start");
    expect(answer).toMatchObject({ status: 503, body: { error_code: "ServiceNotAvailable" } });
    expect(answer.body.message).toMatch(/is too old: Nexus needs version 49\.0\.0 of its API/);
    expect(await state()).toBe("stopped");
  });

  it("crashes, its instances fail, and what they held is free again", async () => {
    await run();
    all((sled) => sled.crash());
    expect(await rack.pass("instance_watcher")).toMatchObject({ checked: 1, lost: 1 });
    await rack.settled();
    expect(await state()).toBe("failed");
    expect(await rack.nat()).toEqual([]);
    expect(await reservations()).toEqual([]);
    const { failure_reason: reason } = await rack.nexus.store.db
      .selectFrom("vmm")
      .select("failure_reason")
      .executeTakeFirstOrThrow();
    expect(reason).toMatch(/does not have the VMM any more/);
  });

  it.each(["reboot", "stop"])("crashes, a %s says that the instance is lost", async (verb) => {
    await run();
    all((sled) => sled.crash());
    expect(await act(verb)).toMatchObject({
      status: 503,
      body: { message: expect.stringMatching(/no longer reachable. It is being moved to the Failed state/) },
    });
    await rack.settled();
    expect(await state()).toBe("failed");
    // Again: a failed instance can be stopped, not rebooted.
    expect((await act(verb)).status).toBe(verb === "stop" ? 202 : 400);
  });

  it("is silent, the watcher finds out what it did not tell, and changes nothing when there is no news", async () => {
    await run();
    all((sled) => (sled.reporting = false));
    vmm().sled.change(vmm().id, "destroyed");
    expect(await state()).toBe("running");
    expect(await rack.pass("instance_watcher")).toMatchObject({ checked: 1, changed: 1 });
    await rack.settled();
    expect(await state()).toBe("stopped");
    await act("start");
    await rack.pass("instance_watcher");
    expect(await rack.pass("instance_watcher")).toMatchObject({ checked: 1, changed: 0, lost: 0, stopped: 0 });
  });

  it("runs an instance, it is asked for it twice a minute, and whenever the watcher is activated", async () => {
    await run();
    let later = 0;
    const { clock } = rack.nexus.world;
    const shifted = { now: clock.now, monotonicMs: () => clock.monotonicMs() + later };
    const watcher = instanceWatcherTask({ ...rack.nexus, world: { ...rack.nexus.world, clock: shifted } });
    const checked = async (reason: "signaled" | "timeout") =>
      (await watcher.run({ iteration: 1, reason, signal: new AbortController().signal })).checked;
    expect(await checked("timeout")).toBe(1);
    expect(await checked("timeout")).toBe(0);
    expect(await checked("signaled")).toBe(1);
    later = 25_000;
    expect(await checked("timeout")).toBe(0);
    later = 31_000;
    expect(await checked("timeout")).toBe(1);
    await act("stop");
    expect(await checked("timeout")).toBe(1);
  });

  it("did not hear of a stop, it is told again when it is back", async () => {
    await run();
    all((sled) => (sled.down = true));
    expect((await act("stop")).status).toBe(502);
    expect(await rack.pass("instance_watcher")).toMatchObject({ checked: 1, failed: 1 });
    expect(await state()).toBe("running");
    all((sled) => (sled.down = false));
    expect(await rack.pass("instance_watcher")).toMatchObject({ checked: 1, stopped: 1 });
    await rack.settled();
    expect(await state()).toBe("stopping");
  });

  it("is about to tell that a VMM ended, a stop that comes just then does not make it a failure", async () => {
    await run();
    const { sled, id } = vmm();
    sled.reporting = false;
    sled.change(id, "destroyed");
    expect((await act("stop")).status).toBe(202);
    expect(await state()).toBe("running");
    sled.speak();
    await rack.settled();
    expect(await state()).toBe("stopped");
  });

  it("reports an older generation, nothing changes; of a VMM nobody knows, it is told so", async () => {
    await run();
    const { sled, id } = vmm();
    const report = { vmm_state: { state: "failed", gen: 1, time_updated: new Date(0).toISOString() } };
    await rack.ok("PUT", `/vmms/${id}`, report, { api: "internal" });
    expect(await state()).toBe("running");
    const unknown = `/vmms/${rack.nexus.world.ids.uuid()}`;
    expect((await rack.call("PUT", unknown, report, { api: "internal" })).status).toBe(404);
    sled.change(id, "destroyed");
    await rack.settled();
    // A late report of a VMM that is over is no news, and no error.
    await rack.ok("PUT", `/vmms/${id}`, { vmm_state: { ...report.vmm_state, gen: 99 } }, { api: "internal" });
    expect(await state()).toBe("stopped");
  });

  it("fails at an attach, the address is free again", async () => {
    await run();
    const floating = await makeFloating();
    all((sled) => sled.broken.set("vmm_put_external_ip", new Error("no port")));
    const before = await rack.nat();
    expect(
      (await rack.call("POST", "/v1/floating-ips/fip/attach?project=p", { kind: "instance", parent: "web" })).status,
    ).toBe(500);
    expect(await rack.ok("GET", `/v1/floating-ips/${floating.id}`)).toMatchObject({ instance_id: null });
    expect(await rack.nat()).toEqual(before);
  });
});

describe("what two do at once:", () => {
  it("a floating IP attached to two instances goes to exactly one", async () => {
    await run("a");
    await run("b");
    const floating = await makeFloating();
    const attach = (parent: string) =>
      rack.call("POST", "/v1/floating-ips/fip/attach?project=p", { kind: "instance", parent });
    const answers = await Promise.all([attach("a"), attach("b")]);
    expect(answers.map(({ status }) => status).filter((status) => status === 202)).toHaveLength(1);
    const lost = answers.find(({ status }) => status !== 202);
    expect([400, 503]).toContain(lost?.status);
    const entries = (await rack.nat()).filter((entry) => entry.startsWith(`${floating.ip} `));
    expect(entries).toHaveLength(1);
    const atSleds = rack.sleds.flatMap(({ vmms }) => [...vmms.values()].flatMap((each) => [...each.externalIps]));
    expect(atSleds).toEqual([`floating ${floating.ip}`]);
    // Again to the same instance, and twice detached: nothing to do.
    const winner = answers[0]?.status === 202 ? "a" : "b";
    expect((await attach(winner)).status).toBe(202);
    const detach = () => rack.call("POST", "/v1/floating-ips/fip/detach?project=p");
    expect(await detach()).toMatchObject({ status: 202, body: { instance_id: null } });
    expect((await detach()).status).toBe(202);
    expect((await rack.nat()).filter((entry) => entry.startsWith(`${floating.ip} `))).toEqual([]);
  });

  it("two starts make one VMM, and both succeed", async () => {
    await make();
    const answers = await Promise.all([act("start"), act("start")]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    await rack.settled();
    expect(rack.sleds.reduce((sum, { vmms }) => sum + vmms.size, 0)).toBe(1);
    expect(await reservations()).toHaveLength(1);
  });

  it("a start that fails late leaves alone what the next one made", async () => {
    await make();
    const gate = Promise.withResolvers<void>();
    all((sled) => sled.gates.set("vmm_put_state", gate.promise));
    const first = act("start");
    await expect.poll(() => rack.sleds.flatMap(({ calls }) => calls.slice(-1))).toContain("vmm_put_state");
    // The first VMM fails, is released, and the next one runs before the first start hears its answer.
    const { sled, id } = vmm();
    sled.change(id, "failed");
    await expect.poll(() => state()).toBe("failed");
    all((each) => each.gates.clear());
    expect((await act("start")).status).toBe(202);
    await expect.poll(() => state()).toBe("running");
    sled.broken.set("vmm_put_state", new Error("late"));
    gate.resolve();
    expect((await first).status).toBe(500);
    sled.broken.clear();
    await rack.settled();
    expect(await state()).toBe("running");
    expect(await rack.nat()).toHaveLength(1);
    expect(await reservations()).toHaveLength(1);
    expect(rack.sleds.reduce((sum, { vmms }) => sum + vmms.size, 0)).toBe(1);
  });

  it("a stop that comes while the VMM is only a record keeps it from starting", async () => {
    await make();
    const gate = Promise.withResolvers<void>();
    all((sled) => sled.gates.set("vmm_register", gate.promise));
    const starting = act("start");
    await expect.poll(() => rack.sleds.flatMap(({ calls }) => calls.slice(-1))).toContain("vmm_register");
    expect(await act("stop")).toMatchObject({ status: 202, body: { run_state: "starting" } });
    gate.resolve();
    expect((await starting).status).toBe(409);
    await rack.settled();
    expect(await state()).toBe("stopped");
    expect(rack.sleds.flatMap(({ vmms }) => [...vmms])).toEqual([]);
    expect(await rack.nat()).toEqual([]);
  });

  it("an address is attached or detached only while the instance is settled: else 503", async () => {
    await run();
    await makeFloating();
    await act("stop");
    const attach = () =>
      rack.call("POST", "/v1/floating-ips/fip/attach?project=p", { kind: "instance", parent: "web" });
    expect(await attach()).toMatchObject({
      status: 503,
      body: { message: expect.stringContaining("while the instance is stopping") },
    });
    vmm().sled.change(vmm().id, "destroyed");
    await rack.settled();
    expect((await attach()).status).toBe(202);
  });

  it("an instance that is deleted lets its addresses go", async () => {
    await make("web", { external_ips: [{ type: "ephemeral", pool_selector: { type: "auto", ip_version: "v4" } }] });
    const path = "/v1/instances/web/external-ips/ephemeral?project=p";
    expect((await rack.call("DELETE", path)).status).toBe(204);
    expect(await rack.call("DELETE", path)).toMatchObject({
      status: 400,
      body: { message: "instance does not have an ephemeral IP attached" },
    });
    for (const ip_version of ["v4", "v6"]) {
      await rack.ok("POST", path, { pool_selector: { type: "auto", ip_version } });
    }
    expect(await rack.call("DELETE", path)).toMatchObject({
      status: 400,
      body: { message: "instance has two ephemeral IPs; specify ip_version to select which to detach" },
    });
    expect((await rack.call("DELETE", `${path}&ip_version=v6`)).status).toBe(204);
    expect((await rack.call("DELETE", "/v1/instances/web?project=p")).status).toBe(204);
    expect((await rack.ok("GET", "/v1/system/ip-pools/pool4/utilization")).remaining).toBe(256);
  });
});

describe("when Nexus", () => {
  it("dies during a start, the next process finishes it", async () => {
    await make();
    const gate = Promise.withResolvers<void>();
    all((sled) => sled.gates.set("vmm_register", gate.promise));
    const asked = act("start");
    await expect.poll(() => rack.sleds.flatMap(({ calls }) => calls.slice(-1))).toContain("vmm_register");
    all((sled) => sled.gates.clear());
    const { store, config, world } = rack.nexus;
    const next = contextOn(store, config, world);
    const recovered = await next.sagas.recover({ adopt: "all" });
    await Promise.all(recovered.map(({ result }) => result));
    await Promise.all(rack.sleds.map((sled) => sled.settled()));
    expect(await state()).toBe("running");
    expect(await rack.nat()).toHaveLength(1);
    // What the dead one still hears does no harm: the saga is not its own any more.
    gate.resolve();
    expect((await asked).status).toBe(503);
    await rack.settled();
    expect(await state()).toBe("running");
    expect(rack.sleds.reduce((sum, { vmms }) => sum + vmms.size, 0)).toBe(1);
  });

  it("was too busy to release an ended VMM, or its releaser died, the updater does it", async () => {
    await run();
    const { db } = rack.nexus.store;
    all((sled) => sled.crash());
    await db.updateTable("vmm").set({ state: "destroyed" }).execute();
    await db.updateTable("instance").set({ updater_id: rack.nexus.world.ids.uuid() }).execute();
    expect(await state()).toBe("stopping");
    expect(await rack.pass("instance_updater")).toEqual({ due: 1, started: 1, unlocked: 1 });
    await rack.settled();
    expect(await state()).toBe("stopped");
    expect(await rack.nat()).toEqual([]);
    expect(await rack.pass("instance_updater")).toEqual({ due: 0, started: 0, unlocked: 0 });
  });
});

describe("whatever users and sleds do at once", () => {
  const names = ["a", "b"] as const;
  const step = fc.oneof(
    fc.record({ kind: fc.constantFrom("start", "stop", "reboot"), name: fc.constantFrom(...names) }),
    fc.record({ kind: fc.constantFrom("attach", "detach"), name: fc.constantFrom(...names) }),
    fc.record({ kind: fc.constantFrom("end", "fail", "run", "crash"), name: fc.constantFrom(...names) }),
    fc.record({ kind: fc.constantFrom("watch", "update"), name: fc.constantFrom(...names) }),
  );

  const perform = async ({ kind, name }: { kind: string; name: string }): Promise<void> => {
    const vmms = rack.sleds.flatMap((sled) => [...sled.vmms.keys()].map((id) => ({ sled, id })));
    const [one] = name === "a" ? vmms : vmms.toReversed();
    switch (kind) {
      case "attach":
        await rack.call("POST", "/v1/floating-ips/fip/attach?project=p", { kind: "instance", parent: name });
        return;
      case "detach":
        await rack.call("POST", "/v1/floating-ips/fip/detach?project=p");
        return;
      case "end":
      case "fail":
      case "run":
        one?.sled.change(one.id, kind === "end" ? "destroyed" : kind === "fail" ? "failed" : "running");
        return;
      case "crash":
        rack.sleds[name === "a" ? 0 : 1]?.crash();
        return;
      case "watch":
        await rack.pass("instance_watcher");
        return;
      case "update":
        await rack.pass("instance_updater");
        return;
      default:
        await act(kind, name);
    }
  };

  it("in the end NAT, reservations and sleds say what the instances say", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 6 }), async (rounds) => {
        await emptyRack(rack);
        for (const name of names) await make(name);
        const { id: fip } = await makeFloating();
        for (const together of rounds) await Promise.all(together.map(perform));
        await rack.settled();
        for (const task of ["instance_watcher", "instance_updater", "abandoned_vmm_reaper"]) {
          await rack.pass(task);
          await rack.settled();
        }
        const { db } = rack.nexus.store;
        const instances = await db
          .selectFrom("instance")
          .leftJoin("vmm", "vmm.id", "instance.active_propolis_id")
          .select([
            "instance.id",
            "instance.state",
            "instance.updater_id",
            "vmm.id as vmmId",
            "vmm.sled_id",
            "vmm.state as vmmState",
          ])
          .execute();
        const on = instances.filter((instance) => instance.vmmId !== null);
        expect(instances.map(({ updater_id }) => updater_id)).toEqual([null, null]);
        for (const each of on) expect(["starting", "running", "stopping", "rebooting"]).toContain(each.vmmState);
        const held = (await reservations()).map(({ vmm_id }) => vmm_id).sort();
        expect(held).toEqual(on.map(({ vmmId }) => vmmId).sort());
        expect(rack.sleds.flatMap(({ vmms }) => [...vmms.keys()]).sort()).toEqual(held);
        const ips = await db.selectFrom("external_ip").selectAll().where("time_deleted", "is", null).execute();
        for (const ip of ips) expect(["attached", "detached"]).toContain(ip.state);
        const sleds = new Map(
          (await db.selectFrom("sled").select(["id", "underlay_address"]).execute()).map((sled) => [
            sled.id,
            sled.underlay_address,
          ]),
        );
        const wanted = on.flatMap((instance) =>
          ips
            .filter((ip) => ip.parent_id === instance.id)
            .map((ip) => `${ip.ip} ${ip.first_port}-${ip.last_port} -> ${sleds.get(instance.sled_id ?? "")}`),
        );
        const found = (await rack.nat()).map((entry) => entry.split(" ").slice(0, 4).join(" "));
        expect(found.sort()).toEqual(wanted.sort());
        expect(await rack.nexus.sagas.list({ states: ["stuck"], limit: 10 })).toEqual([]);
        expect(fip).toBeDefined();
      }),
      { numRuns: 100 },
    );
  });
});
