/** Who dpd and its switch are, and how they are. */
import { realWorld } from "@racklet/world";
import { expect, test } from "vitest";
import { createApp } from "../../src/server.ts";
import { entry } from "./support/entries.ts";
import { startHarness } from "./support/harness.ts";

test("dpd tells its version and how it was built, whatever the state of the ASIC", async () => {
  const { call } = startHarness({ config: { asic: "absent" } });
  const version = await call("GET /dpd-version");
  expect(version).toMatchObject({ status: 200, body: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
  expect(await call("GET /build-info", { version: "1.0.0" })).toMatchObject({
    status: 200,
    body: { version: version.body, debug: false, rustc_semver: "not a rust build" },
  });
});

test("uptime counts whole seconds from the start", async () => {
  let ms = 5_000;
  const real = realWorld({ name: "dpd/test" });
  const world = { ...real, clock: { now: () => real.clock.now(), monotonicMs: () => ms } };
  const { call } = startHarness({ world });
  expect(await call("GET /dpd-uptime")).toMatchObject({ status: 200, body: 0 });
  ms += 90_999;
  expect(await call("GET /dpd-uptime", { version: "1.0.0" })).toMatchObject({ status: 200, body: 90 });
});

test.each([
  ["1.0.0", false],
  ["9.0.0", false],
  ["10.0.0", true],
  ["13.0.0", true],
  ["13.1.0", true],
])("version %s has the switch identifiers with the chip's lot number and fuses: %s", async (version, hasChip) => {
  const { call } = startHarness({ config: { switch: "switch1" } });
  const { status, body } = await call("GET /switch/identifiers", { version });
  expect(status).toBe(200);
  const older = [
    "asic_backend",
    "fab",
    "lot",
    "model",
    "revision",
    "serial",
    "sidecar_id",
    "slot",
    "wafer",
    "wafer_loc",
  ];
  const expected = hasChip ? [...older, "fuse", "lotnum"].sort() : older;
  expect(Object.keys(body as object).sort()).toEqual(expected);
  expect(body).toMatchObject({ slot: 1, asic_backend: "model" });
});

test("the sidecar's id is the switch's own and outlives a restart", async () => {
  const idOf = async (name: "switch0" | "switch1") =>
    (await startHarness({ config: { switch: name } }).call("GET /switch/identifiers")).body as { sidecar_id: string };
  const first = await idOf("switch0");
  expect((await idOf("switch0")).sidecar_id).toBe(first.sidecar_id);
  expect((await idOf("switch1")).sidecar_id).not.toBe(first.sidecar_id);
});

test("the identifiers are 503 until an ASIC has told them", async () => {
  const { ctx, call } = startHarness({ config: { asic: "absent" } });
  expect(await call("GET /switch/identifiers")).toMatchObject({ status: 503 });
  expect(await startHarness({ down: true }).call("GET /switch/identifiers")).toMatchObject({ status: 503 });
  expect(ctx.switch.status().state).toBe("asic_absent");
});

test("health follows the ASIC and shows how full the tables are", async () => {
  const { ctx, call } = startHarness();
  await call("PUT /nat/groups/a", { body: { generation: 1, entries: [entry("10.0.0.1"), entry("fd00::1")] } });
  expect(await call("GET /health")).toMatchObject({
    status: 200,
    body: {
      state: "ready",
      asic: { backend: "model", present: true, last_error: null },
      rpw: { enabled: false, generation: 0 },
      tables: expect.arrayContaining([
        { name: "Ingress.nat_ingress.ingress_ipv4", size: 1024, occupancy: 1, failures: 0 },
        { name: "Ingress.nat_ingress.ingress_ipv6", size: 1024, occupancy: 1, failures: 0 },
      ]),
    },
  });
  ctx.switch.detach("pulled out");
  expect(await call("GET /health")).toMatchObject({
    status: 200,
    body: { state: "asic_absent", asic: { present: false, last_error: "pulled out" }, tables: [] },
  });
  expect(await startHarness({ down: true }).call("GET /health")).toMatchObject({ body: { state: "starting" } });
});

test("health is an extension that older versions do not have", async () => {
  expect(await startHarness().call("GET /health", { version: "13.0.0" })).toMatchObject({
    status: 404,
    body: { message: "Not Found" },
  });
});

test("the views outside the API need no version and count what was done", async () => {
  const { ctx, call } = startHarness();
  await call("PUT /nat/groups/a", { body: { generation: 7, entries: [entry("10.0.0.1")] } });
  expect(await call("GET /debug/health", { version: null })).toMatchObject({ status: 200, body: { state: "ready" } });
  const metrics = await (await createApp(ctx).fetch(new Request("http://dpd/metrics"))).text();
  expect(metrics).toContain('dpd_nat_group_generation{group="a"} 7');
  expect(metrics).toContain('dpd_table_entries{table="Ingress.nat_ingress.ingress_ipv4"} 1');
  expect(metrics).toContain('dpd_nat_operations{operation="ensure"} 1');
});
