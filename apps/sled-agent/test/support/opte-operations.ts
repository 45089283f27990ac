/** Random operations on OPTE's state, over so few ids and addresses that they meet. */
import fc from "fast-check";
import type { FirewallRule } from "../../src/opte/firewall.ts";
import type { ForwardingEntry } from "../../src/opte/forwarding.ts";
import type { EipGateways } from "../../src/opte/gateways.ts";
import type { M2pMapping } from "../../src/opte/m2p.ts";
import { membershipOf } from "../../src/opte/membership.ts";
import type { RouteSet, RouteTarget } from "../../src/opte/routes.ts";
import type { AttachedSubnet, ExternalIps, Membership, Nic } from "../../src/opte/types.ts";
import type { V2pMapping } from "../../src/opte/v2p.ts";

export type Operation =
  | {
      readonly type: "create";
      readonly owner: string;
      readonly nics: readonly Nic[];
      readonly externalIps: ExternalIps;
      readonly attachedSubnets: readonly AttachedSubnet[];
      readonly memberships: readonly Membership[];
      readonly firewallRules: readonly FirewallRule[];
      readonly mtu: number | undefined;
    }
  | { readonly type: "release"; readonly owner: string }
  | { readonly type: "externalIps"; readonly owner: string; readonly externalIps: ExternalIps }
  | { readonly type: "subnets"; readonly owner: string; readonly subnets: readonly AttachedSubnet[] }
  | { readonly type: "memberships"; readonly owner: string; readonly memberships: readonly Membership[] }
  | { readonly type: "routes"; readonly sets: readonly RouteSet[] }
  | { readonly type: "gateways"; readonly gateways: EipGateways }
  | { readonly type: "firewall"; readonly vni: number; readonly rules: readonly FirewallRule[] }
  | { readonly type: "v2p" | "noV2p"; readonly mapping: V2pMapping }
  | { readonly type: "m2p" | "noM2p"; readonly mapping: M2pMapping }
  | { readonly type: "forwarding"; readonly entry: ForwardingEntry }
  | { readonly type: "noForwarding"; readonly underlay: string };

const VNIS = [2000, 2001] as const;
const OWNERS = ["a", "b", "c", "d"] as const;
const MACS = ["A8:40:25:F0:00:00", "A8:40:25:F0:00:01", "A8:40:25:F0:00:02"] as const;
const V4_SUBNETS = ["172.30.0.0/22", "172.31.0.0/22"] as const;
const V6_SUBNETS = ["fd00:1::/64", "fd00:2::/64"] as const;

const nic = fc
  .record({
    n: fc.nat({ max: 5 }),
    kind: fc.constantFrom("instance" as const, "instance" as const, "service" as const, "probe" as const),
    vni: fc.constantFrom(...VNIS),
    v4: fc.option(fc.constantFrom(...V4_SUBNETS), { nil: undefined }),
    v6: fc.option(fc.constantFrom(...V6_SUBNETS), { nil: undefined }),
    mac: fc.constantFrom(...MACS),
  })
  .filter(({ v4, v6 }) => v4 !== undefined || v6 !== undefined)
  .map(({ n, kind, vni, v4, v6, mac }): Nic => ({
    id: `nic${n}`,
    kind: { type: kind, id: "it" },
    name: "net0",
    ips: {
      v4: v4 && { ip: v4.replace("0.0/22", "1.5"), subnet: v4, transitIps: [] },
      v6: v6 && { ip: v6.replace("/64", "5"), subnet: v6, transitIps: [] },
    },
    mac,
    vni,
    isPrimary: false,
    slot: 0,
  }));

/** The first is the primary one, except where there is none. */
const nics = fc
  .tuple(fc.array(nic, { maxLength: 2 }), fc.boolean())
  .map(([all, withPrimary]) => all.map((each, i) => ({ ...each, isPrimary: i === 0 && withPrimary, slot: i })));

const familyIps = (ips: readonly string[]) =>
  fc.record({
    sourceNat: fc.option(fc.constant({ ip: ips[0] ?? "", firstPort: 0, lastPort: 16_383 }), { nil: undefined }),
    ephemeral: fc.option(fc.constantFrom(...ips), { nil: undefined }),
    floating: fc.uniqueArray(fc.constantFrom(...ips), { maxLength: 3 }),
  });

const EXTERNAL_V4 = ["10.0.0.1", "10.0.0.2", "10.0.0.3"] as const;
const EXTERNAL_V6 = ["2001:db8::1", "2001:db8::2"] as const;
const externalIps: fc.Arbitrary<ExternalIps> = fc.record({
  v4: fc.option(familyIps(EXTERNAL_V4), { nil: undefined }),
  v6: fc.option(familyIps(EXTERNAL_V6), { nil: undefined, freq: 1 }),
});

const subnets = fc.uniqueArray(
  fc.record({
    subnet: fc.constantFrom("10.5.0.0/16", "10.6.0.0/16", "fd05::/64"),
    kind: fc.constantFrom("vpc" as const, "external" as const),
  }),
  { maxLength: 3, selector: ({ subnet }) => subnet },
);

const GROUPS = ["224.1.1.1", "224.1.1.2", "232.1.1.1", "ff05::1"] as const;
const memberships = fc
  .uniqueArray(fc.record({ group: fc.constantFrom(...GROUPS), from: fc.subarray([1, 2, 3]) }), {
    maxLength: 3,
    selector: ({ group }) => group,
  })
  .map((all) =>
    all.map(({ group, from }) =>
      membershipOf(
        group,
        from.map((n) => (group.includes(":") ? `fd0f::${n}` : `10.9.0.${n}`)),
      ),
    ),
  );

const rule: fc.Arbitrary<FirewallRule> = fc.record({
  isEnabled: fc.boolean(),
  direction: fc.constantFrom("inbound" as const, "outbound" as const),
  action: fc.constantFrom("allow" as const, "deny" as const),
  priority: fc.nat({ max: 3 }),
  targets: fc.array(fc.record({ vni: fc.constantFrom(...VNIS), mac: fc.constantFrom(...MACS) }), { maxLength: 2 }),
  hosts: fc.subarray([
    { type: "ip" as const, value: "10.0.0.9" },
    { type: "vni" as const, value: 2001 },
  ]),
  ports: fc.subarray([{ low: 22, high: 22 }]),
  protocols: fc.subarray([{ type: "tcp" as const }, { type: "icmp" as const, icmpType: 8 }]),
});
const rules = fc.array(rule, { maxLength: 3 });

const target: fc.Arbitrary<RouteTarget> = fc.constantFrom(
  { type: "drop" },
  { type: "ip", value: "172.30.0.9" },
  { type: "internetGateway", value: "igw1" },
);
const routeSet: fc.Arbitrary<RouteSet> = fc.record({
  id: fc.record({
    vni: fc.constantFrom(...VNIS),
    subnet: fc.constantFrom(undefined, undefined, ...V4_SUBNETS, ...V6_SUBNETS),
  }),
  version: fc.option(fc.record({ routerId: fc.constantFrom("r1", "r2"), version: fc.nat({ max: 3 }) }), {
    nil: undefined,
  }),
  routes: fc.array(fc.record({ dest: fc.constantFrom("0.0.0.0/0", "10.0.0.0/8", "::/0"), target }), { maxLength: 3 }),
});

const gateways = fc
  .dictionary(
    fc.constantFrom("nic0", "nic1", "nic2"),
    fc.dictionary(fc.constantFrom(...EXTERNAL_V4, ...EXTERNAL_V6), fc.subarray(["igw1", "igw2"]), { maxKeys: 3 }),
    { maxKeys: 2 },
  )
  .map((all): EipGateways => new Map(Object.entries(all).map(([id, byIp]) => [id, new Map(Object.entries(byIp))])));

const UNDERLAYS = ["ff04::1", "ff04::2", "ff04:0:0:1::3", "ff05::1"] as const;
const mapping = fc.record({
  group: fc.constantFrom(...GROUPS, "10.0.0.1"),
  underlay: fc.constantFrom(...UNDERLAYS),
});
const entry: fc.Arbitrary<ForwardingEntry> = fc.record({
  underlay: fc.constantFrom(...UNDERLAYS),
  nextHops: fc.array(
    fc.record({
      address: fc.constantFrom("fd00:101::1", "fd00:102::1", "fd00:103::1", "ff04::9"),
      replication: fc.constantFrom("external" as const, "underlay" as const, "both" as const),
      filter: fc.record({
        mode: fc.constantFrom("include" as const, "exclude" as const),
        sources: fc.array(fc.constantFrom("10.0.0.1", "10.0.0.2"), { maxLength: 3 }),
      }),
    }),
    { maxLength: 3 },
  ),
});
const v2p = fc.record({
  vni: fc.constantFrom(...VNIS),
  virtualIp: fc.constantFrom("172.30.0.5", "fd00:1::5"),
  virtualMac: fc.constantFrom(...MACS),
  physicalHostIp: fc.constantFrom("fd00:101::1", "fd00:102::1"),
});

const owner = fc.constantFrom(...OWNERS);
const of = <const T extends string>(type: T) => fc.constant(type);

export const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      type: of("create"),
      owner,
      nics,
      externalIps,
      attachedSubnets: subnets,
      memberships,
      firewallRules: rules,
      mtu: fc.constantFrom(undefined, 8500),
    }),
  },
  fc.record({ type: of("release"), owner }),
  fc.record({ type: of("externalIps"), owner, externalIps }),
  fc.record({ type: of("subnets"), owner, subnets }),
  { weight: 2, arbitrary: fc.record({ type: of("memberships"), owner, memberships }) },
  { weight: 2, arbitrary: fc.record({ type: of("routes"), sets: fc.array(routeSet, { maxLength: 3 }) }) },
  fc.record({ type: of("gateways"), gateways }),
  fc.record({ type: of("firewall"), vni: fc.constantFrom(...VNIS), rules }),
  fc.record({ type: fc.constantFrom("v2p" as const, "noV2p" as const), mapping: v2p }),
  fc.record({ type: fc.constantFrom("m2p" as const, "noM2p" as const), mapping }),
  fc.record({ type: of("forwarding"), entry }),
  fc.record({ type: of("noForwarding"), underlay: fc.constantFrom(...UNDERLAYS) }),
);
