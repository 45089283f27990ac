/** A sled-agent on virtual time, so that its VMs stand still between requests, and a Nexus that agrees to everything. */
import { sledAgentApi } from "@racklet/api-types/sled-agent/api";
import { simulation } from "@racklet/sim";
import type { SledAgentContext, SledAgentOverrides } from "@racklet/sled-agent";
import { troubleLog } from "./log.ts";
import { createPool } from "./pool.ts";
import { SEED } from "./seed.ts";
import { sledApp } from "./sled-app.ts";
import type { Target } from "./target.ts";
import { INSTANCE, NIC, SNAT, V2P, VMM, VMM_REGISTRATION } from "./vmm.ts";

const VERSION = sledAgentApi.versions.latest.semver.text;

const NEXUS: NonNullable<SledAgentOverrides["nexus"]> = {
  findSled: async () => undefined,
  putSled: async () => {},
  putSwitch: async () => {},
  putVmmState: async () => {},
};

const GROUP = "224.1.2.3";
const VIEWS = [
  "/debug/opte/ports",
  "/debug/opte/v2p",
  "/debug/opte/m2p",
  "/debug/opte/forwarding",
  "/debug/opte/routes",
  "/debug/opte/eip-gateways",
  "/debug/opte/violations",
  "/debug/network-config",
];

export async function startSledAgent(): Promise<Target> {
  const { log, troubles } = troubleLog();
  const sim = simulation({ seed: SEED });
  const { ctx, app } = sledApp({ ...sim.world("sled-agent"), log }, "http://[::1]:12221", { nexus: NEXUS });
  // There is no list of VMMs: these are the ones that may be there.
  const mentioned = new Set<string>();
  const send = async (request: Request): Promise<Response> => {
    const [id] = /(?<=^\/vmms\/)[0-9a-f-]{36}(?=\/|$)/i.exec(new URL(request.url).pathname) ?? [];
    if (id !== undefined) mentioned.add(id.toLowerCase());
    const response = await sim.clock.run(async () => app.fetch(request));
    // What the request started on a VM ends before anything is compared.
    await sim.clock.runUntilIdle();
    return response;
  };
  const ask = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const headers = { "api-version": VERSION, "content-type": "application/json" };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    return send(new Request(`http://sled${path}`, init));
  };
  const must = async (method: string, path: string, body?: unknown): Promise<void> => {
    const response = await ask(method, path, body);
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  };
  const prepare = async (): Promise<void> => {
    await must("DELETE", `/vmms/${VMM}`);
    await must("PUT", `/vmms/${VMM}`, VMM_REGISTRATION);
    await must("PUT", `/vmms/${VMM}/state`, { state: { type: "running" } });
    await must("PUT", "/v2p", V2P);
  };
  await prepare();
  const pool = createPool(
    {
      propolis_id: [VMM, VMM, VMM, "0a000000-0000-4000-8000-000000000002"],
      instance_id: [INSTANCE],
      vmm_register: [VMM_REGISTRATION],
      vmm_put_state: [{ state: { type: "running" } }, { state: { type: "stopped" } }],
      set_v2p: [V2P],
      del_v2p: [V2P],
      group: [GROUP],
      group_ip: [GROUP],
      underlay: ["ff04::1"],
      sources: [[], ["10.0.0.1"]],
      next_hop: ["fd00:1122:3344:102::1"],
      subnet: ["172.30.0.0/22", "10.1.0.0/16"],
      write_network_bootstore_config: [1, 2, 3].map((generation) => ({
        generation,
        body: { rack_network_config: { infra_ip_first: "10.0.0.1" } },
      })),
      source_nat: [SNAT],
      first_port: [0, 16_384],
      last_port: [16_383, 65_535],
    },
    { ids: [VMM, INSTANCE, NIC] },
  );

  return {
    api: sledAgentApi,
    app,
    send,
    headers: {},
    pool,
    troubles,
    prepare,
    prepareEvery: 20,
    async digest() {
      const views = VIEWS.map((path) => app.request(path));
      const lines = await Promise.all(views.map(async (view) => (await view).text()));
      const states = [...mentioned].sort().map((id) => stateOf(ctx.vmms, id));
      return [...lines, ...states.filter((state) => state !== undefined)].join("\n");
    },
    close: () => ctx.vmms.close(),
  };
}

function stateOf(vmms: SledAgentContext["vmms"], id: string): string | undefined {
  try {
    return `${id} ${JSON.stringify(vmms.getState(id))}`;
  } catch {
    // Not registered.
    return undefined;
  }
}
