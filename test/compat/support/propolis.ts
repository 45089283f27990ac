/** A propolis server with a VM in it, on virtual time. */
import { responseValidators } from "@racklet/api-types/gen/propolis.response-validators.js";
import { propolisApi } from "@racklet/api-types/propolis/api";
import { createApp, createContext, DEFAULT_CONFIG } from "@racklet/propolis";
import { simulation } from "@racklet/sim";
import { troubleLog } from "../../fuzz/support/log.ts";
import { createPool } from "../../fuzz/support/pool.ts";
import { SEED } from "../../fuzz/support/seed.ts";
import type { Target } from "../../fuzz/support/target.ts";

const DISK = "0f000000-0000-4000-8000-000000000001";
const VERSION = propolisApi.versions.latest.semver.text;

const PROPERTIES = {
  id: "0b000000-0000-4000-8000-000000000001",
  name: "alpha",
  description: "",
  metadata: {
    project_id: "0d000000-0000-4000-8000-000000000001",
    silo_id: "0e000000-0000-4000-8000-000000000001",
    sled_id: "5ed00000-0000-4000-8000-000000000001",
    sled_model: "racklet",
    sled_revision: 1,
    sled_serial: "alpha",
  },
};

const SPEC = {
  board: { cpus: 2, memory_mb: 1024, chipset: { type: "i440_fx", value: { enable_pcie: false } } },
  components: {
    [DISK]: { type: "blob_storage_backend", component: { base64: "", readonly: false } },
    disk: {
      type: "virtio_disk",
      component: { backend_id: DISK, pci_path: { bus: 0, device: 16, function: 0 } },
    },
    com1: { type: "serial_port", component: { num: "com1" } },
  },
};

const ENSURE = { properties: PROPERTIES, init: { method: "Spec", value: { spec: SPEC } } };

export async function startPropolis(): Promise<Target> {
  const { log, troubles } = troubleLog();
  const sim = simulation({ seed: SEED });
  const ctx = createContext(DEFAULT_CONFIG, { ...sim.world("propolis"), log });
  const app = createApp(ctx, { responseValidators });
  const send = async (request: Request): Promise<Response> => {
    const response = await sim.clock.run(async () => app.fetch(request));
    await sim.clock.advance(5_000);
    return response;
  };
  const ask = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const headers = { "api-version": VERSION, "content-type": "application/json" };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    return send(new Request(`http://propolis${path}`, init));
  };
  // A VM that has ended stays: then the server is asked as it is.
  const prepare = async (): Promise<void> => {
    const response = await ask("PUT", "/instance", ENSURE);
    if (response.status >= 500) throw new Error(`${response.status} ${await response.text()}`);
  };
  await prepare();
  return {
    api: propolisApi,
    app,
    send,
    headers: {},
    pool: createPool({ instance_ensure: [ENSURE], instance_state_put: ["Run"], id: ["disk", DISK] }),
    troubles,
    prepare,
    prepareEvery: 50,
    digest: async () =>
      `${await (await ask("GET", "/instance")).text()}\n${await (await ask("GET", "/instance/spec")).text()}`,
    close: async () => ctx.close(),
  };
}
