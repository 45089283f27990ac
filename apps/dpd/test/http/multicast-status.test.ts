/** The status of each case of each multicast operation, and that a refusal changes nothing. */
import { encodePageToken } from "@racklet/api-kit";
import { MULTICAST_BODY_LIMIT } from "@racklet/api-types/dpd/limits";
import { beforeEach, describe, expect, test } from "vitest";
import { createApp } from "../../src/server.ts";
import { MCAST_TABLES } from "../../src/table/mcast.ts";
import {
  EXTERNAL,
  external,
  GROUPS,
  member,
  startMulticast,
  target,
  UNDERLAY,
  type Multicast,
} from "./support/multicast.ts";
import { pagesOf, type CallOptions } from "./support/harness.ts";

const LATEST = ["8.0.0", "13.1.0"];
const OLD = ["1.0.0", "6.0.0", "7.0.0"];
const ALL = [...OLD, ...LATEST];

let one: Multicast;

/** `ff04::1` (tag `u`, one member of each direction), with `239.1.1.1` (tag `e`, VLAN 10, one source) leading there. */
beforeEach(async () => {
  one = startMulticast();
  const members = [member("rear0", "Underlay"), member("qsfp0", "External")];
  await one.ok(201, `POST ${UNDERLAY}`, { body: { group_ip: "ff04::1", tag: "u", members } });
  const sources = [{ Exact: "10.0.0.1" }];
  await one.ok(201, `POST ${EXTERNAL}`, { body: external("239.1.1.1", { tag: "e", vlan: 10, sources }) });
});

/** The answer to a request that must change nothing. */
async function refused(status: number, operation: string, options: CallOptions = {}): Promise<Record<string, string>> {
  const before = await one.snapshot();
  const { body, ...answer } = await one.call(operation, options);
  expect({ operation, status: answer.status, body }).toMatchObject({ status });
  expect(await one.snapshot()).toEqual(before);
  return body as Record<string, string>;
}

describe.each(ALL)("version %s", (version) => {
  const strict = LATEST.includes(version);
  const tag = (text: string) => (strict ? `?tag=${text}` : "");
  const tagged = (text: string, body: object) => (strict ? body : { ...body, tag: text });
  const call = (status: number, operation: string, body?: unknown) =>
    one.ok(status, operation, { version, ...(body === undefined ? {} : { body }) });

  test("creating answers 201 with the group", async () => {
    expect(await call(201, `POST ${UNDERLAY}`, { group_ip: "FF04:0::2", members: [] })).toEqual({
      group_ip: "ff04::2",
      external_group_id: 65532,
      underlay_group_id: 65531,
      tag: expect.stringMatching(/^[0-9a-f-]{36}:ff04::2$/),
      members: [],
    });
    expect(await call(201, `POST ${EXTERNAL}`, external("ff0e::1", { to: target(2), vlan: null, tag: null }))).toEqual({
      group_ip: "ff0e::1",
      external_group_id: 65532,
      tag: expect.stringMatching(/^[0-9a-f-]{36}:ff0e::1$/),
      internal_forwarding: { nat_target: target(2) },
      external_forwarding: { vlan_id: null },
      sources: null,
    });
  });

  test("updating answers 200, and for external groups 201 before version 8", async () => {
    const members = [member("qsfp9", "External")];
    expect(await call(200, `PUT ${UNDERLAY}/ff04::1${tag("u")}`, tagged("u", { members }))).toMatchObject({
      tag: "u",
      members,
    });
    const body = tagged("e", external(undefined, { sources: [{ Exact: "10.0.0.2" }] }));
    expect(await call(strict ? 200 : 201, `PUT ${EXTERNAL}/239.1.1.1${tag("e")}`, body)).toMatchObject({
      tag: "e",
      external_forwarding: { vlan_id: null },
      sources: [{ Exact: "10.0.0.2" }],
    });
  });

  test("reading answers 200, with the kind where it can be either", async () => {
    const underlay = { group_ip: "ff04::1", external_group_id: 65534, underlay_group_id: 65533, tag: "u" };
    expect(await call(200, `GET ${UNDERLAY}/ff04::1`)).toMatchObject(underlay);
    expect(await call(200, `GET ${UNDERLAY}/ff04::1`)).not.toHaveProperty("kind");
    expect(await call(200, `GET ${GROUPS}/ff04::1`)).toMatchObject({ kind: "underlay", ...underlay });
    expect(await call(200, `GET ${GROUPS}/239.1.1.1`)).toMatchObject({
      kind: "external",
      external_group_id: 65534,
      sources: [{ Exact: "10.0.0.1" }],
    });
    expect(await call(200, "GET /multicast/tags/u")).toMatchObject({ items: [{ kind: "underlay" }] });
    expect(await call(200, "GET /multicast/tags/other")).toEqual({ items: [], next_page: null });
  });

  test("deleting answers 204", async () => {
    await call(204, `DELETE ${GROUPS}/239.1.1.1${tag("e")}`);
    await call(204, `DELETE ${GROUPS}/ff04::1${tag("u")}`);
    expect(await one.snapshot()).toEqual({ asic: [], groups: [], ids: 65_435 });
  });

  test("resetting a tag answers 204, also for one that nothing has", async () => {
    await call(204, "DELETE /multicast/tags/nothing%20has%20it");
    await call(204, "DELETE /multicast/tags/e");
    await call(204, "DELETE /multicast/tags/u");
    expect(await one.snapshot()).toEqual({ asic: [], groups: [], ids: 65_435 });
  });

  test("a group of that address is 409, an unknown one 404", async () => {
    const options = (body: unknown) => ({ version, body });
    expect(await refused(409, `POST ${UNDERLAY}`, options({ group_ip: "ff04::1", members: [] }))).toMatchObject({
      error_code: "multicast group already exists",
    });
    await refused(409, `POST ${EXTERNAL}`, options(external("239.1.1.1")));
    await refused(404, `GET ${GROUPS}/239.1.1.2`, { version });
    await refused(404, `GET ${GROUPS}/10.0.0.1`, { version });
    await refused(404, `GET ${UNDERLAY}/ff04::2`, { version });
    await refused(404, `DELETE ${GROUPS}/239.1.1.2${tag("e")}`, { version });
    await refused(404, `PUT ${EXTERNAL}/239.1.1.2${tag("e")}`, options(external(undefined)));
    await refused(404, `PUT ${UNDERLAY}/ff04::2${tag("u")}`, options({ members: [] }));
  });

  test("another tag is 400 and does not tell the right one", async () => {
    const options = (body: object) => ({ version, body: tagged("wrong", body) });
    const answers = [
      await refused(400, `PUT ${UNDERLAY}/ff04::1${tag("wrong")}`, options({ members: [] })),
      await refused(400, `PUT ${EXTERNAL}/239.1.1.1${tag("wrong")}`, options(external(undefined))),
    ];
    for (const { message } of answers) expect(message).toMatch(/^tag mismatch: the group \S+ has another tag$/);
    if (!strict) return;
    await refused(400, `DELETE ${GROUPS}/239.1.1.1?tag=E`, { version });
    await refused(400, `DELETE ${GROUPS}/239.1.1.1?tag=`, { version });
  });

  test("a member that is no link is 404", async () => {
    const body = { group_ip: "ff04::2", members: [member("rear1", "Underlay"), member("rear1", "Underlay", 7)] };
    await refused(404, `POST ${UNDERLAY}`, { version, body });
    await refused(404, `PUT ${UNDERLAY}/ff04::1${tag("u")}`, { version, body: tagged("u", { members: body.members }) });
  });

  test("deleting an underlay group that is a target is 400, even with a wrong tag, and so is resetting its tag", async () => {
    expect((await refused(400, `DELETE ${GROUPS}/ff04::1${tag("wrong")}`, { version }))["message"]).toContain(
      "still referenced by 239.1.1.1",
    );
    await refused(400, "DELETE /multicast/tags/u", { version });
  });
});

type Case = readonly [what: string, body: ReturnType<typeof external>, message: string];

/** Wrong whatever the address. */
const wrongRequests: readonly Case[] = [
  ["no target", external("239.1.1.2", { to: null }), "external groups must have NAT target"],
  ["a multicast source", external("239.1.1.2", { sources: [{ Exact: "224.0.0.1" }] }), "sources[0]"],
  ["a loopback source", external("239.1.1.2", { sources: ["Any", { Exact: "127.0.0.9" }] }), "sources[1]"],
  ["a broadcast source", external("239.1.1.2", { sources: [{ Exact: "255.255.255.255" }] }), "sources[0]"],
  ["source 0.0.0.0", external("239.1.1.2", { sources: [{ Exact: "0.0.0.0" }] }), "sources[0]"],
  ["a link-local source", external("239.1.1.2", { sources: [{ Exact: "169.254.1.1" }] }), "sources[0]"],
  ["source ::1", external("239.1.1.2", { sources: [{ Exact: "::1" }] }), "sources[0]: ::1 is a loopback"],
  ["source ::", external("239.1.1.2", { sources: [{ Exact: "::" }] }), "sources[0]: :: is the unspecified"],
  ["source fe80::1", external("239.1.1.2", { sources: [{ Exact: "fe80::1" }] }), "sources[0]: fe80::1 is a link-local"],
  ["a source of the other family", external("239.1.1.2", { sources: [{ Exact: "2001:db8::1" }] }), "not an IPv4"],
  [
    "a unicast MAC address",
    external("239.1.1.2", { to: { ...target(1), inner_mac: { a: [0x32, 0x33, 0, 0, 0, 1] } } }),
    "inner_mac",
  ],
  [
    "a target outside ff04::/64",
    external("239.1.1.2", { to: { ...target(1), internal_ip: "ff04:0:0:1::1" } }),
    "ff04::/64",
  ],
  ["a target that is no group", external("239.1.1.2", { to: target(9) }), "no underlay group ff04::9"],
  ["VLAN 0", external("239.1.1.2", { vlan: 0 }), "vlan_id: 0"],
  ["VLAN 1", external("239.1.1.2", { vlan: 1 }), "vlan_id: 1"],
  ["VLAN 4096", external("239.1.1.2", { vlan: 4096 }), "vlan_id: 4096"],
  ["a VNI of 25 bits", external("239.1.1.2", { to: target(1, 2 ** 24) }), "vni"],
];

/** Wrong for a group to create. */
const wrongGroups: readonly Case[] = [
  ["no target, before that it exists", external("239.1.1.1", { to: null }), "external groups must have NAT target"],
  ["a bad source, before a bad address", external("10.0.0.1", { sources: [{ Exact: "::" }] }), "sources[0]"],
  ["a unicast address", external("10.0.0.1"), "not a multicast address"],
  ["an SSM address without sources", external("232.1.1.1"), "source-specific"],
  [
    "an SSM address with any source",
    external("232.1.1.1", { sources: [{ Exact: "10.0.0.1" }, "Any"] }),
    "source-specific",
  ],
  ["an IPv6 SSM address without sources", external("ff35::1", { sources: [] }), "source-specific"],
  ["224.0.0.0/24", external("224.0.0.255"), "224.0.0.0/24"],
  ["ff00::/16", external("ff00::1"), "ff00::/16"],
  ["ff01::/16", external("ff01::1"), "ff01::/16"],
  ["ff02::/16", external("ff02::1"), "ff02::/16"],
  ["ff04::/64", external("ff04::2"), "admin-local scope"],
  ["an empty tag", external("239.1.1.2", { tag: "" }), "tag cannot be empty"],
  ["a long tag", external("239.1.1.2", { tag: "a".repeat(81) }), "tag cannot exceed 80 bytes, has 81"],
  ["a tag with a space", external("239.1.1.2", { tag: "a b" }), "tag can only have"],
];

describe.each(["7.0.0", "13.1.0"])("in version %s", (version) => {
  test.each([...wrongRequests, ...wrongGroups])("%s is 400 for a group to create", async (_, body, message) => {
    expect((await refused(400, `POST ${EXTERNAL}`, { version, body }))["message"]).toContain(message);
  });

  test.each(wrongRequests)("%s is 400 for an update", async (_, { group_ip: __, ...body }, message) => {
    const path = version === "7.0.0" ? "239.1.1.1" : "239.1.1.1?tag=e";
    expect((await refused(400, `PUT ${EXTERNAL}/${path}`, { version, body }))["message"]).toContain(message);
  });
});

test("an update cannot take the sources of an SSM group away", async () => {
  const sources = [{ Exact: "10.0.0.1" }];
  await one.ok(201, `POST ${EXTERNAL}`, { body: external("232.1.1.1", { sources, tag: "e" }) });
  const { message } = await refused(400, `PUT ${EXTERNAL}/232.1.1.1?tag=e`, { body: external(undefined) });
  expect(message).toContain("source-specific");
});

test("a wrong tag of an underlay group to create is 400", async () => {
  await refused(400, `POST ${UNDERLAY}`, { body: { group_ip: "ff04::2", tag: "a/b", members: [] } });
});

test.each([
  ["ff30::1", [{ Exact: "2001:db8::1" }]],
  ["ff32::1", [{ Exact: "2001:db8::1" }]],
  ["232.0.0.1", [{ Exact: "10.0.0.1" }]],
  ["ff04:0:0:1::1", undefined],
  ["ff05::1", ["Any"]],
  ["224.0.1.0", ["Any", { Exact: "10.0.0.1" }]],
])("%s may be an external group", async (ip, sources) => {
  await one.ok(201, `POST ${EXTERNAL}`, { body: external(ip, { sources }) });
});

test("sources are kept sorted, each once, and any of them takes the place of all", async () => {
  const sources = [{ Exact: "10.0.0.10" }, { Exact: "10.0.0.9" }, { Exact: "10.0.0.10" }];
  const created = await one.ok(201, `POST ${EXTERNAL}`, { body: external("239.1.1.2", { sources }) });
  expect(created).toMatchObject({ sources: [{ Exact: "10.0.0.9" }, { Exact: "10.0.0.10" }] });
  const any = await one.ok(201, `POST ${EXTERNAL}`, { body: external("239.1.1.3", { sources: [...sources, "Any"] }) });
  expect(any).toMatchObject({ sources: null });
});

describe("before version 7", () => {
  const version = "6.0.0";

  test("the subnet of everything is any source, one of a single address is that address", async () => {
    const create = (ip: string, subnet: string) =>
      one.ok(201, `POST ${EXTERNAL}`, { version, body: external(ip, { sources: [{ Subnet: subnet }] }) });
    expect(await create("239.1.1.2", "10.0.0.0/0")).toMatchObject({ sources: null });
    expect(await create("239.1.1.3", "10.0.0.7/32")).toMatchObject({ sources: [{ Exact: "10.0.0.7" }] });
  });

  test("a subnet of some addresses is 400, and so is any source in the words of newer versions", async () => {
    const body = (sources: unknown) => ({ version, body: external("239.1.1.2", { sources }) });
    const refusal = await refused(400, `POST ${EXTERNAL}`, body([{ Subnet: "10.0.0.0/8" }]));
    expect(refusal["message"]).toContain("10.0.0.0/8");
    await refused(400, `POST ${EXTERNAL}`, body(["Any"]));
    const update = { version, body: external(undefined, { sources: [{ Subnet: "10.0.0.0/31" }] }) };
    await refused(400, `PUT ${EXTERNAL}/239.1.1.1`, update);
  });

  test("from version 7 on there are no subnets", async () => {
    const options = { version: "7.0.0", body: external("239.1.1.2", { sources: [{ Subnet: "0.0.0.0/0" }] }) };
    await refused(400, `POST ${EXTERNAL}`, options);
  });
});

describe("the address of an underlay group", () => {
  const create = (ip: string) => ({ group_ip: ip, members: [] });

  test.each(ALL)("is in ff04::/64 in version %s", async (version) => {
    const query = LATEST.includes(version) ? "?tag=u" : "";
    for (const ip of ["ff04:0:0:1::1", "ff05::1", "fd00::1", "239.1.1.1"]) {
      const { message } = await refused(400, `POST ${UNDERLAY}`, { version, body: create(ip) });
      expect(message).toMatch(/^unable to parse JSON body: group_ip/);
      await refused(400, `GET ${UNDERLAY}/${ip}`, { version });
      await refused(400, `PUT ${UNDERLAY}/${ip}${query}`, { version, body: { members: [] } });
    }
  });

  test.each(OLD)("in version %s is told apart from one that is not admin-local", async (version) => {
    const message = async (ip: string) => (await refused(400, `GET ${UNDERLAY}/${ip}`, { version }))["message"];
    expect(await message("ff04:0:0:1::1")).toMatch(/^invalid group_ip:/);
    expect(await message("ff05::1")).toMatch(/^bad parameter in URL path:/);
  });
});

test("an external update of an underlay group is 400, after its tag", async () => {
  const options = { body: external(undefined) };
  const { message } = await refused(400, `PUT ${EXTERNAL}/ff04::1?tag=u`, options);
  expect(message).toContain("is an underlay group");
  expect((await refused(400, `PUT ${EXTERNAL}/ff04::1?tag=x`, options))["message"]).toContain("tag mismatch");
});

test("a group that an update may lead elsewhere must be there, also when the VLAN stays", async () => {
  const body = external(undefined, { vlan: 10, to: target(9) });
  await refused(400, `PUT ${EXTERNAL}/239.1.1.1?tag=e`, { body });
});

test("from version 8 on the tag must be in the query; before it is in the body or missing", async () => {
  for (const operation of [`PUT ${UNDERLAY}/ff04::1`, `PUT ${EXTERNAL}/239.1.1.1`, `DELETE ${GROUPS}/239.1.1.1`]) {
    const body = operation.includes("underlay") ? { members: [], tag: "u" } : external(undefined, { tag: "e" });
    const options = operation.startsWith("DELETE") ? {} : { body };
    expect((await refused(400, operation, options))["message"]).toContain("missing field `tag`");
  }
  await one.ok(200, `PUT ${UNDERLAY}/ff04::1`, { version: "7.0.0", body: { members: [] } });
  await one.ok(200, `PUT ${UNDERLAY}/ff04::1`, { version: "7.0.0", body: { members: [], tag: null } });
  await one.ok(201, `PUT ${EXTERNAL}/239.1.1.1`, { version: "1.0.0", body: external(undefined) });
  // A tag in the body means nothing from version 8 on.
  await one.ok(200, `PUT ${UNDERLAY}/ff04::1?tag=u`, { body: { members: [], tag: "wrong" } });
});

test("resetting what has no tag is 204 before version 8 and 410 from there on, and never does anything", async () => {
  for (const version of OLD) {
    const before = await one.snapshot();
    await one.ok(204, "DELETE /multicast/untagged", { version });
    expect(await one.snapshot()).toEqual(before);
  }
  for (const version of LATEST) await refused(410, "DELETE /multicast/untagged", { version });
  one.ctx.switch.detach("gone");
  await one.ok(410, "DELETE /multicast/untagged");
});

test("a bad body or parameter is 400", async () => {
  await refused(400, `POST ${UNDERLAY}`, { body: { group_ip: "ff04::2" } });
  await refused(400, `POST ${UNDERLAY}`, { body: { group_ip: "ff04::2", members: [member("rear32", "Underlay")] } });
  await refused(400, `POST ${UNDERLAY}`, {
    body: { group_ip: "ff04::2", members: [{ ...member("rear1", "Underlay"), direction: "Both" }] },
  });
  await refused(400, `GET ${GROUPS}/nonsense`);
  await refused(400, `GET ${GROUPS}?limit=0`);
  await refused(400, `GET ${GROUPS}?page_token=${encodePageToken({ ip: "239.1.1.1" })}`);
  await refused(400, `GET ${GROUPS}?page_token=nonsense!`);
  const tooLarge = { body: JSON.stringify({ group_ip: "ff04::2", members: [] }).padEnd(MULTICAST_BODY_LIMIT + 1) };
  const { message } = await refused(400, `POST ${UNDERLAY}`, tooLarge);
  expect(message).toBe(`request body exceeded maximum size of ${MULTICAST_BODY_LIMIT} bytes`);
});

test("all links of a switch can be members in both directions", async () => {
  const ports = ["rear", "qsfp"].flatMap((kind) => Array.from({ length: 32 }, (_, n) => `${kind}${n}`));
  // A port has four lanes, so at most four links.
  const links = ports.flatMap((port) => [0, 1, 2, 3].map((link) => ({ port, link })));
  const members = links.flatMap(({ port, link }) => [member(port, "Underlay", link), member(port, "External", link)]);
  await refused(404, `POST ${UNDERLAY}`, { body: { group_ip: "ff04::2", members } });
  const present = members.filter(({ link_id }) => link_id === 0);
  const created = await one.ok(201, `POST ${UNDERLAY}`, { body: { group_ip: "ff04::2", members: present } });
  expect(created).toMatchObject({ members: present });
});

test("a table that is full is 507 with its name", async () => {
  const { model } = one;
  const nat = model.table(MCAST_TABLES.nat.ipv4);
  const row = { vlan: null, internalIp: "ff04::1", innerMac: 0, vni: 1 };
  for (let i = 1; i < nat.usage().size; i++) nat.insert({ ...row, group: `239.0.${i >> 8}.${i & 255}` });
  const refusal = await refused(507, `POST ${EXTERNAL}`, { body: external("239.1.1.2") });
  expect(refusal["message"]).toContain("Ingress.nat_ingress.ingress_ipv4_mcast");
  await one.ok(200, `PUT ${EXTERNAL}/239.1.1.1?tag=e`, { body: external(undefined, { vlan: 11 }) });
});

test("running out of ids is 503, and a group that goes makes room", async () => {
  one = startMulticast({ groupIds: { first: 100, last: 104 } });
  const create = (n: number) => ({ body: { group_ip: `ff04::${n}`, tag: "t", members: [] } });
  await one.ok(201, `POST ${UNDERLAY}`, create(1));
  await one.ok(201, `POST ${UNDERLAY}`, create(2));
  expect((await refused(503, `POST ${UNDERLAY}`, create(3)))["message"]).toContain("100 to 104");
  await one.ok(204, `DELETE ${GROUPS}/ff04::1?tag=t`);
  expect(await one.ok(201, `POST ${UNDERLAY}`, create(3))).toMatchObject({
    external_group_id: 103,
    underlay_group_id: 104,
  });
});

test("without an ASIC changes are 503 and say why; with the next one there are no groups", async () => {
  one.ctx.switch.detach("pulled out");
  const body = { group_ip: "ff04::2", members: [] };
  for (const [operation, options] of [
    [`POST ${UNDERLAY}`, { body }],
    [`POST ${EXTERNAL}`, { body: external("239.1.1.2") }],
    [`PUT ${UNDERLAY}/ff04::1?tag=u`, { body }],
    [`PUT ${EXTERNAL}/239.1.1.1?tag=e`, { body: external(undefined) }],
    [`DELETE ${GROUPS}/239.1.1.1?tag=e`, {}],
    [`DELETE ${GROUPS}`, {}],
    ["DELETE /multicast/tags/e", {}],
  ] as const) {
    expect(await one.ok(503, operation, options)).toMatchObject({
      error_code: "AsicUnavailable",
      message: expect.stringContaining("pulled out"),
    });
  }
  expect(await one.ok(200, `GET ${GROUPS}`)).toEqual({ items: [], next_page: null });
  await one.ok(404, `GET ${GROUPS}/ff04::1`);
});

test("groups are listed IPv4 first, by number, in pages that resume after groups that went", async () => {
  const sources = [{ Exact: "2001:db8::1" }];
  for (const ip of ["239.1.1.10", "239.1.1.9", "ff0e::10", "ff0e::9"]) {
    await one.ok(201, `POST ${EXTERNAL}`, { body: external(ip, { tag: "e" }) });
  }
  await one.ok(201, `POST ${EXTERNAL}`, { body: external("ff3e::1", { tag: "x", sources }) });
  const ips = (pages: unknown[][]) => pages.map((page) => page.map((item) => (item as { group_ip: string }).group_ip));
  expect(ips(await pagesOf(one.call, GROUPS, "limit=3"))).toEqual([
    ["239.1.1.1", "239.1.1.9", "239.1.1.10"],
    ["ff04::1", "ff0e::9", "ff0e::10"],
    ["ff3e::1"],
    [],
  ]);
  expect(ips(await pagesOf(one.call, "/multicast/tags/e", "limit=3"))).toEqual([
    ["239.1.1.1", "239.1.1.9", "239.1.1.10"],
    ["ff0e::9", "ff0e::10"],
    [],
  ]);
  await one.ok(204, `DELETE ${GROUPS}/239.1.1.9?tag=e`);
  const token = encodePageToken({ group_ip: "239.1.1.9" });
  expect(await one.ok(200, `GET ${GROUPS}?limit=1&page_token=${token}`)).toMatchObject({
    items: [{ group_ip: "239.1.1.10" }],
  });
});

test("metrics say how many groups there are and what was done", async () => {
  const text = await (await createApp(one.ctx).fetch(new Request("http://dpd/metrics"))).text();
  expect(text).toContain('dpd_mcast_groups{kind="underlay"} 1');
  expect(text).toContain('dpd_mcast_groups{kind="external"} 1');
  expect(text).toContain("dpd_mcast_ids_available 65433");
  expect(text).toContain('dpd_mcast_operations{operation="createExternal"} 1');
});
