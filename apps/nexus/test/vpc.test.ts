import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testNexus, type Json, type TestNexus } from "./support/nexus.ts";

let t: TestNexus;
let vpc: Json;
beforeEach(async () => {
  t = await testNexus();
  await t.ok("POST", "/v1/projects", { name: "p", description: "" });
  vpc = await t.ok("GET", "/v1/vpcs/default?project=p");
});
afterEach(() => t.close());

const IN_VPC = "project=p&vpc=default";
const message = async (method: string, path: string, body?: object): Promise<string> => {
  const answer = await t.call(method, path, body);
  expect(answer.status).toBe(400);
  return answer.body.message;
};

describe("a VPC", () => {
  const create = (more: object) => ({ name: "v", description: "", dns_name: "v", ...more });

  it("has a prefix of its own, or the one asked for", async () => {
    const made = await t.ok("POST", "/v1/vpcs?project=p", create({ ipv6_prefix: "fd12:3456:789a::/48" }));
    expect(made.ipv6_prefix).toBe("fd12:3456:789a::/48");
    const subnet = await t.ok("GET", "/v1/vpc-subnets/default?project=p&vpc=v");
    expect(subnet).toMatchObject({ ipv6_block: "fd12:3456:789a::/64", description: "The default subnet for v" });
    const { rules } = await t.ok("GET", "/v1/vpc-firewall-rules?project=p&vpc=v");
    expect(rules[1].targets).toEqual([{ type: "vpc", value: "v" }]);
  });

  it.each(["fe80::/48", "fd00::/56", "fd00:0:0:1::/48"])("may not have the prefix %s", async (ipv6_prefix) => {
    expect(await message("POST", "/v1/vpcs?project=p", create({ ipv6_prefix }))).toBe(
      "VPC IPv6 address prefixes must be in the Unique Local Address range `fd00::/48` (RFD 4193)",
    );
  });

  it("changes its names, and nothing else", async () => {
    const updated = await t.ok("PUT", "/v1/vpcs/default?project=p", { name: "v", dns_name: "w" });
    expect(updated).toMatchObject({ id: vpc.id, name: "v", dns_name: "w", ipv6_prefix: vpc.ipv6_prefix });
    expect(await message("POST", "/v1/vpcs?project=p", create({}))).toBe('already exists: vpc "v"');
  });
});

describe("a subnet", () => {
  const subnet = (name: string, ipv4_block: string, more: object = {}) => ({
    name,
    description: "",
    ipv4_block,
    ...more,
  });
  const PATH = `/v1/vpc-subnets?${IN_VPC}`;

  it("gets a /64 of the VPC, and a route in the system router", async () => {
    const made = await t.ok("POST", PATH, subnet("s", "10.1.2.3/24"));
    expect(made).toMatchObject({ ipv4_block: "10.1.2.0/24", vpc_id: vpc.id, custom_router_id: null });
    expect(made.ipv6_block.startsWith(vpc.ipv6_prefix.replace("::/48", ":"))).toBe(true);
    const route = () => t.call("GET", `/v1/vpc-router-routes/s?router=${vpc.system_router_id}`);
    expect((await route()).body).toMatchObject({ kind: "vpc_subnet", target: { type: "subnet", value: "s" } });
    await t.ok("PUT", `/v1/vpc-subnets/s?${IN_VPC}`, { name: "u" });
    expect((await route()).status).toBe(404);
    const renamed = await t.ok("GET", `/v1/vpc-router-routes/u?router=${vpc.system_router_id}`);
    expect(renamed.destination).toEqual({ type: "subnet", value: "u" });
    await t.ok("DELETE", `/v1/vpc-subnets/${made.id}`);
    expect((await t.call("GET", `/v1/vpc-router-routes/${renamed.id}`)).status).toBe(404);
  });

  it.each([
    ["8.8.8.0/24", {}, "VPC Subnet IPv4 address ranges must be from a private range"],
    ["172.0.0.0/8", {}, "VPC Subnet IPv4 address ranges must be from a private range"],
    ["10.0.0.0/27", {}, "VPC Subnet IPv4 address ranges must have prefix length between 8 and 26, inclusive"],
    ["172.30.2.0/24", {}, "IP address range '172.30.2.0/24' conflicts with an existing subnet"],
    ["10.0.0.0/24", { ipv6_block: "fd99::/64" }, "VPC Subnet IPv6 address range 'fd99::/64' is not valid for VPC"],
    ["10.0.0.0/24", { name: "default" }, 'already exists: vpc-subnet "default"'],
  ])("may not be %s %j", async (block, more, expected) => {
    const said = await message("POST", PATH, subnet("s", block, more));
    expect(said.slice(0, expected.length)).toBe(expected);
    expect((await t.ok("GET", PATH)).items).toHaveLength(1);
  });

  it("overlaps no other in IPv6 either", async () => {
    const block = vpc.ipv6_prefix.replace("/48", "/64");
    expect(await message("POST", PATH, subnet("s", "10.0.0.0/24", { ipv6_block: block }))).toBe(
      `IP address range '${block}' conflicts with an existing subnet`,
    );
  });

  it("uses a custom router of its own VPC until that is deleted", async () => {
    const router = await t.ok("POST", `/v1/vpc-routers?${IN_VPC}`, { name: "r", description: "" });
    const made = await t.ok("POST", PATH, subnet("s", "10.0.0.0/24", { custom_router: "r" }));
    expect(made.custom_router_id).toBe(router.id);
    expect(await message("PUT", `/v1/vpc-subnets/s?${IN_VPC}`, { custom_router: "system" })).toBe(
      "cannot attach a system router to a VPC subnet",
    );
    await t.ok("POST", "/v1/vpcs?project=p", { name: "v", description: "", dns_name: "v" });
    const far = await t.ok("POST", "/v1/vpc-routers?project=p&vpc=v", { name: "far", description: "" });
    expect(await message("PUT", `/v1/vpc-subnets/s?${IN_VPC}`, { custom_router: far.id })).toBe(
      "a router can only be attached to a subnet when both belong to the same VPC",
    );
    await t.ok("DELETE", `/v1/vpc-routers/${router.id}`);
    expect((await t.ok("GET", `/v1/vpc-subnets/${made.id}`)).custom_router_id).toBeNull();
  });
});

describe("a route", () => {
  const route = (target: object, destination: object, name = "x") => ({ name, description: "", target, destination });
  const net = { type: "ip_net", value: "10.9.0.0/16" };
  const drop = { type: "drop" };
  const ROUTES = `/v1/vpc-router-routes?${IN_VPC}&router=r`;
  beforeEach(() => t.ok("POST", `/v1/vpc-routers?${IN_VPC}`, { name: "r", description: "" }));

  it("can be made, changed and deleted in a custom router", async () => {
    const made = await t.ok("POST", ROUTES, route({ type: "ip", value: "10.0.0.1" }, net));
    expect(made).toMatchObject({ kind: "custom", target: { type: "ip", value: "10.0.0.1" }, destination: net });
    const changed = await t.ok("PUT", `/v1/vpc-router-routes/${made.id}`, { target: drop, destination: net });
    expect(changed).toMatchObject({ name: "x", target: drop });
    await t.ok("DELETE", `/v1/vpc-router-routes/${made.id}`);
    expect((await t.ok("GET", ROUTES)).items).toEqual([]);
  });

  it.each([
    [
      { type: "ip", value: "fd00::1" },
      net,
      "cannot mix explicit IPv4 and IPv6 addresses between destination and target",
    ],
    [{ type: "vpc", value: "v" }, net, "users cannot specify VPCs as a destination or target in Custom routes"],
    [drop, { type: "vpc", value: "v" }, "users cannot specify VPCs as a destination or target in Custom routes"],
    [{ type: "subnet", value: "s" }, net, "subnets cannot be used as a target in Custom routers"],
  ])("may not go to %j for %j", async (target, destination, expected) => {
    expect(await message("POST", ROUTES, route(target, destination))).toBe(expected);
  });

  it("of the system is the system's, but for where a default route goes", async () => {
    const SYSTEM = `router=${vpc.system_router_id}`;
    expect(await message("POST", `/v1/vpc-router-routes?${SYSTEM}`, route(drop, net))).toBe(
      "user-provided routes cannot be added to a system router",
    );
    const put = (name: string, body: object) => t.call("PUT", `/v1/vpc-router-routes/${name}?${SYSTEM}`, body);
    const everything = { type: "ip_net", value: "0.0.0.0/0" };
    expect((await put("default-v4", { target: drop, destination: everything })).body.target).toEqual(drop);
    const fixed = "the destination and metadata of a Default route cannot be changed";
    expect((await put("default-v4", { target: drop, destination: net })).body.message).toBe(fixed);
    expect((await put("default-v4", { name: "x", target: drop, destination: everything })).body.message).toBe(fixed);
    expect((await put("default", { target: drop, destination: net })).body.message).toBe(
      "routes of type VpcSubnet within the system router are not modifiable",
    );
    expect(await message("DELETE", `/v1/vpc-router-routes/default-v4?${SYSTEM}`)).toBe(
      "DELETE not allowed on system routes",
    );
    expect(await message("DELETE", `/v1/vpc-routers/${vpc.system_router_id}`)).toBe("cannot delete system router");
  });

  it("keeps its internet gateway, unless the deletion cascades", async () => {
    const path = `/v1/internet-gateways/default?${IN_VPC}`;
    expect(await message("DELETE", path)).toContain("To perform a cascading delete set the cascade option");
    expect((await t.call("DELETE", `${path}&cascade=true`)).status).toBe(204);
    const left = (await t.ok("GET", `/v1/vpc-router-routes?router=${vpc.system_router_id}`)).items;
    expect(left.map(({ name }: { name: string }) => name)).toEqual(["default"]);
    await t.ok("POST", `/v1/internet-gateways?${IN_VPC}`, { name: "g", description: "" });
    expect((await t.call("DELETE", `/v1/internet-gateways/g?${IN_VPC}`)).status).toBe(204);
  });
});

describe("firewall rules", () => {
  const PATH = `/v1/vpc-firewall-rules?${IN_VPC}`;
  const rule = (name: string, more: object = {}) => ({
    name,
    description: "",
    status: "enabled",
    direction: "inbound",
    action: "allow",
    priority: 100,
    targets: [{ type: "vpc", value: "default" }],
    filters: {},
    ...more,
  });

  it("keep meaning a VPC and a subnet that are renamed", async () => {
    const both = (vpcName: string, subnet: string) =>
      rule("r", {
        targets: [{ type: "subnet", value: subnet }],
        filters: {
          hosts: [
            { type: "vpc", value: vpcName },
            { type: "subnet", value: "other" },
          ],
          ports: null,
          protocols: null,
        },
      });
    await t.ok("PUT", PATH, { rules: [both("default", "default"), rule("whole")] });
    await t.ok("PUT", `/v1/vpc-subnets/default?${IN_VPC}`, { name: "inner" });
    await t.ok("PUT", "/v1/vpcs/default?project=p", { name: "outer" });
    const renamed = `/v1/vpc-firewall-rules?vpc=${vpc.id}`;
    const { rules } = await t.ok("GET", renamed);
    expect(rules).toMatchObject([
      both("outer", "inner"),
      { name: "whole", targets: [{ type: "vpc", value: "outer" }] },
    ]);
    // What was read can be written.
    expect((await t.call("PUT", renamed, { rules })).status).toBe(200);
  });

  it("are replaced as a whole, and come back sorted", async () => {
    const filters = {
      hosts: [{ type: "ip_net", value: "10.0.0.0/8" }],
      ports: ["80", "443-443", "1000-2000"],
      protocols: [{ type: "tcp" }, { type: "icmp", value: { icmp_type: 8, code: "0-3" } }],
    };
    const { rules } = await t.ok("PUT", PATH, { rules: [rule("b", { filters }), rule("a")] });
    expect(rules).toMatchObject([
      { name: "a", filters: { hosts: null, ports: null, protocols: null }, vpc_id: vpc.id },
      { name: "b", filters: { ...filters, ports: ["80", "443", "1000-2000"] } },
    ]);
    expect((await t.ok("GET", PATH)).rules).toEqual(rules);
    expect(await t.ok("PUT", PATH, {})).toEqual({ rules: [] });
  });

  const BACKWARDS = "range has larger start value than end value";
  it.each([
    [[rule("a"), rule("a")], 'unsupported value for "rules": Rule names must be unique. Duplicates: ["a"]'],
    [[rule("a", { targets: [{ type: "vpc", value: "v" }] })], "cross-VPC firewall target unsupported"],
    [[rule("a", { filters: { hosts: [{ type: "vpc", value: "v" }] } })], "cross-VPC firewall host filter unsupported"],
    [[rule("a", { filters: { ports: ["90-80"] } })], `unsupported value for "l4_port_range": ${BACKWARDS}`],
    [[rule("a", { filters: { ports: ["99999"] } })], 'unsupported value for "ports": `99999`'],
    [
      [rule("a", { filters: { protocols: [{ type: "icmp", value: { icmp_type: 8, code: "3-0" } }] } })],
      `unsupported value for "code": ${BACKWARDS}`,
    ],
    [Array.from({ length: 1025 }, (_, i) => rule(`r${i}`)), "unable to parse JSON body"],
  ])("are refused as a whole too (%#)", async (rules, expected) => {
    const before = await t.ok("GET", PATH);
    expect((await message("PUT", PATH, { rules })).slice(0, expected.length)).toBe(expected);
    expect(await t.ok("GET", PATH)).toEqual(before);
  });
});
