/** What a user does at every step of an upgrade, and what must be true of the rack after each thing done. */
import { expect } from "vitest";
import { differences } from "../../sim/support/expectations.ts";
import { view } from "../../sim/support/observe.ts";
import { HOSTS, type AgedRack } from "./aged-rack.ts";
import { isAtMost } from "./releases.ts";

const RESIDENT = "resident";
/** Of the privileged user. */
const SILO = "default-silo";
const PROJECT = "?project=upgrade";
/** From then on a group comes to be by joining it. */
const IMPLICIT_GROUPS = "2026010800.0.0";
/** From then on sleds carry groups over the underlay network. */
const MULTICAST_SLEDS = "33.0.0";

const instance = (name: string) => ({
  name,
  description: "",
  hostname: name,
  ncpus: 1,
  memory: 2 ** 30,
  network_interfaces: { type: "default_ipv4" },
  external_ips: [{ type: "floating", floating_ip: `ip-of-${name}` }],
});

/** A project, pools, and an instance that is to outlive every upgrade. */
export async function prepare({ rack }: AgedRack): Promise<void> {
  await rack.ok("POST", "/v1/projects", { name: "upgrade", description: "" });
  for (const [name, type, first, last] of [
    ["addresses", "unicast", "10.0.1.0", "10.0.1.255"],
    ["groups", "multicast", "224.1.2.0", "224.1.2.255"],
  ] as const) {
    await rack.ok("POST", "/v1/system/ip-pools", { name, description: "", ip_version: "v4", pool_type: type });
    await rack.ok("POST", `/v1/system/ip-pools/${name}/ranges/add`, { first, last });
    await rack.ok("POST", `/v1/system/ip-pools/${name}/silos`, { silo: SILO, is_default: true });
  }
  await create(rack, RESIDENT);
}

/** `between` is done between any two steps of the story: killing somebody, for example. */
export async function tellStory(aged: AgedRack, name: string, between: () => Promise<void>): Promise<void> {
  const { rack } = aged;
  await create(rack, name);
  await between();
  if (hasMulticast(aged)) {
    await again(aged, "PUT", `/v1/instances/${name}/multicast-groups/224.1.2.3${PROJECT}`, {});
    await between();
    await atRest(aged, `${name} is a member`);
  }
  await again(aged, "POST", `/v1/instances/${name}/stop${PROJECT}`);
  await between();
  await inState(rack, name, "stopped");
  await atRest(aged, `${name} has stopped`);
  await again(aged, "DELETE", `/v1/instances/${name}${PROJECT}`);
  await again(aged, "DELETE", `/v1/floating-ips/ip-of-${name}${PROJECT}`);
  await between();
  await atRest(aged, `${name} is gone`);
}

/** The instance that outlives upgrades runs, on another host if need be, and its address leads to it. */
export async function expectResident(aged: AgedRack): Promise<void> {
  const { rack } = aged;
  await rack.settled(async () => {
    const state = await stateOf(rack, RESIDENT);
    // Its VM died with its host, which may be noticed late.
    if (["failed", "stopped"].includes(state)) await rack.call("POST", `/v1/instances/${RESIDENT}/start${PROJECT}`);
    if (state !== "running") return `${RESIDENT} is ${state}`;
    const found = await differences(rack, { multicast: hasMulticast(aged) });
    return found === "" || found;
  }, `the resident runs, at ${aged.describe()}`);
}

/** Tries to have an instance where its host may be too old for Nexus. True: it was refused, and left nothing behind. */
export async function startWhileRefused(aged: AgedRack, name: string): Promise<boolean> {
  const { rack } = aged;
  await rack.ok("POST", `/v1/floating-ips${PROJECT}`, { name: `ip-of-${name}`, description: "" });
  await rack.ok("POST", `/v1/instances${PROJECT}`, instance(name));
  await rack.settled(async () => {
    const state = await stateOf(rack, name);
    return ["running", "stopped", "failed"].includes(state) || state;
  }, `${name} runs or does not`);
  const isOn = (await rack.sim.clock.run(stateOf(rack, name))) === "running";
  // The second time it may be placed on a host that is new enough.
  const second = isOn
    ? undefined
    : await rack.sim.clock.run(rack.call("POST", `/v1/instances/${name}/start${PROJECT}`));
  const isRefused = second !== undefined && second.status >= 500;
  if (isRefused) {
    await rack.settled(async () => {
      const left = await leftBehind(aged, name);
      return left.length === 0 || left.join();
    }, `nothing of ${name} is on the hosts`);
  } else {
    expect(second?.status ?? 202, JSON.stringify(second?.body)).toBe(202);
    await inState(rack, name, "running");
    await again(aged, "POST", `/v1/instances/${name}/stop${PROJECT}`);
    await inState(rack, name, "stopped");
  }
  await again(aged, "DELETE", `/v1/instances/${name}${PROJECT}`);
  await again(aged, "DELETE", `/v1/floating-ips/ip-of-${name}${PROJECT}`);
  return isRefused;
}

/** Ports on hosts, and VMMs, that belong to the instance. */
async function leftBehind({ rack }: AgedRack, name: string): Promise<string[]> {
  const nics = await rack.store.db
    .selectFrom("network_interface as nic")
    .innerJoin("instance", "instance.id", "nic.instance_id")
    .select(["nic.mac"])
    .where("instance.name", "=", name)
    .where("instance.time_deleted", "is", null)
    .execute();
  const found: string[] = [];
  for (const index of HOSTS.keys()) {
    const ports = await view<{ mac: string }>(rack, index, "ports");
    const own = ports.filter(({ mac }) => nics.some((nic) => nic.mac.toLowerCase() === mac.toLowerCase()));
    found.push(...own.map(({ mac }) => `port ${mac} on host ${index}`));
  }
  const room = await rack.store.db.selectFrom("sled_resource_vmm").select("vmm_id").execute();
  const running = await rack.store.db.selectFrom("instance").select("active_propolis_id").execute();
  const owned = new Set(running.map(({ active_propolis_id: id }) => id));
  found.push(...room.filter(({ vmm_id: id }) => !owned.has(id)).map(({ vmm_id: id }) => `room for ${id}`));
  return found;
}

function hasMulticast(aged: AgedRack): boolean {
  const carried = HOSTS.every((host) => isAtMost(MULTICAST_SLEDS, aged.releaseOf(host)["sled-agent"]));
  return carried && isAtMost(IMPLICIT_GROUPS, aged.releaseOf("nexus").nexus);
}

type Rack = AgedRack["rack"];

async function create(rack: Rack, name: string): Promise<void> {
  await rack.ok("POST", `/v1/floating-ips${PROJECT}`, { name: `ip-of-${name}`, description: "" });
  await rack.ok("POST", `/v1/instances${PROJECT}`, instance(name));
  await inState(rack, name, "running");
}

/** A request as somebody makes it who tries again while a service is away: what it asks for counts, not how often. */
async function again({ rack }: AgedRack, method: string, path: string, body?: object): Promise<void> {
  await rack.settled(async () => {
    const { status, body: answer } = await rack.call(method, path, body);
    // Deleted by a request whose answer was lost.
    return (
      (status >= 200 && status < 300) ||
      (method === "DELETE" && status === 404) ||
      `${status} ${JSON.stringify(answer)}`
    );
  }, `${method} ${path}`);
}

async function stateOf(rack: Rack, name: string): Promise<string> {
  const { body } = await rack.call("GET", `/v1/instances/${name}${PROJECT}`);
  return String((body as { run_state?: unknown } | undefined)?.run_state);
}

async function inState(rack: Rack, name: string, state: string): Promise<void> {
  await rack.settled(async () => {
    const seen = await stateOf(rack, name);
    return seen === state || seen;
  }, `${name} is ${state}`);
}

/** Both switches and both sleds hold exactly what the database asks for, and nothing is under way. */
async function atRest(aged: AgedRack, what: string): Promise<void> {
  const { rack } = aged;
  await rack.settled(async () => {
    const found = await differences(rack, { multicast: hasMulticast(aged) });
    return found === "" || found;
  }, `${what}, at ${aged.describe()}`);
  expect(await rack.sim.clock.run(differences(rack, { multicast: hasMulticast(aged) }))).toBe("");
}
