import { describe, expect, test } from "vitest";
import { created, put, reaches, running } from "./driving.ts";
import { specRequest, statesUntil } from "./rig.ts";

describe("a VM", () => {
  test("is created, runs, and is destroyed after it has stopped", async () => {
    const it = await created();
    const states = statesUntil(it.ask, "Destroyed");
    expect((await put(it, "Run")).status).toBe(204);
    await reaches(it, "Running");
    expect((await put(it, "Stop")).status).toBe(204);
    await reaches(it, "Destroyed");
    expect(await states).toEqual(["Creating", "Starting", "Running", "Stopping", "Stopped", "Destroyed"]);
  });

  test("takes its time to run", async () => {
    const it = await created();
    await put(it, "Run");
    await it.sim.clock.advance(99);
    await expect(it.ask("GET /instance")).resolves.toMatchObject({ body: { instance: { state: "Starting" } } });
    await it.sim.clock.advance(1);
    await expect(it.ask("GET /instance")).resolves.toMatchObject({ body: { instance: { state: "Running" } } });
  });

  test("that never ran stops too", async () => {
    const it = await created();
    const states = statesUntil(it.ask, "Destroyed");
    await put(it, "Stop");
    await reaches(it, "Destroyed");
    expect(await states).toEqual(["Creating", "Stopping", "Stopped", "Destroyed"]);
  });

  test("takes another stop while it is being destroyed, and none after", async () => {
    const it = await running();
    await put(it, "Stop");
    await reaches(it, "Stopped");
    expect((await put(it, "Stop")).status).toBe(204);
    await reaches(it, "Destroyed");
    expect(await put(it, "Stop")).toMatchObject({ status: 424, body: { error_code: "NoInstance" } });
  });

  test("that is stopped while it starts never runs", async () => {
    const it = await created();
    const states = statesUntil(it.ask, "Destroyed");
    await put(it, "Run");
    await it.sim.clock.advance(50);
    await put(it, "Stop");
    await reaches(it, "Destroyed");
    expect(await states).toEqual(["Creating", "Starting", "Stopped", "Destroyed"]);
  });

  test("reboots, once however often it is asked meanwhile", async () => {
    const it = await running();
    const states = statesUntil(it.ask, "Destroyed");
    expect((await put(it, "Reboot")).status).toBe(204);
    expect((await put(it, "Reboot")).status).toBe(204);
    await reaches(it, "Rebooting");
    await reaches(it, "Running");
    await put(it, "Stop");
    await reaches(it, "Destroyed");
    expect((await states).slice(-5)).toEqual(["Rebooting", "Running", "Stopping", "Stopped", "Destroyed"]);
  });

  test("that is stopped while it reboots does not run again", async () => {
    const it = await running();
    await put(it, "Reboot");
    await reaches(it, "Rebooting");
    await put(it, "Stop");
    await it.sim.clock.advance(0);
    await expect(it.ask("GET /instance")).resolves.toMatchObject({ body: { instance: { state: "Stopping" } } });
    await reaches(it, "Destroyed");
  });

  test("can be followed by another once it is destroyed, which begins at generation 1", async () => {
    const it = await running();
    await put(it, "Stop");
    await reaches(it, "Stopped");
    expect(await it.ask("PUT /instance", specRequest())).toMatchObject({ status: 409 });
    await reaches(it, "Destroyed");
    await created(it);
    expect(await it.ask("GET /instance/state-monitor", { gen: 1 })).toMatchObject({
      body: { gen: 1, state: "Creating" },
    });
  });
});

describe("the state monitor", () => {
  test("answers at once with the newest state for a generation that has passed", async () => {
    const it = await running();
    const migration = { migration_in: null, migration_out: null };
    for (const gen of [0, 1, 2, 3]) {
      expect(await it.ask("GET /instance/state-monitor", { gen })).toEqual({
        status: 200,
        body: { gen: 3, state: "Running", migration },
      });
    }
  });

  test("answers 410 to whoever waits for what will never be", async () => {
    const it = await running();
    const waiting = it.ask("GET /instance/state-monitor", { gen: 99 });
    await put(it, "Stop");
    await reaches(it, "Destroyed");
    const refused = {
      status: 410,
      body: { error_code: "NoInstance", message: "No instance present; will never reach generation 99" },
    };
    expect(await waiting).toMatchObject(refused);
    expect(await it.ask("GET /instance/state-monitor", { gen: 99 })).toMatchObject(refused);
    expect(await it.ask("GET /instance/state-monitor", { gen: 1 })).toMatchObject({
      body: { gen: 6, state: "Destroyed" },
    });
  });

  test("lets the one that waits longest go when too many wait", async () => {
    const it = await running();
    const first = it.ask("GET /instance/state-monitor", { gen: 4 });
    const others = Array.from({ length: 64 }, () => it.ask("GET /instance/state-monitor", { gen: 4 }));
    expect(await first).toMatchObject({ status: 503 });
    await put(it, "Stop");
    await reaches(it, "Stopping");
    expect((await Promise.all(others)).map(({ status }) => status)).toEqual(Array<number>(64).fill(200));
  });
});
