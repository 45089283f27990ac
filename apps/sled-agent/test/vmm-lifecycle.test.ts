import { describe, expect, test } from "vitest";
import { INSTANCE, VMM, newest } from "./bodies.ts";
import { rig, stateIn, type Rig } from "./rig.ts";

const put = (r: Rig, type: string, value?: unknown) =>
  r.ask("PUT", `/vmms/${VMM}/state`, { state: value === undefined ? { type } : { type, value } });
const state = async (r: Rig) => stateIn(await r.ask("GET", `/vmms/${VMM}/state`));
const register = (r: Rig, body: unknown = newest()) => r.ask("PUT", `/vmms/${VMM}`, body);

async function running(r: Rig = rig()): Promise<Rig> {
  await register(r);
  await put(r, "running");
  await r.sim.clock.runUntil(() => r.nexus.statesOf(VMM).at(-1) === "running");
  return r;
}

const gone = (r: Rig) => r.sim.clock.runUntil(async () => (await r.ask("GET", `/vmms/${VMM}/state`)).status === 404);

describe("registering a VMM", () => {
  test("starts nothing and answers the state it was given", async () => {
    const r = rig();
    expect(await register(r)).toEqual({
      status: 200,
      body: {
        vmm_state: { state: "starting", gen: 1, time_updated: "2026-01-01T00:00:00.000Z" },
        migration_in: null,
        migration_out: null,
      },
    });
    await r.sim.clock.advance(60_000);
    expect(await state(r)).toEqual({ state: "starting", gen: 1 });
    expect(r.ctx.opte.ports.size).toBe(0);
  });

  test("again for the same instance changes nothing, whatever the body says", async () => {
    const r = await running();
    const before = await state(r);
    const again = newest({ hostname: "other" }, { vmm_runtime: { ...runtime, gen: 99 } });
    expect(stateIn(await register(r, again))).toEqual(before);
    expect(await state(r)).toEqual(before);
  });

  test("again for another instance is refused", async () => {
    const r = rig();
    await register(r);
    const other = await register(r, newest({}, { instance_id: VMM }));
    expect(other).toMatchObject({ status: 400, body: { error_code: "InvalidRequest" } });
    expect(other.body).toMatchObject({ message: `VMM ${VMM} belongs to instance ${INSTANCE}, not ${VMM}` });
  });

  test("as the target of a migration shows the migration as pending", async () => {
    const r = rig();
    const answer = await register(r, newest({}, { migration_id: INSTANCE }));
    expect(answer.body).toMatchObject({ migration_in: { migration_id: INSTANCE, state: "pending", gen: 1 } });
  });
});

const runtime = { state: "starting", gen: 1, time_updated: "2026-01-01T00:00:00.000Z" };

describe("a VMM that was never started", () => {
  test("is destroyed by a stop at once, reported, and then forgotten", async () => {
    const r = rig();
    await register(r);
    expect(stateIn(await put(r, "stopped"))).toEqual({ state: "destroyed", gen: 2 });
    await gone(r);
    expect(r.nexus.reports).toEqual([{ id: VMM, state: "destroyed", gen: 2 }]);
  });

  test("cannot reboot", async () => {
    const r = rig();
    await register(r);
    expect(await put(r, "reboot")).toMatchObject({ status: 400, body: { error_code: "InvalidRequest" } });
    expect(await state(r)).toEqual({ state: "starting", gen: 1 });
  });

  test("fails when asked to migrate without having been registered for it", async () => {
    const r = rig();
    await register(r);
    expect(await put(r, "migration_target", { src_propolis_addr: "[::1]:1" })).toMatchObject({ status: 200 });
    await gone(r);
    expect(r.nexus.statesOf(VMM)).toEqual(["failed"]);
  });
});

describe("a VMM that is started", () => {
  test("answers null, has its port at once, and reports each state once, with a greater generation", async () => {
    const r = await running();
    expect(r.ctx.opte.ports.list().map(({ port }) => port.name)).toEqual(["opte0"]);
    expect(r.nexus.reports.map((report) => report.state)).toEqual(["starting", "running"]);
    const gens = r.nexus.reports.map(({ gen }) => gen);
    expect(gens).toEqual([...new Set(gens)].sort((a, b) => a - b));
    expect(await put(r, "running")).toEqual({ status: 200, body: { updated_runtime: null } });
  });

  test("goes through stopping to destroyed, and is forgotten only after Nexus knows", async () => {
    const r = await running();
    const before = await state(r);
    expect(stateIn(await put(r, "stopped"))).toEqual({ state: "stopping", gen: (before?.gen ?? 0) + 1 });
    await gone(r);
    expect(r.nexus.statesOf(VMM).at(-1)).toBe("destroyed");
    expect(r.nexus.statesOf(VMM)).not.toContain("stopped");
    expect(r.ctx.opte.ports.size).toBe(0);
  });

  test("reboots and runs again", async () => {
    const r = await running();
    expect(stateIn(await put(r, "reboot"))?.state).toBe("rebooting");
    await r.sim.clock.runUntil(async () => (await state(r))?.state === "running");
    expect(r.nexus.statesOf(VMM)).toContain("rebooting");
  });

  test("stops while it is still starting", async () => {
    const r = rig();
    await register(r);
    await put(r, "running");
    await r.sim.clock.advance(10);
    expect(stateIn(await put(r, "stopped"))?.state).toBe("stopping");
    await gone(r);
    expect(r.nexus.statesOf(VMM)).not.toContain("running");
  });

  test("a second stop changes nothing: what its propolis shows meanwhile is all that counts", async () => {
    const r = await running();
    const before = (await state(r))?.gen ?? 0;
    for (const _ of [1, 2]) expect(stateIn(await put(r, "stopped"))?.state).toBe("stopping");
    await gone(r);
    // The first request, and then what its propolis shows: Stopping, Stopped and Destroyed.
    expect(r.nexus.reports.at(-1)).toEqual({ id: VMM, state: "destroyed", gen: before + 4 });
  });

  test("passes on its propolis' refusal to reboot while it stops", async () => {
    const r = await running();
    await put(r, "stopped");
    expect(await put(r, "reboot")).toMatchObject({ status: 403, body: { message: "Forbidden" } });
  });

  test("fails when its VM cannot be a migration target, and Nexus is told that the migration failed", async () => {
    const r = rig();
    await register(r, newest({}, { migration_id: INSTANCE }));
    await put(r, "migration_target", { src_propolis_addr: "[::1]:1" });
    await gone(r);
    expect(r.nexus.statesOf(VMM)).toEqual(["failed"]);
    expect(r.ctx.opte.ports.size).toBe(0);
  });
});

describe("unregistering a VMM", () => {
  test("answers null when it is unknown, every time", async () => {
    const r = rig();
    expect(await r.ask("DELETE", `/vmms/${VMM}`)).toEqual({ status: 200, body: { updated_runtime: null } });
  });

  test("forces it to failed, takes its port, and leaves the report to the caller", async () => {
    const r = await running();
    const before = await state(r);
    const reports = r.nexus.reports.length;
    const answer = await r.ask("DELETE", `/vmms/${VMM}`);
    expect(stateIn(answer)).toEqual({ state: "failed", gen: (before?.gen ?? 0) + 1 });
    expect((await r.ask("GET", `/vmms/${VMM}/state`)).status).toBe(404);
    await r.sim.clock.advance(60_000);
    expect(r.nexus.reports.length).toBe(reports);
    expect(r.ctx.opte.ports.size).toBe(0);
  });

  test("lets the same id be registered again", async () => {
    const r = await running();
    await r.ask("DELETE", `/vmms/${VMM}`);
    expect(stateIn(await register(r))).toEqual({ state: "starting", gen: 1 });
    await put(r, "running");
    await r.sim.clock.runUntil(async () => (await state(r))?.state === "running");
    expect(r.ctx.opte.ports.list().map(({ port }) => port.name)).toEqual(["opte1"]);
  });
});

describe("an unknown VMM", () => {
  const requests: [method: string, path: string, body?: unknown][] = [
    ["GET", `/vmms/${VMM}/state`],
    ["PUT", `/vmms/${VMM}/state`, { state: { type: "running" } }],
    ["PUT", `/vmms/${VMM}/state`, { state: { type: "stopped" } }],
    ["PUT", `/vmms/${VMM}/state`, { state: { type: "reboot" } }],
    ["PUT", `/vmms/${VMM}/state`, { state: { type: "migration_target", value: { src_propolis_addr: "[::1]:1" } } }],
    ["PUT", `/vmms/${VMM}/external-ip`, { type: "ephemeral", value: "10.0.0.1" }],
    ["DELETE", `/vmms/${VMM}/external-ip`, { type: "floating", value: "10.0.0.1" }],
  ];
  test.each(requests)("%s %s %j is 404 NO_SUCH_INSTANCE", async (method, path, body) => {
    const answer = await rig().ask(method, path, body);
    expect(answer).toMatchObject({ status: 404, body: { error_code: "NO_SUCH_INSTANCE", message: "Not Found" } });
  });
});
