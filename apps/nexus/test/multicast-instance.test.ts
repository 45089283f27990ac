import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { groups, SMALL, type Groups } from "./support/groups.ts";
import { testNexus, type Answer, type Json, type TestNexus } from "./support/nexus.ts";

const GROUPS = "/v1/multicast-groups";

let t: TestNexus;
let g: Groups;
const open = async () => {
  t = await testNexus();
  g = await groups(t);
  await g.pool("asm", "224.1.0.1", "224.1.0.99");
};
const close = () => t.close();
const fresh = () => {
  beforeEach(open);
  afterEach(close);
};

const create = (multicast_groups: readonly object[]): Promise<Answer> =>
  t.call("POST", "/v1/instances?project=p", { ...SMALL, name: "web", hostname: "web", multicast_groups });
const SIZE = { ncpus: 1, memory: 2 ** 30, boot_disk: null, auto_restart_policy: null, cpu_platform: null };
const update = (multicast_groups: readonly object[] | null, more: object = {}): Promise<Answer> =>
  t.call("PUT", "/v1/instances/web?project=p", { ...SIZE, enable_jumbo_frames: false, ...more, multicast_groups });
/** `address: sources`, by address. */
const memberships = async (name = "web"): Promise<string[]> =>
  (await t.ok("GET", `/v1/instances/${name}/multicast-groups?project=p`)).items
    .map(({ multicast_ip, source_ips }: Json) => `${multicast_ip}: ${source_ips}`)
    .toSorted();
const memberIds = async (): Promise<string[]> =>
  (await t.ok("GET", "/v1/instances/web/multicast-groups?project=p")).items.map(({ id }: Json) => id);
const many = (n: number) => Array.from({ length: n }, (_, i) => ({ group: `g${i}` }));

describe("an instance is created", () => {
  fresh();

  it("as a member of groups by name, address and id, with and without sources", async () => {
    await g.instance("db", { multicast_groups: [{ group: "video" }] });
    const { id } = await t.ok("GET", `${GROUPS}/video`);
    await create([{ group: id }, { group: "224.1.0.9", source_ips: ["10.0.0.2", "10.0.0.1"] }, { group: "audio" }]);
    expect(await memberships()).toEqual(["224.1.0.1: ", "224.1.0.2: ", "224.1.0.9: 10.0.0.1,10.0.0.2"]);
    expect(await g.names()).toEqual(["audio", "mcast-224-1-0-9", "video"]);
  });
});

describe("an instance is not created, nor a group,", () => {
  beforeAll(open);
  afterAll(close);

  it.each([
    [
      "a group that does not exist by its id",
      [{ group: "a" }, { group: "00000000-0000-4000-8000-000000000000" }],
      "not found: multicast-group with id",
    ],
    [
      "an address in no pool",
      [{ group: "a" }, { group: "224.9.9.9" }],
      "multicast IP address 224.9.9.9 is not in any configured multicast pool",
    ],
    [
      "a group twice",
      [{ group: "a" }, { group: "b" }, { group: "a" }],
      "Duplicate multicast group specified in request",
    ],
    [
      "a group by its name and its address",
      [{ group: "a" }, { group: "224.1.0.1" }],
      "Duplicate multicast group specified in request",
    ],
    ["33 groups", many(33), "An instance may not join more than 32 multicast groups"],
    [
      "a source twice",
      [{ group: "a", source_ips: ["10.0.0.1", "10.0.0.1"] }],
      "duplicate source IP 10.0.0.1 in membership request",
    ],
    [
      "a multicast source",
      [{ group: "a", source_ips: ["224.0.0.1"] }],
      "unable to parse JSON body: 224.0.0.1 is not a unicast address",
    ],
    [
      "what names no group",
      [{ group: "No Group" }],
      "unable to parse JSON body: name must begin with an ASCII lowercase character",
    ],
  ])("with %s", async (_, specs, message) => {
    const { status, body } = await create(specs);
    expect(body.message.slice(0, message.length)).toBe(message);
    expect(status).toBe(message.startsWith("not found") ? 404 : 400);
    expect((await t.ok("GET", "/v1/instances?project=p")).items).toEqual([]);
    expect(await g.names()).toEqual([]);
  });
});

describe("an instance is updated", () => {
  beforeEach(open);
  beforeEach(async () => {
    await create([{ group: "a" }, { group: "b", source_ips: ["10.0.0.1"] }, { group: "c" }]);
  });
  afterEach(close);

  it("with the groups that it is to be in, all others being left", async () => {
    const before = await memberIds();
    await update([{ group: "b" }, { group: "224.1.0.1", source_ips: ["10.0.0.7"] }, { group: "d" }]);
    expect(await memberships()).toEqual(["224.1.0.1: 10.0.0.7", "224.1.0.2: 10.0.0.1", "224.1.0.4: "]);
    expect(await g.names()).toEqual(["a", "b", "d"]);
    expect((await memberIds()).filter((id) => before.includes(id))).toHaveLength(2);
    await update(null);
    expect(await memberships()).toHaveLength(3);
    await update([]);
    expect(await memberships()).toEqual([]);
    expect(await g.names()).toEqual([]);
  });

  it("without a change where nothing is asked for", async () => {
    const generation = () =>
      t.nexus.store.db.selectFrom("counter").select("value").where("name", "=", "multicast_generation").execute();
    const before = await generation();
    const members = await t.ok("GET", "/v1/instances/web/multicast-groups?project=p");
    await update([{ group: "c" }, { group: "b", source_ips: ["10.0.0.1"] }, { group: "224.1.0.1" }]);
    expect(await t.ok("GET", "/v1/instances/web/multicast-groups?project=p")).toEqual(members);
    expect(await generation()).toEqual(before);
  });

  it("not at all while it runs, if its size is to change as well", async () => {
    const vmm = { state: "vmm", active_propolis_id: t.nexus.world.ids.uuid() } as const;
    await t.nexus.store.db.updateTable("instance").set(vmm).execute();
    expect(await update([{ group: "new" }], { ncpus: 3 })).toMatchObject({
      status: 409,
      body: { error_code: "Conflict", message: "instance must be stopped to change CPU or memory" },
    });
    expect(await g.names()).toEqual(["a", "b", "c"]);
    expect((await update([{ group: "new" }])).status).toBe(200);
    expect(await g.names()).toEqual(["new"]);
  });

  it("up to 32 groups, also when all of them are others than before", async () => {
    expect((await update(many(32))).status).toBe(200);
    const others = many(32).map(({ group }) => ({ group: `x${group}` }));
    expect((await update(others)).status).toBe(200);
    expect(await memberships()).toHaveLength(32);
    expect(await g.names()).toHaveLength(32);
  });
});

describe("an instance is not updated, nor a group made,", () => {
  beforeAll(open);
  beforeAll(async () => {
    await create([{ group: "a" }, { group: "b", source_ips: ["10.0.0.1"] }, { group: "c" }]);
  });
  afterAll(close);

  it.each([
    ["a group twice", [{ group: "new" }, { group: "new" }], {}, 400, "Duplicate multicast group specified in request"],
    [
      "a group by two names",
      [{ group: "new" }, { group: "a" }, { group: "224.1.0.1" }],
      {},
      400,
      "Duplicate multicast group specified in request",
    ],
    [
      "a new group by two names",
      [{ group: "224.1.0.50" }, { group: "mcast-224-1-0-50" }],
      {},
      400,
      "Duplicate multicast group specified in request",
    ],
    ["33 groups", many(33), {}, 400, "An instance may not join more than 32 multicast groups"],
    [
      "a source twice",
      [{ group: "new", source_ips: ["10.0.0.1", "10.0.0.1"] }],
      {},
      400,
      "duplicate source IP 10.0.0.1 in membership request",
    ],
    [
      "sources of the other version",
      [{ group: "new" }, { group: "a", source_ips: ["fd00::1"] }],
      {},
      400,
      "source IP fd00::1 does not match multicast group address family (IPv4)",
    ],
    ["no room on any machine", [{ group: "new" }], { ncpus: 255 }, 400, "cannot have more than 254 vCPUs per instance"],
  ])("with %s", async (_, specs, more, status, message) => {
    const before = [await memberships(), await memberIds()];
    expect(await update(specs, { ncpus: 3, ...more })).toMatchObject({ status, body: { message } });
    expect([await memberships(), await memberIds()]).toEqual(before);
    expect(await g.names()).toEqual(["a", "b", "c"]);
    expect((await t.ok("GET", "/v1/instances/web?project=p")).ncpus).toBe(1);
  });
});

describe("an instance is deleted", () => {
  fresh();

  it("with its memberships, and the groups that nobody else is in", async () => {
    await create([{ group: "a" }, { group: "b" }]);
    await g.instance("db", { multicast_groups: [{ group: "b" }] });
    await t.ok("DELETE", "/v1/instances/web?project=p");
    expect(await g.names()).toEqual(["b"]);
    expect((await t.ok("GET", `${GROUPS}/b/members`)).items).toHaveLength(1);
    // Names and addresses are free again.
    expect(await g.joined("db", "a")).toMatchObject({ multicast_ip: "224.1.0.1" });
  });
});

describe("a pool that groups have addresses of", () => {
  fresh();

  const pools = "/v1/system/ip-pools";
  it("keeps its range and its links, and counts the groups", async () => {
    await create([{ group: "a" }, { group: "b" }]);
    const range = { first: "224.1.0.1", last: "224.1.0.99" };
    expect(await t.ok("GET", `${pools}/asm/utilization`)).toEqual({ capacity: 99, remaining: 97 });
    expect((await t.call("POST", `${pools}/asm/ranges/remove`, range)).body).toMatchObject({
      error_code: "InvalidRequest",
      message: "IP pool ranges cannot be deleted while multicast groups are allocated from them",
    });
    expect((await t.call("DELETE", `${pools}/asm/silos/test-suite-silo`)).body.message).toBe(
      "IP addresses from this pool are in use in the linked silo",
    );
    await t.ok("DELETE", "/v1/instances/web?project=p");
    expect(await t.ok("GET", `${pools}/asm/utilization`)).toEqual({ capacity: 99, remaining: 99 });
    expect((await t.call("DELETE", `${pools}/asm/silos/test-suite-silo`)).status).toBe(204);
    expect((await t.call("POST", `${pools}/asm/ranges/remove`, range)).status).toBe(204);
  });

  it("is not needed by a silo to join a group that exists", async () => {
    await create([{ group: "a" }]);
    await g.instance("db");
    await t.nexus.store.db.deleteFrom("ip_pool_silo").execute();
    expect((await g.join("db", "a")).status).toBe(201);
    expect((await g.join("db", "224.1.0.7")).status).toBe(400);
  });
});
