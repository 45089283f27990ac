/** What switches and sleds must hold, from rows, and the steps that bring them there: pure functions. */
import { describe, expect, it } from "vitest";
import { underlayAddress, underlayMac } from "../src/multicast/underlay.ts";
import { compile } from "../src/multicast/reconcile/compile.ts";
import { diffSled, type HeldBySled } from "../src/multicast/reconcile/diff-sled.ts";
import { diffSwitch, type HeldGroup, type HeldMember } from "../src/multicast/reconcile/diff-switch.ts";
import type { Intent } from "../src/multicast/reconcile/intent.ts";
import { chooseZone } from "../src/multicast/reconcile/next-hop.ts";
import type { GroupRow, MemberRow, MulticastRows, SledRow } from "../src/multicast/reconcile/rows.ts";

describe("the underlay address of a group", () => {
  it.each([
    ["224.1.1.1", 0, "ff04::e001:101"],
    ["224.1.2.3", 0, "ff04::e001:203"],
    ["224.1.2.3", 1, "ff04::e001:202"],
    ["239.255.255.255", 255, "ff04::efff:ff00"],
    ["ff05::1234", 0, "ff04::ff05:0:0:1234"],
    ["ff3e:1234:5678:9abc:def0:1234:5678:9abc", 0, "ff04::21ce:0:0:0"],
    ["ff05:0:0:1:ff05:0:0:1", 0, "ff04::"],
    ["ff05:0:0:1:ff05:0:0:1", 7, "ff04::7"],
  ])("of %s with salt %d is %s", (ip, salt, underlay) => {
    expect(underlayAddress(ip, salt)).toBe(underlay);
  });

  it("has no salt beyond 255, and its MAC ends in its last four octets", () => {
    expect(() => underlayAddress("224.1.2.3", 256)).toThrow("salt: 256 is not in 0..=255");
    expect(underlayMac("ff04::e001:203").a).toEqual([0x33, 0x33, 0xe0, 0x01, 0x02, 0x03]);
  });
});

const sled = (n: number, more: Partial<SledRow> = {}): SledRow => ({
  id: `sled-${n}`,
  address: `[fd00:0:0:${n}::1]:12345`,
  underlayAddress: `fd00:0:0:${n}::1`,
  cubby: n,
  inService: true,
  scrimlet: n < 2,
  dpdUrl: n < 2 ? `http://dpd${n}` : null,
  ...more,
});

const group = (n: number, more: Partial<GroupRow> = {}): GroupRow => ({
  id: `00000000-0000-4000-8000-00000000000${n}`,
  name: `group-${n}`,
  ip: `224.1.1.${n}`,
  vni: 77,
  mvlan: null,
  tag: `00000000-0000-4000-8000-00000000000${n}:224.1.1.${n}`,
  state: "active",
  explicit: false,
  defaultSources: [],
  underlayId: `underlay-${n}`,
  underlayIp: `ff04::e001:10${n}`,
  versionAdded: n,
  timeCreated: "2026-01-01T00:00:00.000Z",
  ...more,
});

/** The member of a group whose instance runs on a sled. */
const member = (of: GroupRow, instance: number, on: number, more: Partial<MemberRow> = {}): MemberRow => ({
  id: `${of.name} member ${instance}`,
  groupId: of.id,
  groupIp: of.ip,
  instanceId: `instance-${instance}`,
  instanceState: "vmm",
  vmm: { id: `vmm-${instance}`, sledId: `sled-${on}`, state: "running" },
  target: null,
  state: "joined",
  sledId: `sled-${on}`,
  sources: [],
  deleted: false,
  versionAdded: 1,
  ...more,
});

const rows = (groups: GroupRow[], members: MemberRow[], more: Partial<MulticastRows> = {}): MulticastRows => ({
  generation: 10,
  groups,
  members,
  sleds: [sled(0), sled(1), sled(2)],
  targets: [],
  ...more,
});

const NOW = Date.parse("2026-01-01T01:00:00.000Z");
const compiled = (from: MulticastRows): Intent =>
  compile(from, { slotOfUrl: (url) => (url === "http://dpd0" ? 0 : url === "http://dpd1" ? 1 : undefined), now: NOW });
const onSwitch = (intent: Intent, ip: string) => intent.switches.groups.get(ip);
const onSled = (intent: Intent, n: number) => {
  const of = intent.sleds.get(`sled-${n}`);
  if (of === undefined) throw new Error(`no intent for sled ${n}`);
  return of;
};

describe("compiling", () => {
  const g = group(1);

  it("gives a group the sleds of all its members at once, and every sled its mapping", () => {
    const intent = compiled(rows([g], [member(g, 1, 2), member(g, 2, 0), member(g, 3, 2)]));
    expect(onSwitch(intent, g.ip)).toMatchObject({
      tag: g.tag,
      underlayIp: g.underlayIp,
      sledIds: ["sled-0", "sled-2"],
    });
    for (const n of [0, 1, 2]) {
      expect([...onSled(intent, n).m2p]).toEqual([[g.ip, g.underlayIp]]);
      expect([...onSled(intent, n).forwarding.keys()]).toEqual([g.underlayIp]);
    }
    expect([...onSled(intent, 2).subscriptions.keys()]).toEqual(["vmm-1 224.1.1.1", "vmm-3 224.1.1.1"]);
  });

  it.each([
    ["stopping", { vmm: { id: "vmm-1", sledId: "sled-2", state: "stopping" } }],
    ["failed", { vmm: { id: "vmm-1", sledId: "sled-2", state: "failed" } }],
    ["stopped", { instanceState: "no_vmm", vmm: null }],
    ["gone", { instanceState: null, vmm: null }],
    ["resting", { state: "left" }],
    ["ended", { deleted: true, state: "left" }],
  ] as const)("leaves out a member whose instance is %s", (_, more) => {
    const intent = compiled(rows([g], [member(g, 1, 2, more)]));
    expect(onSwitch(intent, g.ip)?.sledIds).toEqual([]);
    expect(onSled(intent, 2).m2p.size + onSled(intent, 2).subscriptions.size).toBe(0);
  });

  it("has both sleds of a member that migrates", () => {
    const target = { id: "vmm-9", sledId: "sled-1", state: "migrating" } as const;
    const intent = compiled(rows([g], [member(g, 1, 2, { target })]));
    expect(onSwitch(intent, g.ip)?.sledIds).toEqual(["sled-1", "sled-2"]);
    expect([...onSled(intent, 1).subscriptions.values()]).toEqual([
      expect.objectContaining({ propolisId: "vmm-9", isIncoming: true }),
    ]);
  });

  it("skips sleds that are out of service, and members there", () => {
    const intent = compiled(rows([g], [member(g, 1, 2)], { sleds: [sled(0), sled(1), sled(2, { inService: false })] }));
    expect([...intent.sleds.keys()]).toEqual(["sled-0", "sled-1"]);
    expect(onSwitch(intent, g.ip)?.sledIds).toEqual([]);
  });

  it.each([
    ["224.1.1.1", [["10.0.0.2", "10.0.0.1"], ["10.0.0.1"]], ["10.0.0.1", "10.0.0.2"]],
    ["224.1.1.1", [["10.0.0.1"], []], null],
    ["224.1.1.1", [], null],
    ["232.1.1.1", [["10.0.0.1"], []], ["10.0.0.1"]],
    ["232.1.1.1", [[]], undefined],
  ] as const)("filters %s with members' sources %j as %j", (ip, sources, filter) => {
    const of = group(1, { ip, explicit: true });
    const intent = compiled(
      rows(
        [of],
        sources.map((each, i) => member(of, i, 2, { sources: [...each] })),
      ),
    );
    const found = onSwitch(intent, ip);
    expect(found === undefined ? undefined : found.sources).toEqual(filter);
  });

  it("takes the group's own sources while no member names any", () => {
    const of = group(1, { ip: "232.1.1.1", explicit: true, defaultSources: ["10.0.0.9"] });
    expect(onSwitch(compiled(rows([of], [])), of.ip)?.sources).toEqual(["10.0.0.9"]);
  });

  it("acknowledges nothing beyond a group that somebody still waits for", () => {
    const pending = group(4, { state: "creating" });
    expect(compiled(rows([g, pending], [member(pending, 1, 2)])).settledGeneration).toBe(3);
    expect(compiled(rows([g, pending], [])).settledGeneration).toBe(10);
  });

  it("chooses one switch for a group, whatever the order of what it knows", () => {
    const groups = Array.from({ length: 9 }, (_, n) => group(n + 1));
    const members = groups.map((each) => member(each, 1, 2));
    const first = onSled(compiled(rows(groups, members)), 0).forwarding;
    const shuffled = rows(groups.toReversed(), members.toReversed(), { sleds: [sled(2), sled(1), sled(0)] });
    expect(new Map(onSled(compiled(shuffled), 2).forwarding)).toEqual(new Map(first));
    expect(new Set(first.values())).toEqual(new Set(["fd00::2", "fd00:0:0:1::2"]));
  });

  it("moves only the groups of a switch that has long been failing", () => {
    const groups = Array.from({ length: 9 }, (_, n) => group(n + 1));
    const members = groups.map((each) => member(each, 1, 2));
    const failing = (since: number) => [
      {
        target: "switch1",
        acknowledged: 1,
        timeAcknowledged: null,
        timeAttempted: new Date(NOW - since).toISOString(),
        lastError: "away",
      },
    ];
    const before = onSled(compiled(rows(groups, members)), 0).forwarding;
    const soon = onSled(compiled(rows(groups, members, { targets: failing(29_000) })), 0).forwarding;
    const late = onSled(compiled(rows(groups, members, { targets: failing(30_000) })), 0).forwarding;
    expect(soon).toEqual(before);
    expect(new Set(late.values())).toEqual(new Set(["fd00::2"]));
    // With both failing there is nothing to choose.
    const both = failing(30_000).flatMap((row) => [row, { ...row, target: "switch0" }]);
    expect(onSled(compiled(rows(groups, members, { targets: both })), 0).forwarding).toEqual(before);
  });

  it("says so when no switch zone is known", () => {
    const intent = compiled(rows([g], [member(g, 1, 2)], { sleds: [sled(2)] }));
    expect(onSled(intent, 2).forwarding.size).toBe(0);
    expect(onSled(intent, 2).problems).toEqual(["no switch zone is known that 224.1.1.1 could be sent to"]);
    expect(chooseZone(g.id, [])).toBeUndefined();
  });
});

describe("what is done to a switch", () => {
  const g = group(1);
  const intent = (members: MemberRow[] = [member(g, 1, 0), member(g, 2, 2)]) => compiled(rows([g], members)).switches;
  const portOf = (sledId: string) => `rear${sledId.slice(5)}`;
  const rear = (n: number): HeldMember => ({ port_id: `rear${n}`, link_id: 0, direction: "Underlay" });
  const underlay = (members: HeldMember[], tag = g.tag): HeldGroup => ({
    kind: "underlay",
    ip: "ff04::e001:101",
    tag,
    members,
  });
  const external = (more: Partial<Extract<HeldGroup, { kind: "external" }>> = {}): HeldGroup => ({
    kind: "external",
    ip: g.ip,
    tag: g.tag,
    target: { internalIp: "ff04::e001:101", mac: [0x33, 0x33, 0xe0, 1, 1, 1], vni: 77 },
    vlan: null,
    sources: null,
    ...more,
  });
  const steps = (held: HeldGroup[], members?: MemberRow[], known: typeof portOf | (() => undefined) = portOf) =>
    diffSwitch(intent(members), held, known).groups.flatMap((plan) => plan.steps);

  it("is nothing when it holds what it must, in any order", () => {
    expect(steps([external(), underlay([rear(2), rear(0)])])).toEqual([]);
  });

  it("is both groups when it holds none, with all ports and the tag of the database", () => {
    expect(steps([])).toEqual([
      { do: "create-underlay", ip: "ff04::e001:101", tag: g.tag, members: [rear(0), rear(2)] },
      { do: "create-external", group: expect.objectContaining({ tag: g.tag }) },
    ]);
  });

  it("is only the external group when that alone is missing, or filters otherwise", () => {
    expect(steps([underlay([rear(0), rear(2)])]).map((step) => step.do)).toEqual(["create-external"]);
    const full = underlay([rear(0), rear(2)]);
    expect(steps([external({ sources: ["10.0.0.1"] }), full]).map((step) => step.do)).toEqual(["update-external"]);
    expect(steps([external({ vlan: 7 }), full]).map((step) => step.do)).toEqual(["update-external"]);
    expect(steps([external({ target: null }), full]).map((step) => step.do)).toEqual(["update-external"]);
  });

  it("prunes rear ports that nobody needs, and no others", () => {
    const front: HeldMember = { port_id: "qsfp3", link_id: 0, direction: "Underlay" };
    const outward: HeldMember = { port_id: "rear9", link_id: 0, direction: "External" };
    expect(steps([external(), underlay([rear(7), rear(0), front, outward])])).toEqual([
      { do: "set-members", ip: "ff04::e001:101", tag: g.tag, members: [rear(0), front, outward, rear(2)] },
    ]);
  });

  it("prunes nothing while the port of a member is not known", () => {
    const partial = (sledId: string) => (sledId === "sled-2" ? undefined : portOf(sledId));
    const plan = diffSwitch(intent(), [external(), underlay([rear(7)])], partial);
    expect(plan.groups).toEqual([
      expect.objectContaining({
        unresolved: ["sled-2"],
        steps: [expect.objectContaining({ members: [rear(7), rear(0)] })],
      }),
    ]);
    expect(diffSwitch(intent(), [external(), underlay([rear(7), rear(0)])], partial).groups).toEqual([
      expect.objectContaining({ unresolved: ["sled-2"], steps: [] }),
    ]);
  });

  it("takes its addresses back from another owner, the external group first", () => {
    expect(steps([external({ tag: "x" }), underlay([], "x")])).toEqual([
      { do: "delete", ip: g.ip, tag: "x" },
      { do: "delete", ip: "ff04::e001:101", tag: "x" },
      expect.objectContaining({ do: "create-underlay" }),
      expect.objectContaining({ do: "create-external" }),
    ]);
    expect(steps([external(), underlay([], "x")]).map((step) => step.do)).toEqual([
      "delete",
      "delete",
      "create-underlay",
      "create-external",
    ]);
  });

  it("clears what Nexus left of groups that are no more, and spares those that come to be and those of others", () => {
    const gone = "11111111-1111-4111-8111-111111111111:224.9.9.9";
    const theirs = "11111111-1111-4111-8111-111111111111:ff04::8";
    const young = group(2, { state: "creating" });
    const held: HeldGroup[] = [
      { kind: "underlay", ip: "ff04::9", tag: gone, members: [] },
      { kind: "underlay", ip: "ff04::8", tag: theirs, members: [] },
      { kind: "underlay", ip: "ff04::7", tag: "by hand", members: [] },
      { kind: "underlay", ip: "ff04::e001:102", tag: young.tag, members: [] },
    ];
    const plan = diffSwitch(compiled(rows([young], [])).switches, held, portOf);
    expect(plan.groups.flatMap((each) => each.steps)).toEqual([{ do: "reset-tag", tag: gone }]);
  });
});

describe("what is done to a sled", () => {
  const g = group(1);
  const intent = (members: MemberRow[] = [member(g, 1, 0, { sources: ["10.0.0.2", "10.0.0.1"] })]) =>
    onSled(compiled(rows([g], members)), 0);
  const hop = (next_hop: string) =>
    ({ next_hop, replication: "underlay", filter: { mode: "exclude", sources: [] } }) as const;
  const zone = [...intent().forwarding.values()][0] ?? "";
  const held = (more: Partial<HeldBySled> = {}): HeldBySled => ({
    m2p: [{ group: g.ip, underlay: "ff04::e001:101" }],
    forwarding: [{ underlay: "ff04::e001:101", next_hops: [hop(zone)] }],
    subscriptions: [{ propolisId: "vmm-1", groupIp: g.ip, sources: ["10.0.0.1", "10.0.0.2"] }],
    remembered: new Map(),
    ...more,
  });
  const empty: HeldBySled = { m2p: [], forwarding: [], subscriptions: [], remembered: new Map() };
  const words = (of: HeldBySled, wanted = intent()) => diffSled(wanted, of).steps.map((step) => step.do);

  it("is nothing when it holds what it must", () => {
    expect(words(held())).toEqual([]);
  });

  it("is mapping, next hop and subscription, in this order", () => {
    expect(words(empty)).toEqual(["set-m2p", "set-forwarding", "join"]);
    expect(words(held(), onSled(compiled(rows([], [])), 0))).toEqual(["leave", "clear-m2p", "clear-forwarding"]);
  });

  it("clears what leads elsewhere before it sets it anew", () => {
    expect(words(held({ m2p: [{ group: g.ip, underlay: "ff04::5" }] }))).toEqual(["clear-m2p", "set-m2p"]);
    const elsewhere = held({ forwarding: [{ underlay: "ff04::e001:101", next_hops: [hop(zone), hop("fd00::9")] }] });
    expect(words(elsewhere)).toEqual(["clear-forwarding", "set-forwarding"]);
    const filtered = { ...hop(zone), filter: { mode: "include", sources: [] } } as const;
    expect(words(held({ forwarding: [{ underlay: "ff04::e001:101", next_hops: [filtered] }] }))).toEqual([
      "clear-forwarding",
      "set-forwarding",
    ]);
  });

  it("is a join again for other sources", () => {
    expect(words(held({ subscriptions: [{ propolisId: "vmm-1", groupIp: g.ip, sources: ["10.0.0.1"] }] }))).toEqual([
      "join",
    ]);
  });

  it("goes by what was sent where the sled-agent does not tell its subscriptions", () => {
    expect(words(held({ subscriptions: undefined }))).toEqual(["join"]);
    expect(
      words(held({ subscriptions: undefined, remembered: new Map([["vmm-1 224.1.1.1", "10.0.0.1 10.0.0.2"]]) })),
    ).toEqual([]);
    const left = intent([member(g, 1, 0, { deleted: true, state: "left" }), member(g, 2, 2)]);
    expect(words(held({ subscriptions: undefined }), left)).toEqual(["leave"]);
  });

  it("tells who has left even when the sled-agent does not list the subscription", () => {
    const left = intent([member(g, 1, 0, { deleted: true, state: "left" }), member(g, 2, 2)]);
    expect(words(held({ subscriptions: [] }), left)).toEqual(["leave"]);
    const again = intent([member(g, 1, 0, { deleted: true, state: "left" }), member(g, 1, 0, { id: "again" })]);
    expect(words(held({ subscriptions: [{ propolisId: "vmm-1", groupIp: g.ip, sources: [] }] }), again)).toEqual([]);
  });
});
