import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testNexus, type TestNexus } from "./support/nexus.ts";

let t: TestNexus;
const ids: Record<string, string> = {};
beforeAll(async () => {
  t = await testNexus();
  await t.ok("POST", "/v1/projects", { name: "p", description: "" });
  await t.ok("POST", "/v1/system/ip-pools", { name: "pool", description: "" });
  ids["SILO"] = (await t.ok("GET", "/v1/me")).silo_name;
  ids["VPC"] = (await t.ok("GET", "/v1/vpcs/default?project=p")).id;
  ids["SUBNET"] = (await t.ok("GET", "/v1/vpc-subnets/default?project=p&vpc=default")).id;
});
afterAll(() => t.close());

const span = "start_time=2026-01-01T00:00:00Z&end_time=2026-11-01T00:00:00Z";
const inVpc = "project=p&vpc=default";
const pages: Readonly<Record<string, readonly string[]>> = {
  "every page": ["/v1/me", "/v1/me/groups", "/v1/projects/p"],
  projects: ["/v1/projects?limit=50", "/v1/projects?limit=1000"],
  instances: ["/v1/instances?project=p&limit=50"],
  "a new instance": [
    "/v1/me/ssh-keys",
    "/v1/ip-pools?limit=1000",
    "/v1/floating-ips?project=p&limit=1000",
    "/v1/images",
    "/v1/images?project=p",
    "/v1/disks?project=p&limit=1000",
    "/v1/vpcs?project=p&limit=1000",
  ],
  "an instance's networking and settings": [
    "/v1/vpcs/VPC",
    "/v1/vpc-subnets/SUBNET",
    "/v1/vpc-firewall-rules?vpc=VPC",
    "/v1/external-subnets?project=p&limit=1000",
    "/v1/anti-affinity-groups?project=p&limit=1000",
  ],
  "a VPC": [
    `/v1/vpc-firewall-rules?${inVpc}`,
    `/v1/vpc-subnets?${inVpc}&limit=50`,
    `/v1/vpc-routers?${inVpc}&limit=50`,
    `/v1/vpc-routers/system?${inVpc}`,
    `/v1/vpc-router-routes?${inVpc}&router=system&limit=50`,
    `/v1/internet-gateways?${inVpc}&limit=1000`,
    `/v1/internet-gateway-ip-pools?${inVpc}&gateway=default`,
    `/v1/internet-gateway-ip-addresses?${inVpc}&gateway=default`,
  ],
  snapshots: ["/v1/snapshots?project=p&limit=50", "/v1/disks?project=p&limit=200"],
  access: ["/v1/policy", "/v1/projects/p/policy", "/v1/system/policy", "/v1/users", "/v1/groups"],
  "the silo's utilization": [
    "/v1/utilization",
    ...["cpus", "ram", "virtual_disk_space"].map((what) => `/v1/metrics/${what}_provisioned?${span}&limit=3000`),
    `/v1/metrics/cpus_provisioned?${span}&limit=1&order=descending`,
    `/v1/metrics/cpus_provisioned?${span}&project=p`,
  ],
  settings: ["/v1/me/ssh-keys?limit=50", "/v1/me/access-tokens?limit=50"],
  "IP pools": [
    "/v1/system/ip-pools?assignment=silos&limit=50",
    "/v1/system/ip-pools/pool/utilization",
    "/v1/system/ip-pools/pool",
    "/v1/system/ip-pools/pool/ranges?limit=50",
    "/v1/system/ip-pools/pool/silos",
    "/v1/system/subnet-pools?limit=50",
    "/v1/subnet-pools",
  ],
  silos: [
    "/v1/system/silos?limit=1000",
    "/v1/system/silos/SILO",
    "/v1/system/silos/SILO/ip-pools?limit=1000",
    "/v1/system/identity-providers?silo=SILO&limit=50",
  ],
  inventory: ["/v1/system/hardware/sleds?limit=50", "/v1/system/hardware/disks?limit=50"],
  "the system's utilization": [
    "/v1/system/utilization/silos?limit=1000",
    "/v1/system/utilization/silos/SILO",
    `/v1/system/metrics/cpus_provisioned?${span}`,
    `/v1/system/metrics/cpus_provisioned?${span}&silo=SILO`,
  ],
  update: ["/v1/system/update/status", "/v1/system/update/repositories?limit=1000"],
};

describe("the web console finds what it asks for on the page of", () => {
  it.each(Object.entries(pages))("%s", async (_, paths) => {
    for (const path of paths) {
      const answer = await t.call(
        "GET",
        path.replace(/SILO|VPC|SUBNET/g, (id) => ids[id] ?? id),
      );
      expect(answer, path).toMatchObject({ status: 200 });
      if (answer.body.items !== undefined) expect(answer.body, path).toHaveProperty("next_page");
    }
  });
});

describe("what is not served here", () => {
  it.each(pages["update"]!.concat("/v1/system/hardware/disks", "/v1/system/metrics/ram_provisioned"))(
    "%s is shown to those who may see the fleet only",
    async (path) => {
      expect((await t.call("GET", path, undefined, { token: t.tokens.unprivileged })).status).toBe(403);
      expect((await t.call("GET", path, undefined, { token: null })).status).toBe(401);
    },
  );

  it("still has its questions checked", async () => {
    const status = async (path: string) => (await t.call("GET", path)).status;
    expect(await status("/v1/metrics/love_provisioned")).toBe(400);
    expect(await status("/v1/metrics/ram_provisioned?start_time=yesterday")).toBe(400);
    expect(await status("/v1/metrics/ram_provisioned?project=nope")).toBe(404);
    expect(await status("/v1/system/metrics/ram_provisioned?silo=nope")).toBe(404);
  });
});
