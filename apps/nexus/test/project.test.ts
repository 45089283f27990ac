import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testNexus, type TestNexus } from "./support/nexus.ts";

let t: TestNexus;
beforeEach(async () => {
  t = await testNexus();
});
afterEach(() => t.close());

const create = (name: string) => t.ok("POST", "/v1/projects", { name, description: `about ${name}` });

describe("a project", () => {
  it("comes with a VPC, a subnet, a router with default routes, a gateway and firewall rules", async () => {
    const project = await create("p");
    expect(project).toMatchObject({ name: "p", description: "about p", time_created: expect.stringMatching(/Z$/) });
    const [vpc, ...others] = (await t.ok("GET", "/v1/vpcs?project=p")).items;
    expect(others).toEqual([]);
    expect(vpc).toMatchObject({ name: "default", dns_name: "default", project_id: project.id });
    expect(vpc.ipv6_prefix).toMatch(/^fd[0-9a-f:]+::\/48$/);
    const subnets = (await t.ok("GET", "/v1/vpc-subnets?project=p&vpc=default")).items;
    expect(subnets).toMatchObject([
      {
        name: "default",
        ipv4_block: "172.30.0.0/22",
        ipv6_block: vpc.ipv6_prefix.replace("/48", "/64"),
        custom_router_id: null,
      },
    ]);
    const routers = (await t.ok("GET", `/v1/vpc-routers?vpc=${vpc.id}`)).items;
    expect(routers).toMatchObject([{ id: vpc.system_router_id, name: "system", kind: "system" }]);
    const routes = (await t.ok("GET", `/v1/vpc-router-routes?router=${vpc.system_router_id}`)).items;
    expect(routes).toMatchObject([
      {
        name: "default",
        kind: "vpc_subnet",
        target: { type: "subnet", value: "default" },
        destination: { type: "subnet", value: "default" },
      },
      {
        name: "default-v4",
        kind: "default",
        target: { type: "internet_gateway", value: "default" },
        destination: { type: "ip_net", value: "0.0.0.0/0" },
      },
      { name: "default-v6", kind: "default", destination: { type: "ip_net", value: "::/0" } },
    ]);
    const gateways = (await t.ok("GET", "/v1/internet-gateways?project=p&vpc=default")).items;
    expect(gateways).toMatchObject([{ name: "default", vpc_id: vpc.id }]);
    const { rules } = await t.ok("GET", "/v1/vpc-firewall-rules?project=p&vpc=default");
    expect(rules.map(({ name, priority }: { name: string; priority: number }) => [name, priority])).toEqual([
      ["allow-icmp", 65534],
      ["allow-internal-inbound", 65534],
      ["allow-ssh", 65534],
    ]);
  });

  it.each([
    ["Web", "name must begin with an ASCII lowercase character"],
    ["web-", 'name cannot end with "-"'],
    ["web_1", 'name contains invalid character: "_"'],
    ["abcde000-05e4-4000-8000-000000004007", "name cannot be a UUID to avoid ambiguity with IDs"],
    ["", "name: must have at least 1 characters"],
    ["a".repeat(64), "name: must have at most 63 characters, has 64"],
  ])("cannot be named %j, which is said in words", async (name, reason) => {
    const answer = await t.call("POST", "/v1/projects", { name, description: "" });
    expect(answer.status).toBe(400);
    const said = answer.body.message.replace(/^unable to parse JSON body: /, "");
    expect(said.slice(0, reason.length)).toBe(reason);
  });

  it("has a name of its own in the silo", async () => {
    await create("p");
    expect(await t.call("POST", "/v1/projects", { name: "p", description: "" })).toMatchObject({
      status: 400,
      body: { error_code: "ObjectAlreadyExists", message: 'already exists: project "p"' },
    });
    await create("q");
    expect(await t.call("PUT", "/v1/projects/q", { name: "p" })).toMatchObject({
      status: 400,
      body: { message: 'already exists: project "p"' },
    });
    // The refused project left no VPC behind.
    expect(await t.ok("PUT", "/v1/projects/q", { name: "r" })).toMatchObject({ name: "r", description: "about q" });
    expect((await t.call("GET", "/v1/projects/q")).body.message).toBe('not found: project with name "q"');
  });

  it("cannot be deleted while it holds something, and can once that is gone, as Terraform does it", async () => {
    await create("p");
    const refused = await t.call("DELETE", "/v1/projects/p");
    expect(refused).toMatchObject({
      status: 400,
      body: { error_code: "InvalidRequest", message: "project to be deleted contains a vpc: default" },
    });
    expect(await t.call("DELETE", "/v1/vpcs/default?project=p")).toMatchObject({
      status: 400,
      body: { message: "VPC cannot be deleted while VPC Subnets exist" },
    });
    await t.ok("DELETE", "/v1/vpc-subnets/default?project=p&vpc=default");
    await t.ok("DELETE", "/v1/vpcs/default?project=p");
    const gone = await t.call("DELETE", "/v1/projects/p");
    expect([gone.status, gone.body]).toEqual([204, undefined]);
    expect((await t.call("GET", "/v1/projects/p")).status).toBe(404);
    await create("p");
  });

  it("does not show to those who may not see it", async () => {
    const { id } = await create("p");
    const stranger = { token: t.tokens.unprivileged };
    expect(await t.call("GET", `/v1/projects/${id}`, undefined, stranger)).toMatchObject({
      status: 404,
      body: { error_code: "ObjectNotFound", message: `not found: project with id "${id}"` },
    });
    expect((await t.call("GET", `/v1/vpcs?project=${id}`, undefined, stranger)).status).toBe(404);
    expect((await t.call("GET", "/v1/projects", undefined, { token: null })).status).toBe(401);
  });
});

describe("a list", () => {
  const names = async (path: string): Promise<string[]> => {
    const seen: string[] = [];
    let next: string | null = path;
    while (next !== null) {
      const page: { items: { name: string }[]; next_page?: string | null } = await t.ok("GET", next);
      seen.push(...page.items.map(({ name }) => name));
      const [base] = path.split("?");
      next = page.next_page == null ? null : `${base}?limit=2&page_token=${encodeURIComponent(page.next_page)}`;
    }
    return seen;
  };

  it("goes on from where the page before ended, in any order, with the token alone", async () => {
    const all = ["a", "b", "c", "d", "e"];
    const ids = new Map<string, string>();
    for (const name of ["c", "a", "e", "b", "d"]) ids.set(name, (await create(name)).id);
    expect(await names("/v1/projects?limit=2")).toEqual(all);
    expect(await names("/v1/projects?limit=2&sort_by=name_descending")).toEqual(all.toReversed());
    const byId = all.toSorted((a, b) => ((ids.get(a) ?? "") < (ids.get(b) ?? "") ? -1 : 1));
    expect(await names("/v1/projects?limit=2&sort_by=id_ascending")).toEqual(byId);
  });

  it("keeps in the token what it is a list of", async () => {
    await create("p");
    for (const name of ["x", "y", "z"]) {
      await t.ok("POST", "/v1/vpc-subnets?project=p&vpc=default", {
        name,
        description: "",
        ipv4_block: `10.0.${name.charCodeAt(0)}.0/24`,
      });
    }
    expect(await names("/v1/vpc-subnets?project=p&vpc=default&limit=2")).toEqual(["default", "x", "y", "z"]);
  });

  it("refuses a token that is not its own", async () => {
    await create("p");
    const { next_page } = await t.ok("GET", "/v1/projects?limit=1");
    const token = encodeURIComponent(next_page);
    expect(await t.call("GET", `/v1/vpcs?page_token=${token}`)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("pagination token") },
    });
    expect((await t.call("GET", "/v1/projects?page_token=nonsense")).status).toBe(400);
    expect((await t.call("GET", "/v1/projects?limit=0")).status).toBe(400);
    expect((await t.call("GET", "/v1/vpcs")).body.message).toContain("missing field `project`");
  });
});

describe("a selector", () => {
  it("is an id alone, or a name in a parent", async () => {
    const { id } = await create("p");
    const [vpc] = (await t.ok("GET", "/v1/vpcs?project=p")).items;
    expect((await t.ok("GET", `/v1/vpcs/${vpc.id}`)).name).toBe("default");
    expect((await t.ok("GET", `/v1/vpcs/default?project=${id}`)).id).toBe(vpc.id);
    const message = async (path: string) => (await t.call("GET", path)).body.message;
    expect(await message(`/v1/vpcs/${vpc.id}?project=p`)).toBe(
      "when providing vpc as an ID, project should not be specified",
    );
    expect(await message("/v1/vpcs/default")).toBe("vpc should either be an ID or project should be specified");
    expect(await message(`/v1/floating-ips/${vpc.id}?project=p`)).toBe(
      "when providing Floating IP as an ID project should not be specified",
    );
    expect(await message("/v1/floating-ips/f")).toBe(
      "Floating IP should either be UUID or project should be specified",
    );
    expect(await message("/v1/vpc-subnets/default?project=p")).toBe(
      "subnet should either be an ID or vpc should be specified",
    );
    expect(await message("/v1/vpcs/Default?project=p")).toBe(
      "bad parameter in URL path: vpc: name must begin with an ASCII lowercase character",
    );
  });
});

describe("what is not built", () => {
  it.each([
    "disks?project=p",
    "images?project=p",
    "images",
    "snapshots?project=p",
    "affinity-groups?project=p",
    "anti-affinity-groups?project=p",
    "external-subnets?project=p",
    "subnet-pools",
    "system/subnet-pools",
    "certificates",
    "internet-gateway-ip-pools?project=p&vpc=default&gateway=default",
    "internet-gateway-ip-addresses?project=p&vpc=default&gateway=default",
  ])("is an empty page at /v1/%s", async (path) => {
    await create("p");
    expect(await t.ok("GET", `/v1/${path}`)).toEqual({ items: [], next_page: null });
  });

  it("still needs its rights: certificates are for administrators of the silo", async () => {
    const options = { token: t.tokens.unprivileged };
    expect((await t.call("GET", "/v1/certificates", undefined, options)).status).toBe(403);
    const providers = "/v1/system/identity-providers?silo=default-silo";
    expect((await t.call("GET", providers, undefined, options)).status).toBe(200);
  });

  it("still needs its project, and its groups", async () => {
    expect((await t.call("GET", "/v1/disks?project=nope")).status).toBe(404);
    await create("p");
    expect((await t.call("GET", "/v1/anti-affinity-groups/g/members?project=p")).body.message).toBe(
      'not found: anti-affinity-group with name "g"',
    );
    expect((await t.call("POST", "/v1/disks?project=p", {})).status).toBe(405);
  });
});

it("long answers are compressed for clients that ask for it, and say that they depend on that", async () => {
  for (const name of ["a", "b", "c"]) await create(name);
  const get = (path: string, encoding: string) =>
    t.apps.external.fetch(
      new Request(`http://nexus.test${path}`, {
        headers: { authorization: `Bearer ${t.tokens.admin}`, "accept-encoding": encoding },
      }),
    );
  const plain = await get("/v1/projects", "gzip;q=0");
  const small = await get("/v1/ping", "gzip");
  const packed = await get("/v1/projects", "gzip, deflate");
  expect([plain, small, packed].map(({ headers }) => [headers.get("vary"), headers.get("content-encoding")])).toEqual([
    ["accept-encoding", null],
    ["accept-encoding", null],
    ["accept-encoding", "gzip"],
  ]);
  const bytes = Buffer.from(await packed.arrayBuffer());
  const text = await plain.text();
  expect(bytes.length).toBeLessThan(text.length);
  expect(gunzipSync(bytes).toString()).toBe(text);
});

it("the utilization of silos shows hidden ones as soon as they have a quota, and never the built-in one", async () => {
  const listed = async () =>
    (await t.ok("GET", "/v1/system/utilization/silos")).items.map(
      ({ silo_name }: { silo_name: string }) => silo_name,
    ) as string[];
  const none = { cpus: 0, memory: 0, storage: 0 };
  const silo = { description: "", discoverable: false, identity_mode: "local_only", tls_certificates: [] };
  await t.ok("POST", "/v1/system/silos", { ...silo, name: "hidden", quotas: none });
  expect(await listed()).toEqual(["test-suite-silo"]);
  await t.ok("PUT", "/v1/system/silos/hidden/quotas", { storage: 1 });
  expect(await listed()).toEqual(["hidden", "test-suite-silo"]);
  const [first] = (await t.ok("GET", "/v1/system/utilization/silos?limit=1")).items;
  expect(first).toMatchObject({ silo_name: "hidden", allocated: { ...none, storage: 1 }, provisioned: none });
  expect((await t.call("GET", "/v1/system/utilization/silos/default-silo")).status).toBe(200);
});

it("a silo's utilization shows its quotas", async () => {
  const own = await t.ok("GET", "/v1/utilization");
  expect(own.provisioned).toEqual({ cpus: 0, memory: 0, storage: 0 });
  const { items } = await t.ok("GET", "/v1/system/utilization/silos");
  const silo = items.find(({ silo_name }: { silo_name: string }) => silo_name === "test-suite-silo");
  expect(silo).toMatchObject({ allocated: own.capacity, provisioned: own.provisioned });
  expect(await t.ok("GET", "/v1/system/utilization/silos/test-suite-silo")).toEqual(silo);
});
