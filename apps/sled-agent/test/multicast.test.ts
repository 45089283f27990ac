/** Multicast on a sled: memberships of VMMs in every form of the API, M2P mappings, and forwarding. */
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { ForwardingTable, type ForwardingEntry } from "../src/opte/forwarding.ts";
import { VMM, dualStack, newest, nic } from "./bodies.ts";
import { rig, type Answer, type Rig } from "./rig.ts";

const PATH = `/vmms/${VMM}/multicast-group`;
const GROUP = "224.1.2.3";
const flat = { group_ip: GROUP, sources: ["10.1.1.1"] };
const messageOf = (answer: Answer): string => (answer.body as { message: string }).message;

let r: Rig;
const register = async (config: Record<string, unknown> = {}): Promise<void> => {
  expect((await r.ask("PUT", `/vmms/${VMM}`, newest(config))).status).toBe(200);
};
const start = async (): Promise<void> => {
  await r.ask("PUT", `/vmms/${VMM}/state`, { state: { type: "running" } });
  await r.sim.clock.advance(500);
};
const subscriptions = async (): Promise<{ group_ip: string; underlay: string | null; filter: unknown }[]> =>
  (await r.ask("GET", "/debug/opte/subscriptions")).body as never;
const filters = async (): Promise<Record<string, unknown>> =>
  Object.fromEntries((await subscriptions()).map(({ group_ip, filter }) => [group_ip, filter]));
beforeEach(() => {
  r = rig();
});

describe("joining and leaving", () => {
  type Form = "flat" | "join" | "leave";
  const bodyOf = (form: Form): object => (form === "flat" ? flat : { [form]: flat });
  const WRONG_JOIN = "Join endpoint cannot process Leave operations";
  const WRONG_LEAVE = "Leave endpoint cannot process Join operations";
  type Case = readonly [
    version: number,
    method: "PUT" | "DELETE",
    form: Form,
    status: number,
    message: RegExp | undefined,
  ];
  const table: Case[] = [
    [1, "PUT", "join", 404, undefined],
    [6, "DELETE", "leave", 404, undefined],
    ...[7, 32].flatMap((version): Case[] => [
      [version, "PUT", "join", 204, undefined],
      [version, "PUT", "leave", 400, new RegExp(`^${WRONG_JOIN}$`)],
      [version, "PUT", "flat", 400, /^unable to parse JSON body: /],
      [version, "DELETE", "leave", 204, undefined],
      [version, "DELETE", "join", 400, new RegExp(`^${WRONG_LEAVE}$`)],
      [version, "DELETE", "flat", 400, /^unable to parse JSON body: /],
    ]),
    ...[33, 48].flatMap((version): Case[] => [
      [version, "PUT", "join", 204, undefined],
      [version, "PUT", "flat", 204, undefined],
      [version, "PUT", "leave", 400, new RegExp(`^${WRONG_JOIN}$`)],
      [version, "DELETE", "leave", 204, undefined],
      [version, "DELETE", "flat", 204, undefined],
      [version, "DELETE", "join", 400, new RegExp(`^${WRONG_LEAVE}$`)],
    ]),
    [49, "PUT", "flat", 204, undefined],
    [49, "PUT", "join", 400, /^unable to parse JSON body: /],
    [49, "DELETE", "flat", 204, undefined],
    [49, "DELETE", "leave", 400, /^unable to parse JSON body: /],
  ];
  test.each(table)("in version %i, %s with the %s form answers %i", async (version, method, form, status, message) => {
    await register({ multicast_groups: method === "DELETE" ? [flat] : [] });
    await start();
    const answer = await r.ask(method, PATH, bodyOf(form), `${version}.0.0`);
    expect(answer.status).toBe(status);
    if (message !== undefined) {
      expect(messageOf(answer)).toMatch(message);
      expect(answer.body).not.toHaveProperty("error_code");
    }
    const isJoined = (method === "PUT") === (status === 204);
    expect(await filters()).toEqual(isJoined ? { [GROUP]: { mode: "include", sources: ["10.1.1.1"] } } : {});
  });

  test("a body that says both, or neither, is refused", async () => {
    await register();
    for (const body of [{ join: flat, leave: flat }, { join: flat, ...flat }, {}, { join: {} }]) {
      expect((await r.ask("PUT", PATH, body, "33.0.0")).status, JSON.stringify(body)).toBe(400);
    }
  });

  test("again with the same sources, in any order and spelling, changes nothing; with others replaces them", async () => {
    await register({ nics: [nic(dualStack)] });
    await start();
    const join = (sources: string[]) => r.ask("PUT", PATH, { group_ip: "FF05:0::1", sources });
    await join(["fd00::2", "fd00::1"]);
    const [before] = r.ctx.opte.ports.of(VMM);
    expect((await join(["FD00:0::1", "fd00::2", "fd00::1"])).status).toBe(204);
    expect(r.ctx.opte.ports.of(VMM)[0]).toBe(before);
    await join(["fd00::3"]);
    expect(await filters()).toEqual({ "ff05::1": { mode: "include", sources: ["fd00::3"] } });
    await join([]);
    expect(await filters()).toEqual({ "ff05::1": { mode: "exclude", sources: [] } });
  });

  test("leaving goes by the group alone, and a group that was not joined is none to leave", async () => {
    await register({ multicast_groups: [flat] });
    await start();
    expect((await r.ask("DELETE", PATH, { group_ip: "224.9.9.9", sources: [] })).status).toBe(204);
    expect(Object.keys(await filters())).toEqual([GROUP]);
    expect((await r.ask("DELETE", PATH, { group_ip: GROUP, sources: ["10.7.7.7"] })).status).toBe(204);
    expect(await filters()).toEqual({});
  });

  test("before the VMM has started is remembered, and it starts as a member", async () => {
    await register({ multicast_groups: [{ group_ip: "224.1.1.1", sources: [] }, flat] });
    expect((await r.ask("PUT", PATH, { group_ip: "224.1.1.2", sources: [] })).status).toBe(204);
    expect((await r.ask("DELETE", PATH, flat)).status).toBe(204);
    expect(await subscriptions()).toEqual([]);
    await start();
    expect(Object.keys(await filters())).toEqual(["224.1.1.1", "224.1.1.2"]);
  });

  test("ends with the VMM's port, while the sled's mappings stay", async () => {
    await register({ multicast_groups: [flat] });
    await start();
    await r.ask("PUT", "/networking/mcast-m2p", { group: GROUP, underlay: "ff04::1" });
    await r.ask("PUT", "/networking/mcast-fwd", { underlay: "ff04::1", next_hops: [] });
    expect(await subscriptions()).toMatchObject([{ group_ip: GROUP, underlay: "ff04::1", propolis_id: VMM }]);
    await r.ask("DELETE", `/vmms/${VMM}`);
    expect(await subscriptions()).toEqual([]);
    expect((await r.ask("GET", "/networking/mcast-m2p")).body).toHaveLength(1);
    expect((await r.ask("GET", "/networking/mcast-fwd")).body).toHaveLength(1);
  });

  test("does not have to wait for the group's mapping, and shows that it is missing", async () => {
    await register({ multicast_groups: [flat] });
    await start();
    expect(await subscriptions()).toMatchObject([{ underlay: null }]);
    await r.ask("PUT", "/networking/mcast-m2p", { group: GROUP, underlay: "ff04::1" });
    expect(await subscriptions()).toMatchObject([{ underlay: "ff04::1" }]);
  });

  const refused: [what: string, body: object, reason: string][] = [
    [
      "a group that is no multicast address",
      { group_ip: "10.0.0.1", sources: [] },
      "10.0.0.1 is not a multicast address",
    ],
    ["a multicast source", { group_ip: GROUP, sources: ["224.0.0.1"] }, "224.0.0.1 is a multicast address"],
    ["the unspecified source", { group_ip: GROUP, sources: ["0.0.0.0"] }, "unspecified"],
    ["a loopback source", { group_ip: "ff05::1", sources: ["::1"] }, "loopback"],
    ["the broadcast source", { group_ip: GROUP, sources: ["255.255.255.255"] }, "broadcast"],
    ["a link-local source", { group_ip: "ff05::1", sources: ["fe80::1"] }, "link-local"],
    ["a source of the other family", { group_ip: GROUP, sources: ["fd00::1"] }, "IP version"],
  ];
  test.each(refused)("%s is refused with the reason, by registration too", async (_, body, reason) => {
    await register();
    await start();
    const answer = await r.ask("PUT", PATH, body);
    expect(answer).toMatchObject({ status: 400, body: { error_code: "InvalidRequest" } });
    expect(messageOf(answer)).toContain(reason);
    expect(await subscriptions()).toEqual([]);
    const other = rig();
    const registration = await other.ask("PUT", `/vmms/${VMM}`, newest({ multicast_groups: [body] }));
    expect(registration.status).toBe(400);
    expect(messageOf(registration)).toContain(reason);
  });

  test("needs a primary interface, and a VMM", async () => {
    expect(await r.ask("PUT", PATH, flat)).toMatchObject({ status: 404, body: { error_code: "NO_SUCH_INSTANCE" } });
    await register({ nics: [] });
    expect(messageOf(await r.ask("PUT", PATH, flat))).toContain("no primary network interface");
  });
});

describe("M2P mappings", () => {
  const M2P = "/networking/mcast-m2p";
  const set = (group: string, underlay: string) => r.ask("PUT", M2P, { group, underlay });
  const clear = (group: string, underlay: string) => r.ask("DELETE", M2P, { group, underlay });
  const list = async () => (await r.ask("GET", M2P)).body;

  test("are listed by group, IPv4 first, each in one spelling", async () => {
    await set("ff05::1", "FF04:0::3");
    await set("224.1.1.2", "ff04::2");
    await set("224.1.1.1", "ff04::1");
    expect(await list()).toEqual([
      { group: "224.1.1.1", underlay: "ff04::1" },
      { group: "224.1.1.2", underlay: "ff04::2" },
      { group: "ff05::1", underlay: "ff04::3" },
    ]);
    expect((await r.ask("GET", "/debug/opte/m2p")).body).toEqual(await list());
  });

  test("are set and cleared any number of times; only the exact pair is cleared", async () => {
    for (let i = 0; i < 2; i += 1) expect((await set(GROUP, "ff04::1")).status).toBe(204);
    expect((await clear(GROUP, "ff04::2")).status).toBe(204);
    expect(await list()).toHaveLength(1);
    for (let i = 0; i < 2; i += 1) expect((await clear(GROUP, "ff04::1")).status).toBe(204);
    expect(await list()).toEqual([]);
  });

  test("of one group to another underlay group are a conflict until the first is cleared", async () => {
    await set(GROUP, "ff04::1");
    const answer = await set(GROUP, "ff04::2");
    expect(answer).toMatchObject({ status: 409, body: { error_code: "Conflict" } });
    expect(messageOf(answer)).toContain("ff04::1");
    expect(await list()).toEqual([{ group: GROUP, underlay: "ff04::1" }]);
    await clear(GROUP, "ff04::1");
    expect((await set(GROUP, "ff04::2")).status).toBe(204);
  });

  test("lead to groups in ff04::/16 and nowhere else, from groups only", async () => {
    for (const act of [set, clear]) {
      for (const underlay of ["ff05::1", "fd00::1", "ff14::1"]) {
        const answer = await act(GROUP, underlay);
        expect(answer.status).toBe(400);
        expect(messageOf(answer)).toContain(`${underlay} is not within the underlay multicast subnet (ff04::/16)`);
      }
      expect(messageOf(await act("10.0.0.1", "ff04::1"))).toContain("10.0.0.1 is not a multicast address");
    }
    expect((await set(GROUP, "ff04:0:0:1::1")).status).toBe(204);
  });
});

describe("forwarding", () => {
  const FWD = "/networking/mcast-fwd";
  const hop = (n: number, other: object = {}) => ({
    next_hop: `fd00:1122:3344:10${n}::1`,
    replication: "underlay",
    filter: { mode: "exclude", sources: [] as string[] },
    ...other,
  });
  const set = (hops: unknown[], underlay = "ff04::1") => r.ask("PUT", FWD, { underlay, next_hops: hops });
  const list = async () => (await r.ask("GET", FWD)).body;

  test("has exactly the next hops that were stated last, in order of address", async () => {
    await set([hop(2), hop(1)]);
    expect(await list()).toEqual([{ underlay: "ff04::1", next_hops: [hop(1), hop(2)] }]);
    await set([hop(3, { replication: "both", filter: { mode: "include", sources: ["10.0.0.2", "10.0.0.1"] } })]);
    expect(await list()).toEqual([
      {
        underlay: "ff04::1",
        next_hops: [hop(3, { replication: "both", filter: { mode: "include", sources: ["10.0.0.1", "10.0.0.2"] } })],
      },
    ]);
    expect((await r.ask("GET", "/debug/opte/forwarding")).body).toEqual(await list());
  });

  test("may be nowhere, and is then listed; cleared, once or twice, it is not", async () => {
    await set([]);
    await set([hop(1)], "ff04::0");
    expect(await list()).toEqual([
      { underlay: "ff04::", next_hops: [hop(1)] },
      { underlay: "ff04::1", next_hops: [] },
    ]);
    for (let i = 0; i < 2; i += 1) expect((await r.ask("DELETE", FWD, { underlay: "ff04::1" })).status).toBe(204);
    expect(await list()).toHaveLength(1);
  });

  const refused: [what: string, underlay: string, hops: unknown[], reason: string][] = [
    ["a group out of the underlay", "ff05::1", [], "ff04::/16"],
    ["a next hop that is a group", "ff04::1", [hop(1, { next_hop: "ff04::2" })], "not the address of one host"],
    ["a replication that is reserved", "ff04::1", [hop(1, { replication: "reserved" })], "replication"],
    ["one next hop in two ways", "ff04::1", [hop(1), hop(1, { replication: "both" })], "two ways"],
  ];
  test.each(refused)("%s is refused, and nothing changes", async (_, underlay, hops, reason) => {
    await set([hop(1)]);
    const answer = await set(hops, underlay);
    expect(answer.status).toBe(400);
    expect(messageOf(answer)).toContain(reason);
    expect(await list()).toEqual([{ underlay: "ff04::1", next_hops: [hop(1)] }]);
  });

  test("to what is there already, whatever the order of hops and sources, writes nothing", () => {
    const entry: fc.Arbitrary<ForwardingEntry> = fc.record({
      underlay: fc.constant("ff04::1"),
      nextHops: fc.uniqueArray(
        fc.record({
          address: fc.constantFrom("fd00::1", "fd00::2", "fd00::3"),
          replication: fc.constantFrom("external" as const, "underlay" as const, "both" as const),
          filter: fc.record({
            mode: fc.constantFrom("include" as const, "exclude" as const),
            sources: fc.uniqueArray(fc.constantFrom("10.0.0.1", "10.0.0.2", "10.0.0.3")),
          }),
        }),
        { selector: ({ address }) => address },
      ),
    });
    const shuffled = (value: ForwardingEntry): ForwardingEntry => ({
      ...value,
      nextHops: value.nextHops
        .toReversed()
        .map((each) => ({ ...each, filter: { ...each.filter, sources: each.filter.sources.toReversed() } })),
    });
    fc.assert(
      fc.property(entry, entry, (one, other) => {
        const table = new ForwardingTable();
        table.set(one);
        table.set(shuffled(one));
        expect(table.writes).toBe(1);
        const before = JSON.stringify(table.list());
        table.set(other);
        expect(table.writes === 1).toBe(JSON.stringify(table.list()) === before);
      }),
    );
  });
});
