import { describe, expect, test } from "vitest";
import { INSTANCE, VMM, newest, spec } from "./bodies.ts";
import { rig, stateIn, type Answer, type Rig } from "./rig.ts";

const path = `/vmms/${VMM}`;
const sim = () => rig({ config: { mode: "sim" } });
const put = (r: Rig, type: string, value?: unknown) =>
  r.ask("PUT", `${path}/state`, { state: value === undefined ? { type } : { type, value } });
const get = (r: Rig) => r.ask("GET", `${path}/state`);
const poke = (r: Rig) => r.sim.clock.run(() => r.ask("POST", `${path}/poke`));
const step = (r: Rig) => r.sim.clock.run(() => r.ask("POST", `${path}/poke-single-step`));
const runtime = (state: string) => ({ vmm_runtime: { state, gen: 1, time_updated: "2026-01-01T00:00:00.000Z" } });

async function registered(state = "starting", other: Record<string, unknown> = {}): Promise<Rig> {
  const r = sim();
  expect((await r.ask("PUT", path, newest({}, { ...runtime(state), ...other }))).status).toBe(200);
  return r;
}
async function running(): Promise<Rig> {
  const r = await registered();
  await put(r, "running");
  await poke(r);
  return r;
}

/** How to bring a VMM to rest in a state, and what each request then does. */
const at: Record<string, () => Promise<Rig>> = {
  starting: () => registered(),
  running,
  rebooting: async () => {
    const r = await running();
    await put(r, "reboot");
    return r;
  },
  stopping: async () => {
    const r = await running();
    await put(r, "stopped");
    return r;
  },
  migrating: () => registered("migrating", { migration_id: INSTANCE }),
};
const brief = (answer: Answer): unknown => (answer.status === 200 ? stateIn(answer)?.state : answer.status);

describe("in the simulated mode", () => {
  test("nothing happens until a VMM is poked", async () => {
    const r = await registered();
    expect(stateIn(await put(r, "running"))).toEqual({ state: "starting", gen: 1 });
    await r.sim.clock.advance(3_600_000);
    expect(stateIn(await get(r))).toEqual({ state: "starting", gen: 1 });
    expect((await poke(r)).status).toBe(204);
    expect(stateIn(await get(r))).toEqual({ state: "running", gen: 2 });
    expect(r.nexus.reports).toEqual([{ id: VMM, state: "running", gen: 2 }]);
  });

  const table: [from: string, request: string, answer: string | number, then: string | number][] = [
    ["starting", "running", "starting", "running"],
    ["running", "running", "running", "running"],
    ["rebooting", "running", "rebooting", "running"],
    ["migrating", "running", "migrating", "migrating"],
    ["stopping", "running", 400, 404],
    ["starting", "stopped", "destroyed", 404],
    ["running", "stopped", "stopping", 404],
    ["rebooting", "stopped", "stopping", 404],
    ["stopping", "stopped", "stopping", 404],
    ["migrating", "stopped", 400, "migrating"],
    ["running", "reboot", "rebooting", "running"],
    ["rebooting", "reboot", "rebooting", "running"],
    ["starting", "reboot", 400, "starting"],
    ["stopping", "reboot", 400, 404],
    ["migrating", "reboot", 400, "migrating"],
    ["running", "migration_target", 400, "running"],
    ["starting", "migration_target", 400, "starting"],
    ["migrating", "migration_target", "migrating", "running"],
  ];
  test.each(table)("%s, asked for %s, is %s, and %s after a poke", async (from, request, answer, then) => {
    const r = await (at[from] as () => Promise<Rig>)();
    const value = request === "migration_target" ? { src_propolis_addr: "[::1]:1" } : undefined;
    expect(brief(await put(r, request, value))).toBe(answer);
    await poke(r);
    expect(brief(await get(r))).toBe(then);
  });

  test("a single step shows one change and tells Nexus", async () => {
    const r = await running();
    const before = stateIn(await put(r, "stopped"))?.gen ?? 0;
    for (const [state, gen] of [
      ["stopping", before + 1],
      ["stopping", before + 2],
    ] as const) {
      expect((await step(r)).status).toBe(204);
      expect(stateIn(await get(r))).toEqual({ state, gen });
    }
    await step(r);
    expect(r.nexus.reports.at(-1)).toEqual({ id: VMM, state: "destroyed", gen: before + 3 });
    expect((await get(r)).status).toBe(404);
    expect((await step(r)).status).toBe(204);
  });

  test("a migration in goes through its phases and completes", async () => {
    const r = await registered("migrating", { migration_id: INSTANCE });
    await put(r, "migration_target", { src_propolis_addr: "[::1]:1" });
    await step(r);
    await step(r);
    expect((await get(r)).body).toMatchObject({ migration_in: { state: "in_progress", gen: 2 } });
    await poke(r);
    expect((await get(r)).body).toMatchObject({
      vmm_state: { state: "running" },
      migration_in: { state: "completed", gen: 3 },
    });
  });

  test.each([
    ["success", "destroyed", 404],
    ["failure", "running", 200],
  ] as const)("a migration out that ends in %s leaves the source %s", async (result, state, status) => {
    const r = await running();
    const body = { migration_id: INSTANCE, result };
    expect((await r.ask("POST", `${path}/sim-migration-source`, body)).status).toBe(204);
    await poke(r);
    expect(r.nexus.statesOf(VMM).at(-1)).toBe(state);
    expect((await get(r)).status).toBe(status);
  });

  test("registering again keeps the VMM and answers the state it was given", async () => {
    const r = await running();
    const again = { vmm_runtime: { ...runtime("starting").vmm_runtime, gen: 50 } };
    expect(stateIn(await r.ask("PUT", path, newest({}, again)))).toEqual({ state: "starting", gen: 50 });
    expect(stateIn(await get(r))).toEqual({ state: "running", gen: 2 });
  });

  test("a VMM with more than 16 CPUs is a 500, and one that is running already a 400", async () => {
    const big = spec({ has_write_cache: true });
    const r = sim();
    const cpus = (n: number) => newest({}, { vmm_spec: { ...big, board: { ...big.board, cpus: n } } });
    expect((await r.ask("PUT", path, cpus(17))).status).toBe(500);
    expect((await r.ask("PUT", path, newest({}, runtime("running")))).status).toBe(400);
    expect((await r.ask("PUT", path, cpus(16))).status).toBe(200);
  });

  test("unregistering answers failed, or null for an unknown VMM", async () => {
    const r = await running();
    expect(stateIn(await r.ask("DELETE", path))).toEqual({ state: "failed", gen: 3 });
    expect((await r.ask("DELETE", path)).body).toEqual({ updated_runtime: null });
  });

  test("external addresses of an unknown VMM are a 500, a second ephemeral one a 400", async () => {
    const r = await registered();
    const ephemeral = (value: string) => ({ type: "ephemeral", value });
    expect((await r.ask("PUT", `${path}/external-ip`, ephemeral("10.0.0.1"))).status).toBe(204);
    expect(await r.ask("PUT", `${path}/external-ip`, ephemeral("10.0.0.2"))).toMatchObject({
      status: 400,
      body: { error_code: "InvalidRequest" },
    });
    const unknown = await r.ask("PUT", `/vmms/${INSTANCE}/external-ip`, ephemeral("10.0.0.1"));
    expect(unknown).toMatchObject({ status: 500, body: { error_code: "Internal" } });
    expect((await put(sim(), "running")).status).toBe(404);
  });

  test("what upstream's simulator leaves out is 405", async () => {
    const r = sim();
    const message = "Method not implemented in sled-agent-sim";
    expect(await r.ask("GET", "/sled-identifiers")).toMatchObject({ status: 405, body: { message } });
    expect(await r.ask("GET", "/sled-role", undefined, "1.0.0")).toMatchObject({ status: 405, body: { message } });
  });

  test("the simulator's routes refuse what they cannot read, and do not exist in the real mode", async () => {
    const r = await running();
    expect((await r.ask("POST", "/vmms/nonsense/poke")).status).toBe(400);
    expect((await r.ask("POST", `${path}/sim-migration-source`, { migration_id: "x", result: "success" })).status).toBe(
      400,
    );
    expect((await rig().ask("POST", `${path}/poke`)).status).toBe(404);
  });
});
