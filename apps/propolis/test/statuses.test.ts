import { describe, expect, test } from "vitest";
import { created, put, reaches, running } from "./driving.ts";
import { rig, specRequest } from "./rig.ts";
import { DISK_ID, ID, NIC_ID, board, crucible, disk, nvme, properties, specOf, usualSpec } from "./specs.ts";

const NO_INSTANCE = {
  status: 424,
  body: { error_code: "NoInstance", message: "Server not initialized (no instance)", request_id: expect.any(String) },
};
const onAny = [
  ["GET /instance"],
  ["GET /instance/spec"],
  ["GET /instance/migration-status"],
  ["GET /instance/state-monitor", { gen: 0 }],
] as const;
const onActive = [
  ["PUT /instance/state", "Run"],
  ["PUT /instance/state", "Stop"],
  ["POST /instance/nmi"],
  ["GET /instance/serial"],
  ["GET /instance/serial/history?from_start=0"],
  [`GET /instance/migrate/${ID}/start`],
  [`GET /instance/disk/${DISK_ID}/status`],
  [`POST /instance/disk/${DISK_ID}/snapshot/${ID}`],
  [`PUT /instance/disk/${DISK_ID}/vcr`, { vcr_json: "{}" }],
] as const;

test.each([...onAny, ...onActive])("without a VM, %s is 424", async (operation, body?: unknown) => {
  expect(await rig().ask(operation, body)).toEqual(NO_INSTANCE);
});

test.each(onAny)("after its end, %s still answers", async (operation, body?: unknown) => {
  const it = await running();
  await put(it, "Stop");
  await reaches(it, "Destroyed");
  expect(await it.ask(operation, body)).toMatchObject({ status: 200 });
});

test.each(onActive)("after its end, %s is 424", async (operation, body?: unknown) => {
  const it = await running();
  await put(it, "Stop");
  await reaches(it, "Destroyed");
  expect(await it.ask(operation, body)).toEqual(NO_INSTANCE);
});

describe("creating a VM", () => {
  test("a second time is 409, even an identical one", async () => {
    const it = await created();
    expect(await it.ask("PUT /instance", specRequest())).toMatchObject({
      status: 409,
      body: { error_code: "AlreadyInitialized", message: "instance already initialized" },
    });
  });

  test("from a specification that does not hold together is 400 with the reason, and leaves none", async () => {
    const it = rig();
    const answer = await it.ask("PUT /instance", specRequest(specOf({ d: disk("b") })));
    expect(answer).toEqual({
      status: 400,
      body: {
        message: "failed to generate internal instance spec: storage backend b not found for device d",
        request_id: expect.any(String),
      },
    });
    expect(await it.ask("GET /instance")).toEqual(NO_INSTANCE);
  });

  test("with a volume that cannot be made is 500, and shows as failed; another may follow", async () => {
    const it = rig();
    const answer = await it.ask("PUT /instance", specRequest(usualSpec("not JSON")));
    expect(answer).toMatchObject({ status: 500, body: { error_code: "Internal", message: "Internal Server Error" } });
    expect(await it.ask("GET /instance")).toMatchObject({ body: { instance: { state: "Failed" } } });
    expect(await it.ask("GET /instance/spec")).toMatchObject({ body: { spec: { type: "Present" } } });
    expect(await it.ask("PUT /instance/state", "Run")).toEqual(NO_INSTANCE);
    await created(it);
  });

  test.each([
    [
      "a PCI device out of range",
      { d: { ...disk("b"), component: { backend_id: "b", pci_path: { bus: 0, device: 32, function: 0 } } } },
    ],
    ["an unknown component", { d: { type: "floppy", component: {} } }],
    ["an unknown field", { d: { ...crucible(), component: { request_json: "", readonly: true, more: 1 } } }],
    [
      "an NVMe disk with a short serial number",
      {
        d: {
          ...nvme("b"),
          component: {
            backend_id: "b",
            pci_path: { bus: 0, device: 1, function: 0 },
            serial_number: [1],
            has_write_cache: true,
          },
        },
      },
    ],
  ])("with %s is 400", async (_, components) => {
    const body = { properties, init: { method: "Spec", value: { spec: { board, components } } } };
    expect(await rig().ask("PUT /instance", body)).toMatchObject({ status: 400 });
  });

  test.each(["nowhere", "localhost:1", "127.0.0.1", "127.0.0.1:65536", "::1:80"])(
    "from a source at %s is 400",
    async (src_addr) => {
      const value = { migration_id: ID, src_addr, replace_components: {} };
      const answer = await rig().ask("PUT /instance", { properties, init: { method: "MigrationTarget", value } });
      expect(answer).toMatchObject({ status: 400 });
    },
  );
});

describe("a change of state that is not allowed is 403 with the reason in the code", () => {
  const refused = (reason: string) => ({
    status: 403,
    body: { error_code: `instance state change not allowed: ${reason}`, message: "Forbidden" },
  });

  test("rebooting what does not run", async () => {
    const it = await created();
    expect(await put(it, "Reboot")).toMatchObject(refused("Operation requires an active instance"));
    await put(it, "Run");
    expect(await put(it, "Reboot")).toMatchObject(refused("Instance is currently starting"));
  });

  test("running or rebooting what is to stop, and what has", async () => {
    const it = await running();
    await put(it, "Stop");
    for (const state of ["Run", "Reboot"]) {
      expect(await put(it, state)).toMatchObject(refused("Instance is preparing to stop"));
    }
    await reaches(it, "Stopped");
    for (const state of ["Run", "Reboot"]) {
      expect(await put(it, state)).toMatchObject(refused("Instance has already halted"));
    }
    expect((await put(it, "Stop")).status).toBe(204);
  });

  test("migrating what does not run", async () => {
    const it = await created();
    expect(await it.ask(`GET /instance/migrate/${ID}/start`)).toMatchObject(
      refused("Operation requires an active instance"),
    );
  });

  test("an unknown state is 400", async () => {
    expect(await put(await running(), "Pause")).toMatchObject({ status: 400 });
  });
});

describe("disks", () => {
  const region = (gen: number, ...target: string[]) => ({
    type: "region",
    block_size: 512,
    blocks_per_extent: 10,
    extent_count: 2,
    opts: { id: ID, target, read_only: false },
    gen,
  });
  const volume = (gen: number, ...target: string[]) =>
    JSON.stringify({ type: "volume", id: ID, block_size: 512, sub_volumes: [region(gen, ...target)] });
  const BEFORE = volume(1, "[::1]:1", "[::1]:2", "[::1]:3");

  test("are found by the key of their backend in any spelling, and by no other key", async () => {
    const it = await running();
    const spelled = `urn:uuid:${DISK_ID.toUpperCase()}`;
    expect(await it.ask(`GET /instance/disk/${spelled}/status`)).toMatchObject({ status: 200 });
    expect(await it.ask(`POST /instance/disk/${spelled}/snapshot/${ID}`)).toEqual({ status: 200, body: null });
    expect(await it.ask(`GET /instance/disk/${NIC_ID}/status`)).toMatchObject({
      status: 404,
      body: { error_code: `No crucible backend for id ${NIC_ID}`, message: "Not Found" },
    });
    expect(await it.ask("GET /instance/disk/nothing/status")).toMatchObject({
      status: 404,
      body: { error_code: "no disk with id nothing!", message: "Not Found" },
    });
  });

  test("tell how they are built, before version 5 only whether they are active", async () => {
    const it = await running(rig(), usualSpec(BEFORE));
    const path = `GET /instance/disk/${DISK_ID}/status`;
    expect(await it.ask(path, undefined, "5.0.0")).toMatchObject({
      status: 200,
      body: {
        volume_info: { volume: { sub_volumes: [{ upstairs: { generation: 1, state: "active", upstairs_id: ID } }] } },
      },
    });
    expect(await it.ask(path, undefined, "4.0.0")).toEqual({ status: 200, body: { active: true } });
  });

  test("have one region replaced, which the specification then shows", async () => {
    const it = await running(rig(), usualSpec(BEFORE));
    const after = volume(2, "[::1]:1", "[::1]:9", "[::1]:3");
    const replace = (vcr_json: string) => it.ask(`PUT /instance/disk/${DISK_ID}/vcr`, { vcr_json });
    expect(await replace(BEFORE)).toEqual({ status: 200, body: "vcr_matches" });
    expect(await replace(after)).toEqual({ status: 200, body: "started" });
    expect(await replace(after)).toEqual({ status: 200, body: "vcr_matches" });
    const { body } = await it.ask("GET /instance/spec");
    expect(body).toMatchObject({ spec: { value: { components: { [DISK_ID]: crucible(after) } } } });
  });

  test.each([
    ["that is not JSON", "{", "vcr_json is no volume construction request"],
    ["with an old generation", volume(1, "[::1]:1", "[::1]:9", "[::1]:3"), "sub_volumes[0]: gen 1 is not above 1"],
    [
      "of two regions at once",
      volume(2, "[::1]:8", "[::1]:9", "[::1]:3"),
      "2 targets differ, only one can be replaced at a time",
    ],
    ["of another type", '{"type":"file"}', "only a request of type volume can be replaced"],
  ])("refuse a replacement %s", async (_, vcr_json, reason) => {
    const it = await running(rig(), usualSpec(BEFORE));
    const answer = await it.ask(`PUT /instance/disk/${DISK_ID}/vcr`, { vcr_json });
    expect(answer).toMatchObject({ status: 400, body: { error_code: reason, message: reason } });
  });

  test("answer 410 to a replacement whose turn did not come, and 403 once the VM has halted", async () => {
    const it = await running(rig(), usualSpec(BEFORE));
    await put(it, "Stop");
    const waiting = it.ask(`PUT /instance/disk/${DISK_ID}/vcr`, { vcr_json: BEFORE });
    await reaches(it, "Stopped");
    expect(await waiting).toMatchObject({
      status: 410,
      body: { error_code: "VM destroyed before request could be handled" },
    });
    expect(await it.ask(`PUT /instance/disk/${DISK_ID}/vcr`, { vcr_json: BEFORE })).toMatchObject({ status: 403 });
  });

  test("that are read-only have no snapshots taken", async () => {
    const it = await running(rig(), specOf({ b: crucible("{}", true), d: disk("b") }));
    expect(await it.ask(`POST /instance/disk/b/snapshot/${ID}`)).toMatchObject({ status: 400 });
  });
});
