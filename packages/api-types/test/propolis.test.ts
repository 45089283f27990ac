import { HttpError, bodyKey, type Api, type OperationInput, type Revision } from "@racklet/api-kit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bodyValidators } from "@racklet/api-types/gen/propolis.validators.js";
import { propolisApi } from "../src/propolis/api.ts";
import { specDownToV2 } from "../src/propolis/v3/spec.ts";
import { specDownToV3, type InstanceSpec } from "../src/propolis/v6/spec.ts";

const api: Api = propolisApi;
const { instance_ensure: ensure, instance_spec_get: specGet } = propolisApi.operations;
const ID = "0a000000-0000-4000-8000-000000000001";
const board = { cpus: 1, memory_mb: 512, chipset: { type: "i440_fx" as const, value: { enable_pcie: true } } };
const pci_path = { bus: 0, device: 4, function: 0 };
const disk = (more: Record<string, unknown> = {}) => ({
  type: "nvme_disk",
  component: { backend_id: "b", pci_path, serial_number: Array<number>(20).fill(1), ...more },
});
const properties = {
  id: ID,
  name: "vm",
  description: "",
  metadata: { silo_id: ID, project_id: ID, sled_id: ID, sled_serial: "s", sled_revision: 1, sled_model: "m" },
};
const request = (spec: unknown) => ({ properties, init: { method: "Spec", value: { spec } } });
const revisionsOf = (operation: OperationInput) => operation.revisions as readonly Revision[];

const component = fc.oneof(
  fc.constant(disk()),
  fc.constant({ type: "virtio_network_backend", component: { vnic_name: "opte0" } }),
  fc.constant({ type: "crucible_storage_backend", component: { request_json: "{}", readonly: true } }),
  fc.constantFrom("com1", "com4").map((num) => ({ type: "serial_port", component: { num } })),
);

describe("creating a VM", () => {
  test("in any valid shape of the first version is valid in every later one", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.uuid(), component, { maxKeys: 6 }), (components) => {
        let value: unknown = request({ board, components });
        for (const revision of revisionsOf(ensure).toReversed()) {
          const since = api.versions.all[revision.since]?.semver.text ?? "";
          expect(bodyValidators[bodyKey("instance_ensure", since)]?.(value), since).toBe(null);
          if (revision.up !== undefined) value = (revision.up as (body: unknown) => unknown)(value);
        }
      }),
    );
  });

  test("as a migration target is the same in all versions", () => {
    const target = {
      properties,
      init: { method: "MigrationTarget", value: { migration_id: ID, src_addr: "[::1]:1", replace_components: {} } },
    };
    for (const revision of revisionsOf(ensure)) {
      const since = api.versions.all[revision.since]?.semver.text ?? "";
      expect(bodyValidators[bodyKey("instance_ensure", since)]?.(target)).toBe(null);
      if (revision.up !== undefined) expect((revision.up as (body: unknown) => unknown)(target)).toEqual(target);
    }
  });

  const refused: [version: string, what: string, spec: unknown][] = [
    ["1.0.0", "smbios", { board, components: {}, smbios: null }],
    [
      "2.0.0",
      "a socket",
      { board, components: { s: { type: "virtio_socket", component: { guest_cid: 3, pci_path } } } },
    ],
    ["3.0.0", "a write cache", { board, components: { d: disk({ has_write_cache: true }) } }],
    ["6.0.0", "no word of the write cache", { board, components: { d: disk() } }],
    ["6.0.0", "an unknown field of a component", { board, components: { d: disk({ has_write_cache: true, x: 1 }) } }],
    [
      "6.0.0",
      "a PCI device beyond 31",
      { board, components: { d: disk({ has_write_cache: true, pci_path: { ...pci_path, device: 32 } }) } },
    ],
    [
      "6.0.0",
      "a serial number of 19 bytes",
      { board, components: { d: disk({ has_write_cache: true, serial_number: Array<number>(19).fill(1) }) } },
    ],
    ["6.0.0", "an unknown field of the board", { board: { ...board, x: 1 }, components: {} }],
  ];
  test.each(refused)("at version %s refuses %s", (version, _, spec) => {
    expect(bodyValidators[bodyKey("instance_ensure", version)]?.(request(spec))).not.toBe(null);
  });
});

describe("showing a VM's specification", () => {
  const spec: InstanceSpec = {
    board,
    components: { d: disk({ has_write_cache: true }) as InstanceSpec["components"][string] },
    smbios: { manufacturer: "m", product_name: "p", serial_number: "s", version: 1 },
  };
  const shown = (since: string): unknown => {
    let value: unknown = { properties, state: "Running", spec: { type: "Present", value: spec } };
    for (const revision of revisionsOf(specGet)) {
      if (revision.down !== undefined) value = (revision.down as (answer: unknown) => unknown)(value);
      if (api.versions.all[revision.since]?.semver.text === since) break;
    }
    return (value as { spec: { value: unknown } }).spec.value;
  };

  test("wraps it in a format version for the oldest clients, without what they do not know", () => {
    expect(shown("1.0.0")).toEqual({ version: "V0", spec: { board, components: { d: disk() } } });
    expect(shown("3.0.0")).toEqual({ ...spec, components: { d: disk() } });
    expect(shown("6.0.0")).toEqual(spec);
  });

  test("refuses what an old version cannot say instead of leaving it out", () => {
    const without = { ...spec, components: { d: disk({ has_write_cache: false }) } } as InstanceSpec;
    expect(() => specDownToV3(without)).toThrow(HttpError);
    const socket = { type: "virtio_socket" as const, component: { guest_cid: 3, pci_path } };
    expect(() => specDownToV2({ board, components: { s: socket } })).toThrow("requires api-version 3.0.0");
  });
});
