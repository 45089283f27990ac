import { describe, expect, test } from "vitest";
import { created } from "./driving.ts";
import { rig } from "./rig.ts";
import { DISK_ID, board, crucible, nvme, pci, properties, specOf } from "./specs.ts";

const VERSIONS = ["1.0.0", "2.0.0", "3.0.0", "4.0.0", "5.0.0", "6.0.0"];
const { has_write_cache: _, ...oldNvme } = (nvme(DISK_ID) as { component: { has_write_cache: boolean } }).component;
const components = { [DISK_ID]: crucible(), "disk-0": { type: "nvme_disk", component: oldNvme } };
const newComponents = { ...components, "disk-0": nvme(DISK_ID) };
const smbios = { manufacturer: "m", product_name: "p", serial_number: "s", version: 1 };
const ensure = (spec: unknown) => ({ properties, init: { method: "Spec", value: { spec } } });

describe.each(VERSIONS)("version %s", (version) => {
  const isNewest = version === "6.0.0";

  test("creates a VM and shows its specification in its own shape", async () => {
    const it = rig();
    const spec = { board, components: isNewest ? newComponents : components };
    const { status } = await it.ask("PUT /instance", ensure(spec), version);
    expect(status).toBe(201);
    const { body } = await it.ask("GET /instance/spec", undefined, version);
    const shown = version === "1.0.0" ? { version: "V0", spec } : spec;
    expect(body).toMatchObject({ properties, state: "Creating", spec: { type: "Present", value: shown } });
  });

  test("reads and shows what it knows of the later fields", async () => {
    const it = rig();
    const spec = { board, components: isNewest ? newComponents : components, smbios };
    const { status } = await it.ask("PUT /instance", ensure(spec), version);
    expect(status).toBe(version === "1.0.0" ? 400 : 201);
    if (status !== 201) return;
    const { body } = await it.ask("GET /instance/spec", undefined, version);
    expect(body).toMatchObject({ spec: { value: { smbios } } });
    expect(await it.ask("GET /instance/spec", undefined, "1.0.0")).toMatchObject({
      status: 200,
      body: { spec: { value: { spec: { board } } } },
    });
  });

  test("runs and watches a VM alike", async () => {
    const it = await created();
    expect(await it.ask("PUT /instance/state", "Run", version)).toEqual({ status: 204, body: undefined });
    await it.sim.clock.advance(1_000);
    expect(await it.ask("GET /instance/state-monitor", { gen: 3 }, version)).toEqual({
      status: 200,
      body: { gen: 3, state: "Running", migration: { migration_in: null, migration_out: null } },
    });
  });
});

test("what an older version cannot say is refused to it, not hidden", async () => {
  const vsock = { type: "virtio_socket" as const, component: { guest_cid: 3, pci_path: pci(20) } };
  const it = await created(rig(), specOf({ vsock }));
  expect((await it.ask("GET /instance/spec", undefined, "3.0.0")).status).toBe(200);
  for (const version of ["1.0.0", "2.0.0"]) {
    expect(await it.ask("GET /instance/spec", undefined, version)).toMatchObject({
      status: 400,
      body: { message: "component vsock is a virtio_socket, which requires api-version 3.0.0 or newer" },
    });
  }
  const uncached = await created(rig(), specOf({ d: nvme("b", 1, false), b: crucible() }));
  expect((await uncached.ask("GET /instance/spec")).status).toBe(200);
  expect(await uncached.ask("GET /instance/spec", undefined, "5.0.0")).toMatchObject({ status: 400 });
});

test("requests without a version, or with one that is not served, are refused", async () => {
  const it = await created();
  expect(await it.ask("GET /instance", undefined, null)).toMatchObject({ status: 400 });
  expect(await it.ask("GET /instance", undefined, "7.0.0")).toMatchObject({ status: 400 });
});

test("the answer has every key in its one spelling", async () => {
  const upper = DISK_ID.toUpperCase();
  const it = await created(rig(), specOf({ [upper]: crucible(), d: nvme(`{${upper}}`) }));
  const { body } = await it.ask("GET /instance/spec");
  expect(body).toMatchObject({ spec: { value: { components: { [DISK_ID]: crucible(), d: nvme(DISK_ID) } } } });
});
