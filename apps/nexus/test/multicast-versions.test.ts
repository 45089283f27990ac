import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { groups, SMALL, type Groups } from "./support/groups.ts";
import { testNexus, type Answer, type Json, type TestNexus } from "./support/nexus.ts";

const GROUPS = "/v1/multicast-groups";
const OLDEST = "2025112000.0.0";

let t: TestNexus;
let g: Groups;
const open = async () => {
  t = await testNexus();
  g = await groups(t);
  await g.pool("asm", "224.1.0.1", "224.1.0.9");
  await g.pool("ssm", "232.1.0.1", "232.1.0.9");
};
const close = () => t.close();
const fresh = () => {
  beforeEach(open);
  afterEach(close);
};

const old = (method: string, path: string, body?: object, version = OLDEST): Promise<Answer> =>
  t.call(method, path, body, { version });
const oldOk = (method: string, path: string, body?: object, version = OLDEST): Promise<Json> =>
  t.ok(method, path, body, { version });
const create = (name: string, more: object = {}) => old("POST", GROUPS, { name, description: "", ...more });
const created = async (name: string, more: object = {}): Promise<Json> => {
  const { status, body } = await create(name, more);
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
};
const memberSources = async (group: string): Promise<string[][]> =>
  (await t.ok("GET", `${GROUPS}/${group}/members`)).items.map(({ source_ips }: Json) => source_ips);

describe.each([
  [OLDEST, { mvlan: null }, {}],
  ["2026010500.0.0", { mvlan: null }, {}],
  ["2026010800.0.0", { mvlan: null }, { multicast_ip: "224.1.0.5", source_ips: ["10.0.0.1"] }],
  ["2026031300.0.0", { mvlan: null }, { multicast_ip: "224.1.0.5", source_ips: ["10.0.0.1"] }],
  ["2026031400.0.0", { has_any_source_member: false }, { multicast_ip: "224.1.0.5", source_ips: ["10.0.0.1"] }],
  ["2026082001.0.0", { has_any_source_member: false }, { multicast_ip: "224.1.0.5", source_ips: ["10.0.0.1"] }],
])("version %s", (version, ofGroup, ofMember) => {
  fresh();

  it("shows groups and members as it always did", async () => {
    await g.instance("web");
    const { id, multicast_group_id, instance_id } = await g.joined("web", "224.1.0.5", { source_ips: ["10.0.0.1"] });
    const times = { time_created: expect.any(String), time_modified: expect.any(String) };
    const group = {
      id: multicast_group_id,
      name: "mcast-224-1-0-5",
      description: "Implicitly created multicast group for 224.1.0.5",
      ...times,
      ip_pool_id: expect.any(String),
      multicast_ip: "224.1.0.5",
      source_ips: ["10.0.0.1"],
      state: "Creating",
      ...ofGroup,
    };
    const get = (path: string) => t.ok("GET", path, undefined, { version });
    expect((await get(GROUPS)).items).toEqual([group]);
    expect(await get(`${GROUPS}/${group.name}`)).toEqual(group);
    const member = {
      id,
      name: `member-${id}`,
      description: `multicast group member ${id}`,
      ...times,
      instance_id,
      multicast_group_id,
      state: "Joining",
      ...ofMember,
    };
    expect((await get(`${GROUPS}/${group.id}/members`)).items).toEqual([member]);
    expect((await get("/v1/instances/web/multicast-groups?project=p")).items).toEqual([member]);
    const path = "/v1/instances/web/multicast-groups/mcast-224-1-0-5?project=p";
    const hasBody = version >= "2026010800";
    expect(await t.ok("PUT", path, hasBody ? {} : undefined, { version })).toEqual(member);
    expect((await t.call("DELETE", path, undefined, { version })).status).toBe(204);
    expect((await t.call("GET", `${GROUPS}/${group.id}`, undefined, { version })).status).toBe(404);
  });
});

describe("from 2026010800 on", () => {
  beforeAll(open);
  afterAll(close);

  it.each([
    ["POST", GROUPS, 405],
    ["PUT", `${GROUPS}/video`, 405],
    ["DELETE", `${GROUPS}/video`, 405],
    ["POST", `${GROUPS}/video/members`, 405],
    ["DELETE", `${GROUPS}/video/members/web`, 404],
    ["GET", "/v1/system/multicast-groups/by-ip/224.1.0.1", 404],
  ])("there is no %s %s", async (method, path, status) => {
    for (const version of ["2026010800.0.0", "2026082001.0.0"]) {
      expect((await old(method, path, method === "POST" || method === "PUT" ? {} : undefined, version)).status).toBe(
        status,
      );
    }
  });
});

describe("before 2026010800", () => {
  fresh();

  it("addresses do not name groups, and an instance's memberships are one page", async () => {
    await g.instance("web", { multicast_groups: [{ group: "224.1.0.1" }, { group: "a" }, { group: "b" }] });
    expect((await old("GET", `${GROUPS}/224.1.0.1`)).status).toBe(400);
    const page = await oldOk("GET", "/v1/instances/web/multicast-groups?project=p&limit=1");
    expect(page.items).toHaveLength(3);
    expect(page.next_page).toBeNull();
    expect(await oldOk("GET", "/v1/system/multicast-groups/by-ip/224.1.0.1")).toMatchObject({
      name: "mcast-224-1-0-1",
    });
    expect((await old("GET", "/v1/system/multicast-groups/by-ip/224.1.0.77")).body.message).toBe(
      'not found: multicast-group with name "224.1.0.77"',
    );
  });

  it.each(["2025112000.0.0", "2025122300.0.0", "2026010300.0.0", "2026010500.0.0"])(
    "instances name their groups by name or id alone (%s)",
    async (version) => {
      const { id } = await created("video");
      const more = version < "2026010300" ? { network_interfaces: { type: "none" } } : {};
      const web = { ...SMALL, name: "web", hostname: "web", ...more, multicast_groups: [id, "audio"] };
      await oldOk("POST", "/v1/instances?project=p", web, version);
      expect((await g.names()).toSorted()).toEqual(["audio", "video"]);
      const update = { ncpus: 1, memory: 2 ** 30, boot_disk: null, auto_restart_policy: null, cpu_platform: null };
      await oldOk("PUT", "/v1/instances/web?project=p", update, version);
      expect((await t.ok("GET", "/v1/instances/web/multicast-groups?project=p")).items).toHaveLength(2);
      await oldOk("PUT", "/v1/instances/web?project=p", { ...update, multicast_groups: ["video"] }, version);
      expect(await g.names()).toEqual(["video"]);
      await oldOk("PUT", "/v1/instances/web?project=p", { ...update, multicast_groups: [] }, version);
      expect(await g.names(), "it was created by a call of its own").toEqual(["video"]);
    },
  );
});

describe("a group created by a call of its own", () => {
  fresh();

  it("has the lowest free address that suits its sources, unless the request says which", async () => {
    expect(await created("a")).toMatchObject({
      multicast_ip: "224.1.0.1",
      source_ips: [],
      mvlan: null,
      state: "Creating",
    });
    expect(await created("b", { source_ips: ["10.0.0.2", "10.0.0.1"], mvlan: 30 })).toMatchObject({
      multicast_ip: "232.1.0.1",
      source_ips: ["10.0.0.2", "10.0.0.1"],
      mvlan: 30,
    });
    expect(await created("c", { multicast_ip: "224.1.0.7", pool: "asm" })).toMatchObject({ multicast_ip: "224.1.0.7" });
    expect(await created("d", { pool: "asm" })).toMatchObject({ multicast_ip: "224.1.0.2" });
    expect((await oldOk("GET", GROUPS)).items.map(({ name, mvlan }: Json) => [name, mvlan])).toEqual([
      ["a", null],
      ["b", 30],
      ["c", null],
      ["d", null],
    ]);
    expect((await oldOk("GET", GROUPS, undefined, "2026010800.0.0")).items.map(({ mvlan }: Json) => mvlan)).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it("stays when its last member leaves, and goes when it is deleted, with its members", async () => {
    const { id, multicast_ip } = await created("video");
    await g.instance("web");
    await g.joined("web", "video");
    expect((await g.leave("web", "video")).status).toBe(204);
    expect(await g.names()).toEqual(["video"]);
    await g.joined("web", "video");
    expect((await old("DELETE", `${GROUPS}/${id}`)).status).toBe(204);
    expect(await g.names()).toEqual([]);
    expect((await t.ok("GET", "/v1/instances/web/multicast-groups?project=p")).items).toEqual([]);
    expect((await old("DELETE", `${GROUPS}/${id}`)).status).toBe(404);
    expect(await created("video", { multicast_ip })).not.toMatchObject({ id });
  });

  it("gives its sources to members that name none, and new ones to those that took the old ones", async () => {
    await created("stock", { source_ips: ["10.0.0.1"] });
    for (const name of ["a", "b", "c"]) await g.instance(name);
    const members = `${GROUPS}/stock/members`;
    const added = await oldOk("POST", `${members}?project=p`, { instance: "a" });
    expect(added).toMatchObject({ state: "Joining" });
    expect((await oldOk("POST", `${members}?project=p`, { instance: "a" })).id).toBe(added.id);
    await oldOk("PUT", "/v1/instances/b/multicast-groups/stock?project=p");
    await g.joined("c", "stock", { source_ips: ["10.0.0.9"] });
    expect((await memberSources("stock")).map(String).toSorted()).toEqual(["10.0.0.1", "10.0.0.1", "10.0.0.9"]);
    expect(await oldOk("PUT", `${GROUPS}/stock`, { source_ips: ["10.0.0.3"] })).toMatchObject({
      source_ips: ["10.0.0.3", "10.0.0.9"],
    });
    expect((await memberSources("stock")).map(String).toSorted()).toEqual(["10.0.0.3", "10.0.0.3", "10.0.0.9"]);
    for (const name of ["a", "b"]) {
      expect((await old("DELETE", `${members}/${name}?project=p`)).status).toBe(204);
      expect((await old("DELETE", `${members}/${name}?project=p`)).status).toBe(204);
    }
    expect(await memberSources("stock")).toEqual([["10.0.0.9"]]);
  });

  it("shows its sources in the order they were given in, then those of its members", async () => {
    const source_ips = ["10.0.0.9", "10.0.0.10", "10.0.0.1"];
    expect(await created("stock", { source_ips })).toMatchObject({ source_ips });
    for (const name of ["a", "b"]) await g.instance(name);
    expect(await g.joined("a", "stock")).toMatchObject({ source_ips: ["10.0.0.1", "10.0.0.9", "10.0.0.10"] });
    await g.joined("b", "stock", { source_ips: ["10.0.0.5"] });
    expect(await oldOk("GET", `${GROUPS}/stock`)).toMatchObject({ source_ips: [...source_ips, "10.0.0.5"] });
    const turned = source_ips.toReversed();
    expect((await oldOk("PUT", `${GROUPS}/stock`, { source_ips: turned })).source_ips.slice(0, 3)).toEqual(turned);
    expect(await oldOk("PUT", `${GROUPS}/stock`, { source_ips: ["10.0.0.7"] })).toMatchObject({
      source_ips: ["10.0.0.7", "10.0.0.5"],
    });
    expect((await memberSources("stock")).map(String).toSorted()).toEqual(["10.0.0.5", "10.0.0.7"]);
  });

  it("is renamed, described, given a VLAN and freed of it", async () => {
    const { id } = await created("video", { mvlan: 2 });
    const update = (body: object) => oldOk("PUT", `${GROUPS}/${id}`, body);
    expect(await update({ name: "tv", description: "pictures" })).toMatchObject({
      id,
      name: "tv",
      description: "pictures",
      mvlan: 2,
    });
    expect(await update({ mvlan: 4094 })).toMatchObject({ name: "tv", mvlan: 4094 });
    expect(await update({ mvlan: null })).toMatchObject({ mvlan: null });
    expect(await update({})).toMatchObject({ name: "tv", description: "pictures", source_ips: [] });
    await created("radio");
    expect((await old("PUT", `${GROUPS}/${id}`, { name: "radio" })).body).toMatchObject({
      error_code: "ObjectAlreadyExists",
      message: 'already exists: multicast-group "radio"',
    });
  });

  it("may not lose the sources that its address needs", async () => {
    await created("stock", { multicast_ip: "232.1.0.5", source_ips: ["10.0.0.1"] });
    expect((await old("PUT", `${GROUPS}/stock`, { source_ips: [] })).body.message).toBe(
      "SSM multicast addresses require at least one source IP",
    );
    expect((await oldOk("GET", `${GROUPS}/stock`)).source_ips).toEqual(["10.0.0.1"]);
  });

  it("takes no members from those who may not change them, or by a name that is not there", async () => {
    await created("video");
    const web = await g.instance("web");
    const stranger = { version: OLDEST, token: t.tokens.unprivileged };
    const members = `${GROUPS}/video/members`;
    expect((await t.call("POST", members, { instance: web.id }, stranger)).status).toBe(404);
    expect((await t.call("DELETE", `${members}/${web.id}`, undefined, stranger)).status).toBe(404);
    expect((await old("POST", `${GROUPS}/nope/members?project=p`, { instance: "web" })).body.message).toBe(
      'not found: multicast-group with name "nope"',
    );
    expect((await old("POST", `${members}?project=p`, { instance: "db" })).body.message).toBe(
      'not found: instance with name "db"',
    );
  });
});

describe("a group cannot be created for its", () => {
  beforeAll(async () => {
    await open();
    await created("there");
    const unicast = { name: "unicast", description: "" };
    await t.ok("POST", "/v1/system/ip-pools", unicast);
    await t.ok("POST", "/v1/system/ip-pools/unicast/silos", { silo: "test-suite-silo", is_default: false });
  });
  afterAll(close);

  const parse = (issue: string) => `unable to parse JSON body: ${issue}`;
  it.each([
    ["name", { name: "there" }, 'already exists: multicast-group "there"'],
    [
      "address",
      { multicast_ip: "224.1.0.1" },
      "Requested multicast IP address is not available in the specified pool range",
    ],
    ["unicast address", { multicast_ip: "10.0.0.1" }, parse("10.0.0.1 is not a multicast address")],
    [
      "link-local address",
      { multicast_ip: "224.0.0.9" },
      parse("224.0.0.9 is in the link-local multicast range (224.0.0.0/24)"),
    ],
    [
      "address of a small scope",
      { multicast_ip: "ff02::5" },
      parse("ff02::5 is in the reserved multicast subnet ff02::/16"),
    ],
    [
      "address in no pool",
      { multicast_ip: "224.7.7.7" },
      "multicast IP address 224.7.7.7 is not in any configured multicast pool",
    ],
    [
      "address of another pool",
      { multicast_ip: "224.1.0.5", pool: "ssm" },
      "multicast IP address 224.1.0.5 is not in pool 'ssm'",
    ],
    ["unknown pool", { pool: "nope" }, 'not found: ip-pool with name "nope"'],
    ["unicast pool", { pool: "unicast" }, "Pool 'unicast' is not a multicast pool (type: unicast)"],
    ["lack of sources", { multicast_ip: "232.1.0.5" }, "SSM multicast addresses require at least one source IP"],
    [
      "lack of sources in a pool that needs them",
      { pool: "ssm" },
      "SSM multicast addresses require at least one source IP",
    ],
    ["wrong source", { source_ips: ["224.1.1.1"] }, parse("224.1.1.1 is not a unicast address")],
    [
      "source of the other version",
      { multicast_ip: "224.1.0.5", source_ips: ["fd00::1"] },
      "source IP fd00::1 does not match multicast group address family (IPv4)",
    ],
    ["VLAN 1", { mvlan: 1 }, parse("invalid mvlan: 1 (must be >= 2, VLAN IDs 0-1 are reserved)")],
    ["VLAN 4095", { mvlan: 4095 }, parse("invalid mvlan: 4095 (must be <= 4094)")],
  ] as const)("%s", async (_, more, message) => {
    expect((await create("new", more)).body.message).toBe(message);
    expect(await g.names()).toEqual(["there"]);
  });
});
