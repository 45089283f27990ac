import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { groups, type Groups } from "./support/groups.ts";
import { testNexus, type Json, type TestNexus } from "./support/nexus.ts";

const GROUPS = "/v1/multicast-groups";
const NEVER = "00000000-0000-4000-8000-000000000000";

let t: TestNexus;
let g: Groups;
const open = async () => {
  t = await testNexus();
  g = await groups(t);
};
const close = () => t.close();
const fresh = () => {
  beforeEach(open);
  afterEach(close);
};

const asm = () => g.pool("asm", "224.1.0.1", "224.1.0.3");
const ssm = () => g.pool("ssm", "232.1.0.1", "232.1.0.3");
const instance: Groups["instance"] = (...args) => g.instance(...args);
const join: Groups["join"] = (...args) => g.join(...args);
const joined: Groups["joined"] = (...args) => g.joined(...args);
/** IPv4 sources, all different. */
const v4 = (n: number, from = 0): string[] =>
  Array.from({ length: n }, (_, i) => `10.${(from + i) >> 8}.${(from + i) & 255}.1`);
const leave: Groups["leave"] = (...args) => g.leave(...args);

describe("joining a multicast group", () => {
  fresh();

  it("by an address makes the group, and by its name or id finds it", async () => {
    const poolId = await asm();
    const web = await instance("web");
    await instance("db");
    const member = await joined("web", "224.1.0.2");
    expect(member).toMatchObject({
      name: `member-${member.id}`,
      description: `multicast group member ${member.id}`,
      instance_id: web.id,
      multicast_ip: "224.1.0.2",
      source_ips: [],
      state: "Joining",
    });
    const group = await t.ok("GET", `${GROUPS}/224.1.0.2`);
    expect(group).toMatchObject({
      id: member.multicast_group_id,
      name: "mcast-224-1-0-2",
      description: "Implicitly created multicast group for 224.1.0.2",
      multicast_ip: "224.1.0.2",
      source_ips: [],
      has_any_source_member: true,
      ip_pool_id: poolId,
      state: "Creating",
    });
    expect(await joined("db", group.name)).toMatchObject({ multicast_group_id: group.id });
    expect(await joined("db", group.id)).toMatchObject({ multicast_group_id: group.id });
    expect((await t.ok("GET", `${GROUPS}/${group.name}/members`)).items).toHaveLength(2);
    expect((await t.ok("GET", `/v1/instances/${web.id}/multicast-groups`)).items).toEqual([member]);
  });

  it("by a name makes the group with the lowest free address of a suitable pool", async () => {
    await asm();
    await ssm();
    await instance("web");
    await joined("web", "video");
    await joined("web", "stock", { source_ips: ["10.0.0.7"] });
    expect(await t.ok("GET", `${GROUPS}/video`)).toMatchObject({
      multicast_ip: "224.1.0.1",
      description: "Implicitly created for instance attachment",
    });
    expect(await t.ok("GET", `${GROUPS}/stock`)).toMatchObject({
      multicast_ip: "232.1.0.1",
      source_ips: ["10.0.0.7"],
      has_any_source_member: false,
    });
  });

  it("spells IPv6 addresses out in the names of groups", async () => {
    await g.pool("six", "ff0e::1", "ff0e::ff");
    await instance("web");
    await joined("web", "FF0E:0::1");
    expect(await g.names()).toEqual(["mcast-ff0e-0-0-0-0-0-0-1"]);
  });

  it("takes any scope that a pool may hold, but for the underlay's own addresses", async () => {
    await g.pool("admin", "ff04:0:0:1::1", "ff04:0:0:1::9");
    await instance("web");
    expect(await joined("web", "ff04:0:0:1::5")).toMatchObject({ multicast_ip: "ff04:0:0:1::5" });
    expect((await join("web", "ff04::5")).body.message).toBe(
      "multicast IP address ff04::5 is not in any configured multicast pool",
    );
  });

  it.each(["id", "name"])("takes the project beside an instance's %s", async (by) => {
    await asm();
    const web = await instance("web");
    await joined(by === "id" ? web.id : "web", "224.1.0.1");
    expect((await leave(by === "id" ? web.id : "web", "224.1.0.1")).status).toBe(204);
  });

  it("is always 201, and a header says what it was", async () => {
    await asm();
    const web = await instance("web");
    const told = async (body: object) => {
      const { status, headers } = await join("web", "224.1.0.1", body);
      return [status, headers.get("x-racklet-membership")];
    };
    expect(await told({})).toEqual([201, "created"]);
    expect(await told({})).toEqual([201, "unchanged"]);
    expect(await told({ source_ips: ["10.0.0.2", "10.0.0.1"] })).toEqual([201, "updated"]);
    expect(await told({ source_ips: ["10.0.0.1", "10.0.0.2"] })).toEqual([201, "unchanged"]);
    expect(await told({ source_ips: null })).toEqual([201, "unchanged"]);
    const { db } = t.nexus.store;
    await db.updateTable("multicast_group_member").set({ state: "left" }).execute();
    expect(await told({})).toEqual([201, "rejoined"]);
    const [member] = (await t.ok("GET", `/v1/instances/${web.id}/multicast-groups`)).items;
    expect(member).toMatchObject({ state: "Joining", source_ips: ["10.0.0.1", "10.0.0.2"] });
    expect(await told({ source_ips: [] })).toEqual([201, "updated"]);
  });
});

describe("leaving a multicast group", () => {
  fresh();

  it("ends the group with its last member, whose name and address are free at once", async () => {
    await asm();
    await instance("web");
    await instance("db");
    const first = await joined("web", "video");
    await joined("db", "video");
    expect((await leave("web", "video")).status).toBe(204);
    expect((await leave("web", "video")).status).toBe(204);
    expect(await g.names()).toEqual(["video"]);
    expect((await leave("db", first.multicast_ip)).status).toBe(204);
    expect(await g.names()).toEqual([]);
    for (const gone of ["video", first.multicast_ip, first.multicast_group_id]) {
      expect((await t.call("GET", `${GROUPS}/${gone}`)).status).toBe(404);
      expect((await leave("web", gone)).status).toBe(404);
    }
    const again = await joined("web", "video");
    expect(again.multicast_ip).toBe(first.multicast_ip);
    expect(again.multicast_group_id).not.toBe(first.multicast_group_id);
    expect(again.id).not.toBe(first.id);
  });
});

describe("a join is refused, and nothing is left of it,", () => {
  beforeAll(async () => {
    await open();
    await asm();
    await ssm();
    await instance("web");
  });
  afterAll(close);

  const v6 = (n: number) => Array.from({ length: n }, (_, i) => `fd00::${(i + 1).toString(16)}`);

  it.each([
    ["of a group that does not exist, by id", NEVER, {}, 404, `not found: multicast-group with id "${NEVER}"`],
    [
      "of an address in no pool",
      "224.9.9.9",
      {},
      400,
      "multicast IP address 224.9.9.9 is not in any configured multicast pool",
    ],
    [
      "of an address that is not multicast",
      "10.0.0.1",
      {},
      400,
      "multicast IP address 10.0.0.1 is not in any configured",
    ],
    ["of no identifier at all", "Web_1", {}, 400, "bad parameter in URL path: "],
    [
      "with a multicast source",
      "video",
      { source_ips: ["224.1.1.1"] },
      400,
      "unable to parse JSON body: 224.1.1.1 is not a unicast address",
    ],
    [
      "with a loopback source",
      "video",
      { source_ips: ["127.0.0.1"] },
      400,
      "unable to parse JSON body: 127.0.0.1 is a special-use address",
    ],
    [
      "with a link-local source",
      "video",
      { source_ips: ["fe80::1"] },
      400,
      "unable to parse JSON body: fe80::1 is a special-use address",
    ],
    [
      "with the broadcast address",
      "video",
      { source_ips: ["255.255.255.255"] },
      400,
      "unable to parse JSON body: 255.255.255.255 is a special-use address",
    ],
    [
      "with an unspecified source",
      "video",
      { source_ips: ["::"] },
      400,
      "unable to parse JSON body: :: is a special-use address",
    ],
    ["with what is no address", "video", { source_ips: ["ten"] }, 400, "unable to parse JSON body: "],
    [
      "with too many sources",
      "video",
      { source_ips: v4(33) },
      400,
      "membership source IP count 33 exceeds per-member limit of 32",
    ],
    [
      "with a source twice",
      "video",
      { source_ips: ["FD00::1", "fd00:0::1"] },
      400,
      "duplicate source IP fd00::1 in membership request",
    ],
    [
      "with sources of the other version",
      "224.1.0.1",
      { source_ips: ["fd00::1"] },
      400,
      "source IP fd00::1 does not match multicast group address family (IPv4)",
    ],
    [
      "with sources that the pool's addresses do not suit",
      "video",
      { source_ips: v6(2) },
      400,
      "source IP fd00::1 does not match multicast group address family (IPv4)",
    ],
    [
      "of a source-specific group without sources",
      "232.1.0.1",
      {},
      400,
      "SSM multicast addresses require at least one source IP",
    ],
    [
      "of a source-specific group with an empty list",
      "232.1.0.1",
      { source_ips: [] },
      400,
      "SSM multicast addresses require at least one source IP",
    ],
    [
      "of a new group with a version there is no pool of",
      "video",
      { ip_version: "v6" },
      400,
      "No v6 ASM multicast pool linked to your silo. Create a multicast pool and link it to your silo, or provide an explicit pool or multicast address.",
    ],
    [
      "with sources and a version there is no pool of",
      "video",
      { ip_version: "v6", source_ips: v6(1) },
      400,
      "No v6 SSM or ASM multicast pool linked to your silo.",
    ],
  ] as const)("%s", async (_, group, body, status, message) => {
    const before = await generation();
    const answer = await join("web", group, body);
    expect(answer.status).toBe(status);
    expect(answer.body.message.slice(0, message.length)).toBe(message);
    expect(await g.names()).toEqual([]);
    expect(await generation()).toEqual(before);
  });

  const generation = async () =>
    t.nexus.store.db.selectFrom("counter").select("value").where("name", "=", "multicast_generation").execute();
});

describe("a join is refused", () => {
  fresh();

  it("without any pool", async () => {
    await instance("web");
    expect((await join("web", "video")).body.message).toMatch(/^No ASM multicast pool linked to your silo\. /);
    expect((await join("web", "video", { source_ips: ["10.0.0.1"] })).body.message).toMatch(
      /^No SSM or ASM multicast pool linked to your silo\. /,
    );
  });

  it("by an address whose implied name another group has", async () => {
    await asm();
    await instance("web");
    expect(await joined("web", "mcast-224-1-0-2")).toMatchObject({ multicast_ip: "224.1.0.1" });
    expect((await join("web", "224.1.0.2")).body).toMatchObject({
      error_code: "ObjectAlreadyExists",
      message: 'already exists: multicast-group "mcast-224-1-0-2"',
    });
  });

  it("when pools of both versions would do", async () => {
    await asm();
    await g.pool("six", "ff0e::1", "ff0e::ff", true);
    await instance("web");
    expect((await join("web", "video")).body).toMatchObject({
      error_code: "InvalidRequest",
      message:
        "Multiple ASM multicast IP pools exist with different IP versions. " +
        "Please specify ip_version (v4 or v6) or provide an explicit pool.",
    });
    expect(await joined("web", "video", { ip_version: "v6" })).toMatchObject({ multicast_ip: "ff0e::1" });
    expect(await joined("web", "audio", { ip_version: "v4" })).toMatchObject({ multicast_ip: "224.1.0.1" });
  });

  it("when the source-specific pools are of both versions, though an any-source pool would do", async () => {
    await asm();
    await ssm();
    await g.pool("ssm6", "ff3e::8000:0", "ff3e::8000:9");
    await instance("web");
    expect((await join("web", "video", { source_ips: ["10.0.0.1"] })).body.message).toMatch(
      /^Multiple SSM multicast IP pools exist/,
    );
  });

  it("when the pool is used up", async () => {
    await asm();
    await instance("web");
    for (const name of ["a", "b", "c"]) await joined("web", name);
    expect(await join("web", "d")).toMatchObject({
      status: 507,
      body: {
        error_code: "InsufficientCapacity",
        message: "Insufficient capacity: No multicast IP addresses available",
      },
    });
  });

  it("by an instance that is in 32 groups, unless it is in this one", async () => {
    await g.pool("big", "224.2.0.1", "224.2.0.99");
    await instance("web", { multicast_groups: Array.from({ length: 32 }, (_, i) => ({ group: `g${i}` })) });
    expect(await join("web", "g32")).toMatchObject({
      status: 400,
      body: { error_code: "InvalidRequest", message: "An instance may not join more than 32 multicast groups" },
    });
    expect((await join("web", "g5", { source_ips: ["10.0.0.1"] })).status).toBe(201);
    expect(await g.names()).toHaveLength(32);
  });

  it("when the members of the group would name more than 256 sources", async () => {
    await asm();
    for (let i = 0; i < 8; i++) {
      await instance(`i${i}`);
      await joined(`i${i}`, "224.1.0.1", { source_ips: v4(32, 32 * i) });
    }
    await instance("web");
    expect((await join("web", "224.1.0.1", { source_ips: ["10.0.0.1", "10.99.0.1"] })).body.message).toBe(
      "adding 2 source IP(s) would push group source union to 257, exceeding per-group cap of 256",
    );
    expect((await join("web", "224.1.0.1", { source_ips: ["10.0.0.1"] })).status).toBe(201);
    expect((await join("i0", "224.1.0.1", { source_ips: v4(32, 900) })).status).toBe(400);
    expect((await leave("i1", "224.1.0.1")).status).toBe(204);
    expect((await join("i0", "224.1.0.1", { source_ips: v4(31, 900) })).status).toBe(201);
  });
});

describe("a member of a source-specific group", () => {
  fresh();

  it("keeps its sources in a join that names none, and cannot be without", async () => {
    await ssm();
    await instance("web");
    await instance("db");
    await joined("web", "232.1.0.1", { source_ips: ["10.0.0.9", "10.0.0.10"] });
    expect(await joined("web", "232.1.0.1")).toMatchObject({ source_ips: ["10.0.0.9", "10.0.0.10"] });
    expect((await join("web", "232.1.0.1", { source_ips: [] })).body.message).toBe(
      "SSM multicast addresses require at least one source IP",
    );
    expect((await join("db", "232.1.0.1")).body.message).toBe("SSM multicast addresses require at least one source IP");
    await joined("db", "232.1.0.1", { source_ips: ["10.0.0.1"] });
    expect(await t.ok("GET", `${GROUPS}/232.1.0.1`)).toMatchObject({
      source_ips: ["10.0.0.1", "10.0.0.9", "10.0.0.10"],
      has_any_source_member: false,
    });
  });
});

describe("lists of groups and members", () => {
  fresh();

  it("come page by page, and a token is of its own list only", async () => {
    await asm();
    await instance("web");
    for (const name of ["b", "c", "a"]) await joined("web", name);
    const first = await t.ok("GET", `${GROUPS}?limit=2&sort_by=name_descending`);
    expect(first.items.map(({ name }: Json) => name)).toEqual(["c", "b"]);
    const rest = await t.ok("GET", `${GROUPS}?page_token=${encodeURIComponent(first.next_page)}`);
    expect(rest.items.map(({ name }: Json) => name)).toEqual(["a"]);
    const path = "/v1/instances/web/multicast-groups";
    const ids: string[] = [];
    for (let query = "?project=p&limit=2"; ;) {
      const { items, next_page } = await t.ok("GET", `${path}${query}`);
      if (items.length === 0) break;
      ids.push(...items.map(({ id }: Json) => id));
      query = `?limit=2&page_token=${encodeURIComponent(next_page)}`;
    }
    expect(ids).toHaveLength(3);
    expect(ids).toEqual(ids.toSorted());
  });
});

describe("who may do what:", () => {
  fresh();

  it("every user sees groups and members; only who may change an instance makes it join or leave", async () => {
    await asm();
    const web = await instance("web");
    const { multicast_group_id: id } = await joined("web", "video");
    const stranger = { token: t.tokens.unprivileged };
    expect((await t.ok("GET", GROUPS, undefined, stranger)).items).toHaveLength(1);
    expect((await t.ok("GET", `${GROUPS}/${id}`, undefined, stranger)).name).toBe("video");
    expect((await t.ok("GET", `${GROUPS}/video/members`, undefined, stranger)).items).toHaveLength(1);
    const path = `/v1/instances/${web.id}/multicast-groups`;
    expect((await t.call("PUT", `${path}/video`, {}, stranger)).status).toBe(404);
    expect((await t.call("DELETE", `${path}/video`, undefined, stranger)).status).toBe(404);
    expect((await t.call("GET", path, undefined, stranger)).status).toBe(404);
    const nobody = { token: null };
    for (const [method, each] of [
      ["GET", GROUPS],
      ["GET", `${GROUPS}/video`],
      ["GET", `${GROUPS}/video/members`],
      ["GET", path],
      ["DELETE", `${path}/video`],
    ] as const) {
      expect((await t.call(method, each, undefined, nobody)).status).toBe(401);
    }
    expect((await t.call("PUT", `${path}/video`, {}, nobody)).status).toBe(401);
    expect((await t.ok("GET", `${GROUPS}/video/members`)).items).toHaveLength(1);
  });
});
