/**
 * What a user does with a rack, step by step with the published SDK, and what must be true of both switches after each step.
 * Steps ask for the outcome and wait for it, so that they can be run while services are killed under them.
 */
import { nexusInternalClient } from "@racklet/nexus-internal-client";
import { expect } from "vitest";
import { natEntries, type SeenNat } from "./nat.ts";
import { deviceToken, login, ok, Oxide } from "./oxide.ts";
import type { RackAddresses } from "./rack.ts";
import { until } from "./until.ts";

const SWITCHES = ["switch0", "switch1"] as const;

export interface Story {
  readonly rack: RackAddresses;
  readonly oxide: Oxide;
  /** What the device flow gave. */
  readonly token: string;
  readonly project: string;
  /** Entries of `instance` that its addresses demand, with the sled, MAC and VNI it has now. */
  wanted(instance: string): Promise<SeenNat[]>;
  /** The sled-agent that has the instance, as operators name it; some other one when none has. */
  host(instance: string): Promise<string>;
  /** What both switches should hold for the given instances and do hold, sorted. */
  nat(...instances: string[]): Promise<{ want: SeenNat[]; have: SeenNat[][] }>;
  /** Waits until both switches hold exactly the entries of the given instances. */
  expectNat(...instances: string[]): Promise<void>;
  running(instance: string): Promise<void>;
  stopped(instance: string): Promise<void>;
}

/** Logs in by password, runs the device flow, and makes a project with a default pool of 10.0.1.0/24. */
export async function beginStory(rack: RackAddresses): Promise<Story> {
  const host = rack.nexus.external;
  const session = await login(host, "test-suite-silo", "test-privileged", "oxide");
  const token = await deviceToken(host, session);
  const oxide = new Oxide({ host, token });
  const { methods } = oxide;
  const me = await ok(methods.currentUserView({}));
  expect(me).toMatchObject({ siloName: "test-suite-silo", displayName: "test-privileged", fleetViewer: true });
  const project = "story";
  await ok(methods.projectCreate({ body: { name: project, description: "for the story" } }));
  await ok(
    methods.systemIpPoolCreate({
      body: { name: "default", description: "addresses", ipVersion: "v4", poolType: "unicast" },
    }),
  );
  await ok(
    methods.systemIpPoolRangeAdd({ path: { pool: "default" }, body: { first: "10.0.1.0", last: "10.0.1.255" } }),
  );
  await ok(methods.systemIpPoolSiloLink({ path: { pool: "default" }, body: { silo: me.siloId, isDefault: true } }));
  return storyOn(rack, oxide, token, project);
}

interface DebugVmm {
  readonly instance_id: string;
  readonly instance_name: string;
  readonly sled_id: string;
  readonly state: string;
}

interface DebugPort {
  readonly mac: string;
  readonly vni: number;
}

function storyOn(rack: RackAddresses, oxide: Oxide, token: string, project: string): Story {
  const { methods } = oxide;
  const inProject = { query: { project } };
  const internal = nexusInternalClient({ baseUrl: rack.nexus.internal });
  const debug = async <T>(url: string): Promise<T> => (await (await fetch(url)).json()) as T;

  const wanted = async (instance: string): Promise<SeenNat[]> => {
    const { id } = await ok(methods.instanceView({ path: { instance }, ...inProject }));
    const { items: nics } = await ok(methods.instanceNetworkInterfaceList({ query: { project, instance } }));
    const { items: addresses } = await ok(methods.instanceExternalIpList({ path: { instance }, ...inProject }));
    const nic = nics.find(({ primary }) => primary);
    if (nic === undefined) throw new Error(`${instance} has no primary interface`);
    const vmms = await debug<DebugVmm[]>(`${rack.nexus.lockstep}/debug/vmms`);
    const vmm = vmms.find((candidate) => candidate.instance_id === id);
    if (vmm === undefined) throw new Error(`${instance} has no VMM`);
    const sled = await internal.sled_agent_get({ path: { sled_id: vmm.sled_id } });
    const agent = rack.sled_agents.find((candidate) => candidate.id === vmm.sled_id);
    const ports = await debug<DebugPort[]>(`${agent?.url}/debug/opte/ports`);
    const port = ports.find((candidate) => candidate.mac === nic.mac);
    if (port === undefined) throw new Error(`the sled has no port with ${nic.mac}`);
    return addresses.map((address) => ({
      external: address.ip,
      ports: address.kind === "snat" ? `${address.firstPort}-${address.lastPort}` : "0-65535",
      sled: sled.underlay_address ?? "none",
      mac: nic.mac,
      vni: port.vni,
    }));
  };

  const nat = async (...instances: string[]): Promise<{ want: SeenNat[]; have: SeenNat[][] }> => {
    const want = sorted((await Promise.all(instances.map(wanted))).flat());
    const have = await Promise.all(SWITCHES.map(async (name) => sorted(await natEntries(rack.dpdClient(name)))));
    return { want, have };
  };

  const inState = async (instance: string, state: string): Promise<void> => {
    await until(
      `${instance} is ${state}`,
      () => ok(methods.instanceView({ path: { instance }, ...inProject })),
      (seen) => seen.runState === state,
      { deadlineMs: 30_000 },
    );
  };

  return {
    rack,
    oxide,
    token,
    project,
    wanted,
    host: async (instance) => {
      const vmms = await debug<DebugVmm[]>(`${rack.nexus.lockstep}/debug/vmms`);
      const sledId = vmms.find(({ instance_name }) => instance_name === instance)?.sled_id;
      return `sled-agent/${Math.max(
        0,
        rack.sled_agents.findIndex(({ id }) => id === sledId),
      )}`;
    },
    nat,
    expectNat: async (...instances) => {
      const what = `both switches hold exactly the entries of ${instances.join(", ") || "nobody"}`;
      await until(what, () => nat(...instances), agrees, { deadlineMs: 30_000 });
    },
    running: (instance) => inState(instance, "running"),
    stopped: (instance) => inState(instance, "stopped"),
  };
}

export function agrees({ want, have }: { want: SeenNat[]; have: SeenNat[][] }): boolean {
  return have.every((entries) => JSON.stringify(entries) === JSON.stringify(want));
}

const sorted = (entries: readonly SeenNat[]): SeenNat[] =>
  entries.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
