import { afterAll, beforeAll, expect, test } from "vitest";
import { DEFAULT_CONFIG } from "../src/config.ts";
import { testNexus, type TestNexus } from "./support/nexus.ts";

const HARDWARE = "/v1/system/hardware";
const SLED = "5eb00000-0000-4000-8000-000000000001";
const SWITCH = "5a100000-0000-4000-8000-000000000001";
const TIMES = { time_created: "2026-01-01T00:00:00.000Z", time_modified: "2026-01-02T00:00:00.000Z" };

let rack: TestNexus;
beforeAll(async () => {
  rack = await testNexus();
  const { db } = rack.nexus.store;
  const place = { rack_id: DEFAULT_CONFIG.rackId, part_number: "913-0000019", revision: 6, ...TIMES };
  await db
    .insertInto("switch")
    .values({ id: SWITCH, ...place, serial_number: "SW0" })
    .execute();
  await db
    .insertInto("sled")
    .values({
      id: SLED,
      ...place,
      serial_number: "SLED0",
      sled_agent_address: "[::1]:12345",
      dpd_url: null,
      underlay_address: "fd00:1122:3344:101::1",
      is_scrimlet: 0,
      usable_hardware_threads: 128,
      usable_physical_ram: 2 ** 40,
      reservoir_size: 2 ** 39,
      cpu_family: "amd_milan",
      sled_agent_gen: 1,
      slot: 14,
      policy: "in_service",
      provision_policy: "provisionable",
      state: "active",
    })
    .execute();
});
afterAll(() => rack.close());

const baseboard = (serial: string) => ({ part: "913-0000019", revision: 6, serial });

test("sleds show what operators need, and their slot to newer clients only", async () => {
  const sled = {
    id: SLED,
    ...TIMES,
    rack_id: DEFAULT_CONFIG.rackId,
    baseboard: baseboard("SLED0"),
    state: "active",
    policy: { kind: "in_service", provision_policy: "provisionable" },
    usable_hardware_threads: 128,
    usable_physical_ram: 2 ** 40,
  };
  expect(await rack.ok("GET", `${HARDWARE}/sleds/${SLED}`)).toEqual({ ...sled, slot: 14 });
  expect((await rack.ok("GET", `${HARDWARE}/sleds`)).items).toEqual([{ ...sled, slot: 14 }]);
  const older = { version: "2026073100.0.0" };
  expect(await rack.ok("GET", `${HARDWARE}/sleds/${SLED}`, undefined, older)).toEqual(sled);
  expect((await rack.ok("GET", `${HARDWARE}/sleds`, undefined, older)).items).toEqual([sled]);
});

test("racks and switches are listed and seen", async () => {
  const { items: racks } = await rack.ok("GET", `${HARDWARE}/racks`);
  expect(racks).toEqual([
    { id: DEFAULT_CONFIG.rackId, ...TIMES, time_created: expect.any(String), time_modified: expect.any(String) },
  ]);
  expect(await rack.ok("GET", `${HARDWARE}/racks/${DEFAULT_CONFIG.rackId}`)).toEqual(racks[0]);
  const shown = { id: SWITCH, ...TIMES, rack_id: DEFAULT_CONFIG.rackId, baseboard: baseboard("SW0") };
  expect(await rack.ok("GET", `${HARDWARE}/switches/${SWITCH}`)).toEqual(shown);
  expect((await rack.ok("GET", `${HARDWARE}/switches`)).items).toEqual([shown]);
});

test("a sled without instances has an empty list, an unknown one is not found", async () => {
  expect((await rack.ok("GET", `${HARDWARE}/sleds/${SLED}/instances`)).items).toEqual([]);
  expect(await rack.call("GET", `${HARDWARE}/sleds/${SWITCH}/instances`)).toMatchObject({
    status: 404,
    body: { message: `not found: sled with id "${SWITCH}"` },
  });
});

test.each(["sleds", "switches", "racks"])("%s are for operators only", async (what) => {
  const options = { token: rack.tokens.unprivileged };
  expect((await rack.call("GET", `${HARDWARE}/${what}`, undefined, options)).status).toBe(403);
});
