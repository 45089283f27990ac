import { describe, expect, test } from "vitest";
import { rig, specRequest, type Rig } from "./rig.ts";
import { properties } from "./specs.ts";
import { Console, serve } from "./sockets.ts";

const mock = (): Rig => rig({ mode: "mock" });
const FAILURE = { status: 500 };
const monitor = ({ ask }: Rig, gen: number) => ask("GET /instance/state-monitor", { gen }, null);
const put = ({ ask }: Rig, state: string) => ask("PUT /instance/state", state, null);
const stateOf = async ({ ask }: Rig) => (await ask("GET /instance", undefined, null)).body;

async function created(): Promise<Rig> {
  const it = mock();
  expect(await it.ask("PUT /instance", specRequest(), null)).toEqual({ status: 201, body: { migrate: null } });
  return it;
}

describe("the mock server", () => {
  test("answers 500 to everything before there is a VM", async () => {
    const it = mock();
    expect(await it.ask("GET /instance", undefined, null)).toMatchObject(FAILURE);
    expect(await put(it, "Run")).toMatchObject(FAILURE);
    expect(await monitor(it, 0)).toMatchObject(FAILURE);
    expect(await it.ask("GET /instance/serial/history?from_start=0", undefined, null)).toMatchObject(FAILURE);
  });

  test("creates a VM from anything, again from the same properties, and fails for others", async () => {
    const it = await created();
    const broken = specRequest({
      board: { cpus: 0, memory_mb: 0, chipset: { type: "i440_fx", value: { enable_pcie: true } } },
      components: {},
    });
    expect(await it.ask("PUT /instance", broken, null)).toEqual({ status: 201, body: { migrate: null } });
    const other = { ...broken, properties: { ...properties, name: "other" } };
    expect(await it.ask("PUT /instance", other, null)).toMatchObject(FAILURE);
  });

  test("moves on only when somebody asks for the next generation", async () => {
    const it = await created();
    expect((await put(it, "Run")).status).toBe(204);
    expect(await stateOf(it)).toMatchObject({ instance: { state: "Creating" } });
    expect((await monitor(it, 0)).body).toMatchObject({ gen: 0, state: "Creating" });
    expect((await monitor(it, 1)).body).toMatchObject({ gen: 1, state: "Running" });
    expect(await stateOf(it)).toMatchObject({ instance: { state: "Running" } });
    await put(it, "Run");
    const next = monitor(it, 2);
    await put(it, "Reboot");
    expect((await next).body).toMatchObject({ gen: 2, state: "Rebooting" });
    expect(await put(it, "Reboot")).toMatchObject(FAILURE);
    expect((await monitor(it, 3)).body).toMatchObject({ state: "Running" });
    await put(it, "Stop");
    expect((await monitor(it, 5)).body).toMatchObject({ gen: 5, state: "Stopped" });
    for (const state of ["Run", "Stop", "Reboot"]) expect(await put(it, state)).toMatchObject(FAILURE);
  });

  test("goes step by step when told to", async () => {
    const it = await created();
    const knob = (method: string, path: string, body?: string) => it.ask(`${method} /mock/${path}`, body, null);
    expect(await knob("GET", "mode")).toEqual({ status: 200, body: "Run" });
    expect((await knob("PUT", "step")).status).toBe(400);
    expect((await knob("PUT", "mode", "Sideways")).status).toBe(400);
    expect((await knob("PUT", "mode", "SingleStep")).status).toBe(204);
    await put(it, "Run");
    let isAnswered = false;
    const next = monitor(it, 1).then((answer) => {
      isAnswered = true;
      return answer;
    });
    await it.sim.clock.advance(1_000);
    expect(isAnswered).toBe(false);
    expect((await knob("PUT", "step")).status).toBe(204);
    expect((await next).body).toMatchObject({ state: "Running" });
  });

  test("has a console that shows the same for the same name", async () => {
    const read = async (it: Rig) =>
      (await it.ask("GET /instance/serial/history?most_recent=1024", undefined, null)).body as { data: number[] };
    const { data } = await read(await created());
    expect(data).toHaveLength(1024);
    expect(Buffer.from(data).toString()).toMatch(/vm login: $/);
    expect(await read(await created())).toMatchObject({ data });
  });

  test("lets clients onto the console while the VM runs, and off it when it stops", async () => {
    await using server = await serve({ mode: "mock" });
    await server.ask("PUT /instance", specRequest(), null);
    await expect(new Console(server.address).opened()).rejects.toThrow("500");
    await server.ask("PUT /instance/state", "Run", null);
    await server.ask("GET /instance/state-monitor", { gen: 1 }, null);
    const console = new Console(server.address, "?from_start=0");
    await console.shows("vm login: ");
    await server.ask("PUT /instance/state", "Stop", null);
    await server.ask("GET /instance/state-monitor", { gen: 3 }, null);
    expect(await console.closed()).toBe("1001 VM stopped");
  });
});
