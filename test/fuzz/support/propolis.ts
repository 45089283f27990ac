/** A propolis on virtual time with a VM that runs, so that nothing changes between requests, and no other propolis to migrate from. */
import { responseValidators } from "@racklet/api-types/gen/propolis.response-validators.js";
import { propolisApi } from "@racklet/api-types/propolis/api";
import type { InstanceSpec } from "@racklet/api-types/propolis/latest";
import { DEFAULT_CONFIG, createApp, createContext } from "@racklet/propolis";
import { simulation } from "@racklet/sim";
import { troubleLog } from "./log.ts";
import { createPool } from "./pool.ts";
import { SEED } from "./seed.ts";
import type { Target } from "./target.ts";

const VERSION = propolisApi.versions.latest.semver.text;
/** Longer than a VM takes to run or to stop, its guest included. */
const SETTLED_MS = 3_000;

const ID = "0a000000-0000-4000-8000-000000000001";
const DISK = "0d000000-0000-4000-8000-000000000001";
const VOLUME = JSON.stringify({ type: "volume", id: DISK, block_size: 512, sub_volumes: [], read_only_parent: null });

const SPEC: InstanceSpec = {
  board: { cpus: 2, memory_mb: 512, chipset: { type: "i440_fx", value: { enable_pcie: false } } },
  components: {
    [DISK]: { type: "crucible_storage_backend", component: { request_json: VOLUME, readonly: false } },
    disk: { type: "virtio_disk", component: { backend_id: DISK, pci_path: { bus: 0, device: 16, function: 0 } } },
    com1: { type: "serial_port", component: { num: "com1" } },
  },
};

const PROPERTIES = {
  id: ID,
  name: "alpha",
  description: "",
  metadata: { silo_id: ID, project_id: ID, sled_id: ID, sled_serial: "s", sled_revision: 1, sled_model: "m" },
};
const ENSURE = { properties: PROPERTIES, init: { method: "Spec", value: { spec: SPEC } } };

export async function startPropolis(): Promise<Target> {
  const { log, troubles } = troubleLog();
  const sim = simulation({ seed: SEED });
  const ctx = createContext(
    { ...DEFAULT_CONFIG, features: ["falcon", "failure-injection"] },
    { ...sim.world("propolis"), log },
    {
      dial: async (address) => {
        throw new Error(`nothing listens at ${address}`);
      },
    },
  );
  const app = createApp(ctx, { responseValidators });
  const send = async (request: Request): Promise<Response> => {
    const response = await sim.clock.run(async () => app.fetch(request));
    // What the request started ends before anything is compared.
    await sim.clock.advance(SETTLED_MS);
    return response;
  };
  const ask = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const headers = { "api-version": VERSION, "content-type": "application/json" };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    return send(new Request(`http://propolis${path}`, init));
  };
  const prepare = async (): Promise<void> => {
    await ask("PUT", "/instance/state", "Stop");
    for (const [path, body] of [
      ["/instance", ENSURE],
      ["/instance/state", "Run"],
    ] as const) {
      const response = await ask("PUT", path, body);
      if (!response.ok) throw new Error(`PUT ${path}: ${response.status} ${await response.text()}`);
    }
  };
  await prepare();
  const pool = createPool(
    {
      id: [DISK, "disk"],
      // One that can be made: where none can, the answer is 500, and the VM is there as one that failed.
      instance_ensure: [ENSURE],
      instance_state_put: ["Run", "Stop", "Reboot", "Stop"],
      // Every VM has had these: one that is still to come is waited for.
      gen: [0, 1],
      from_start: [0, 10, 1_000_000],
      most_recent: [0, 10, 1_000_000],
      max_bytes: [0, 10, 16_384],
      vcr_json: [VOLUME],
    },
    { ids: [DISK], exact: ["gen", "instance_ensure"] },
  );
  const VIEWS = ["/instance/spec", "/instance/migration-status", "/instance/serial/history?from_start=0"];

  return {
    api: propolisApi,
    app,
    send,
    headers: {},
    pool,
    troubles,
    prepare,
    prepareEvery: 30,
    async digest() {
      const headers = { "api-version": VERSION };
      const views = VIEWS.map(async (path) => app.request(path, { headers }));
      const lines = await Promise.all(views.map(async (view) => withoutId(await (await view).text())));
      return lines.join("\n");
    },
    close: async () => ctx.close(),
  };
}

/** An error says of which request it is. */
const withoutId = (text: string): string => text.replace(/"request_id":"[^"]*"/, "");
