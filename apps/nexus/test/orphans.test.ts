import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { storeLegs } from "@racklet/store/testing";
import type { NexusTables } from "../src/db/schema.ts";
import { smallInstance, startRack, type Rack } from "./support/rack.ts";

let rack: Rack;

const PARENTS = [
  ["vpc", "project_id", "project"],
  ["instance", "project_id", "project"],
  ["external_ip", "project_id", "project"],
  ["vpc_subnet", "vpc_id", "vpc"],
  ["vpc_router", "vpc_id", "vpc"],
  ["internet_gateway", "vpc_id", "vpc"],
  ["vpc_firewall_rule", "vpc_id", "vpc"],
  ["router_route", "vpc_router_id", "vpc_router"],
  ["network_interface", "subnet_id", "vpc_subnet"],
] as const;

/** What lives though its parent was deleted. */
async function orphans(): Promise<string[]> {
  const found: string[] = [];
  for (const [table, column, parent] of PARENTS) {
    // The three names vary together, which the query builder's types cannot follow.
    const db = rack.nexus.store.db as unknown as { selectFrom: (name: string) => any }; // oxlint-disable-line typescript/no-explicit-any
    const dead = db
      .selectFrom(parent satisfies keyof NexusTables)
      .select("id")
      .where("time_deleted", "is not", null);
    const rows = await db
      .selectFrom(table)
      .select("id")
      .where("time_deleted", "is", null)
      .where(column, "in", dead)
      .execute();
    if (rows.length > 0) found.push(`${rows.length} of ${table}`);
  }
  return found;
}

/** Both at once, the second some turns of the event loop later: every interleaving has its chance. */
async function race(rounds: number, make: (i: number) => Promise<[() => Promise<unknown>, () => Promise<unknown>]>) {
  for (let i = 0; i < rounds; i++) {
    const [a, b] = await make(i);
    const later = async () => {
      for (let turn = 0; turn < i; turn++) await Promise.resolve();
      await b();
    };
    await Promise.all([a(), later()]);
  }
}

const del = (path: string) => () => rack.call("DELETE", path);
const post = (path: string, body: object) => () => rack.call("POST", path, body);
const named = (name: string, more: object = {}) => ({ name, description: "", ...more });

/** A project without its default subnet and VPC. */
async function bare(name: string): Promise<string> {
  await rack.ok("POST", "/v1/projects", named(name));
  await rack.ok("DELETE", `/v1/vpc-subnets/default?project=${name}&vpc=default`);
  await rack.ok("DELETE", `/v1/vpcs/default?project=${name}`);
  return name;
}

describe.each(storeLegs())("on $name nothing is made in a parent that is being deleted:", (leg) => {
  beforeAll(async () => {
    rack = await startRack({ sleds: 1, leg });
  });
  afterAll(() => rack.close());

  const inProject: [string, (project: string) => () => Promise<unknown>][] = [
    ["a VPC", (p) => post(`/v1/vpcs?project=${p}`, named("v", { dns_name: "v" }))],
    [
      "a floating IP",
      (p) =>
        post(
          `/v1/floating-ips?project=${p}`,
          named("f", { address_allocator: { type: "auto", pool_selector: { type: "explicit", pool: "pool4" } } }),
        ),
    ],
    [
      "an instance",
      (p) =>
        post(`/v1/instances?project=${p}`, smallInstance("i", { start: false, network_interfaces: { type: "none" } })),
    ],
  ];
  it.each(inProject)("%s in a project", async (what, create) => {
    await race(12, async (i) => {
      const p = await bare(`${what.slice(-2).trim().toLowerCase()}-${what.length}-${i}`);
      return [create(p), del(`/v1/projects/${p}`)];
    });
    expect(await orphans()).toEqual([]);
  });

  it.each<[string, (where: string) => () => Promise<unknown>]>([
    ["a subnet", (where) => post(`/v1/vpc-subnets?${where}`, named("s", { ipv4_block: "10.7.0.0/24" }))],
    ["a router", (where) => post(`/v1/vpc-routers?${where}`, named("r"))],
    ["a gateway", (where) => post(`/v1/internet-gateways?${where}`, named("g"))],
    ["a firewall rule", (where) => () => rack.call("PUT", `/v1/vpc-firewall-rules?${where}`, { rules: [rule] })],
  ])("%s in a VPC", async (_, create) => {
    await race(12, async () => {
      await rack.call("DELETE", "/v1/vpc-subnets/s?project=p&vpc=v");
      await rack.call("DELETE", "/v1/vpcs/v?project=p");
      await rack.ok("POST", "/v1/vpcs?project=p", named("v", { dns_name: "v" }));
      await rack.ok("DELETE", "/v1/vpc-subnets/default?project=p&vpc=v");
      return [create("project=p&vpc=v"), del("/v1/vpcs/v?project=p")];
    });
    expect(await orphans()).toEqual([]);
  });

  it("an interface in a subnet", async () => {
    await race(12, async (i) => {
      const subnet = named("x", { ipv4_block: "10.6.0.0/24" });
      await rack.ok("POST", "/v1/vpc-subnets?project=p&vpc=default", subnet);
      const params = [named("n", { vpc_name: "default", subnet_name: "x" })];
      const body = smallInstance(`i${i}`, { start: false, network_interfaces: { type: "create", params } });
      const instance = `/v1/instances/i${i}?project=p`;
      const path = "/v1/vpc-subnets/x?project=p&vpc=default";
      return [
        post("/v1/instances?project=p", body),
        async () => {
          if ((await rack.call("DELETE", path)).status === 204) return;
          while ((await rack.call("DELETE", instance)).status !== 204) await rack.nexus.world.timers.yield();
          await rack.ok("DELETE", path);
        },
      ];
    });
    expect(await orphans()).toEqual([]);
  });
});

const rule = {
  ...named("one"),
  status: "enabled",
  direction: "inbound",
  action: "allow",
  priority: 1,
  targets: [{ type: "vpc", value: "v" }],
  filters: {},
};
