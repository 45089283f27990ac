/**
 * One story through every operation of dpd, in order, on one switch that begins empty: what the goldens record, and what
 * shows that each documented status is answered. A step may be for some versions only: `[from, until)`, by major number.
 */
import { entry, target } from "./entries.ts";

export interface Step {
  readonly operation: string;
  readonly body?: unknown;
  readonly from?: number;
  readonly until?: number;
}

/** Above every version. */
const END = 99;

const step = (operation: string, body?: unknown, from = 1, until = END): Step => ({ operation, body, from, until });
const MAC = { a: [168, 64, 37, 240, 0, 9] };
const LINK = { speed: "Speed100G", fec: "RS" };
const Q0 = "/ports/qsfp0/links/0";
const MISSING_LINK = "/ports/qsfp0/links/3";
const NO_PORT = "/ports/qsfp32";

const info: Step[] = [
  ..."/dpd-version /build-info /dpd-uptime /switch/identifiers /ports /table"
    .split(" ")
    .map((path) => step(`GET ${path}`)),
  step("GET /health", undefined, 13.1),
  step("GET /channels"),
  step("GET /backplane-map"),
  step("GET /backplane-map/REAR7"),
  step("GET /backplane-map/qsfp0"),
  step("GET /backplane-map/rear32"),
  step("GET /ports/QSFP31"),
  step("GET /ports/int0"),
  step(`GET ${NO_PORT}`),
];

const links: Step[] = [
  step("POST /ports/qsfp0/links", LINK),
  step("POST /ports/qsfp0/links", { ...LINK, lane: 0 }),
  step("POST /ports/qsfp0/links", { ...LINK, speed: "Speed3G" }),
  step("POST /ports/rear0/links", { ...LINK, kr: true, autoneg: true, tx_eq: { main: 1 } }),
  step("POST /ports/qsfp5/links", { ...LINK, allow_ddm_traffic: true }, 13),
  step("DELETE /ports/qsfp5/links/0", undefined, 13),
  step("DELETE /ports/qsfp5/links/0"),
  step("DELETE /ports/qsfp5/links/x"),
  step("GET /ports/qsfp0/links"),
  step(`GET ${NO_PORT}/links`),
  step(`GET ${Q0}`),
  step(`GET ${MISSING_LINK}`),
  step("GET /ports/qsfp0/links/256"),
  step("GET /links"),
  step("GET /links?filter=rear"),
  step("GET /links/tfport_data"),
  ...["enabled", "ipv6_enabled", "autoneg", "kr"].flatMap((what) => flag(what)),
  ...flag("nat_only", 1, 5),
  ...flag("uplink", 5),
  step(`GET ${Q0}/linkup`),
  step(`GET ${MISSING_LINK}/linkup`),
  step("GET /ports/x/links/0/linkup"),
  step(`PUT ${Q0}/mac`, MAC),
  step(`PUT ${Q0}/mac`, { a: [1] }),
  step(`PUT ${MISSING_LINK}/mac`, MAC),
  step(`GET ${Q0}/mac`),
  step(`GET ${MISSING_LINK}/mac`),
  step("GET /ports/x/links/0/mac"),
  step(`PUT ${Q0}/prbs`, "Mode31"),
  step(`PUT ${Q0}/prbs`, "Mode7"),
  step(`PUT ${MISSING_LINK}/prbs`, "Mission"),
  step(`GET ${Q0}/prbs`),
  step(`GET ${MISSING_LINK}/prbs`),
  step("GET /ports/x/links/0/prbs"),
  step(`PUT ${Q0}/prbs`, "Mission"),
  step(`POST ${Q0}/fault`, "by hand"),
  step(`POST ${Q0}/fault`, 7),
  step(`POST ${MISSING_LINK}/fault`, "by hand"),
  step(`GET ${Q0}/fault`),
  step(`GET ${Q0}`),
  step(`GET ${MISSING_LINK}/fault`),
  step("GET /ports/x/links/0/fault"),
  step(`DELETE ${Q0}/fault`),
  step(`DELETE ${MISSING_LINK}/fault`),
  step("DELETE /ports/x/links/0/fault"),
  step(`GET ${Q0}/history`),
  step(`GET ${MISSING_LINK}/history`),
  step("GET /ports/x/links/0/history"),
];

function flag(what: string, from?: number, until?: number): Step[] {
  return [
    // A front port's link is an uplink from the start.
    step(`PUT ${Q0}/${what}`, false, from, until),
    step(`PUT ${Q0}/${what}`, true, from, until),
    step(`PUT ${Q0}/${what}`, "true", from, until),
    step(`PUT ${MISSING_LINK}/${what}`, true, from, until),
    step(`GET ${Q0}/${what}`, undefined, from, until),
    step(`GET ${MISSING_LINK}/${what}`, undefined, from, until),
    step(`GET /ports/x/links/0/${what}`, undefined, from, until),
  ];
}

const addresses: Step[] = [
  ...(
    [
      ["ipv4", "10.1.0.1", "10.1.0.2"],
      ["ipv6", "fd00:1::1", "fe80::2"],
    ] as const
  ).flatMap(([family, first, second]) => [
    step(`POST ${Q0}/${family}`, { tag: "a", addr: second }),
    step(`POST ${Q0}/${family}`, { tag: "b", addr: first }),
    step(`POST ${Q0}/${family}`, { tag: "c", addr: first }),
    step(`POST ${Q0}/${family}`, { addr: first }),
    step(`POST ${MISSING_LINK}/${family}`, { tag: "a", addr: first }),
    step(`GET ${Q0}/${family}`),
    step(`GET ${Q0}/${family}?limit=0`),
    step(`GET ${MISSING_LINK}/${family}`),
    step(`DELETE ${Q0}/${family}/${second}`),
    step(`DELETE ${Q0}/${family}/${second}`),
    step(`DELETE ${Q0}/${family}/x`),
    step(`DELETE ${Q0}/${family}`),
    step(`DELETE ${MISSING_LINK}/${family}`),
    step(`DELETE /ports/x/links/0/${family}`),
    step(`POST ${Q0}/${family}`, { tag: "a", addr: second }),
  ]),
  ...(
    [
      ["ipv4", "192.0.2.1"],
      ["ipv6", "2001:db8::1"],
    ] as const
  ).flatMap(([family, addr]) => [
    step(`POST /loopback/${family}`, { tag: "a", addr }),
    step(`POST /loopback/${family}`, { tag: "b", addr }),
    step(`POST /loopback/${family}`, { tag: "b", addr: 7 }),
    step(`GET /loopback/${family}`),
    step(`DELETE /loopback/${family}/${addr}`),
    step(`DELETE /loopback/${family}/${addr}`),
    step(`DELETE /loopback/${family}/x`),
    step(`POST /loopback/${family}`, { tag: "a", addr }),
    step(`POST /loopback/${family}`, { tag: "a", addr: family === "ipv4" ? "10.1.0.2" : "fe80::2" }),
  ]),
  step("GET /links/tfport_data"),
];

const neighbours: Step[] = (
  [
    ["arp", "10.1.0.9", "fd00::9"],
    ["ndp", "fd00::9", "10.1.0.9"],
  ] as const
).flatMap(([kind, ip, other]) => [
  step(`POST /${kind}`, { tag: "a", ip, mac: MAC, update: "" }),
  step(`POST /${kind}`, { tag: "b", ip, mac: { a: [0, 0, 0, 0, 0, 0] }, update: "" }),
  step(`POST /${kind}`, { tag: "a", ip: other, mac: MAC, update: "" }),
  step(`GET /${kind}`),
  step(`GET /${kind}?limit=x`),
  step(`GET /${kind}/${ip}`),
  step(`GET /${kind}/${kind === "arp" ? "10.1.0.8" : "fd00::8"}`),
  step(`GET /${kind}/${other}`),
  step(`DELETE /${kind}/${ip}`),
  step(`DELETE /${kind}/${ip}`),
  step(`DELETE /${kind}/${other}`),
  step(`POST /${kind}`, { tag: "a", ip, mac: MAC, update: "" }),
  step(`DELETE /${kind}`),
  step(`POST /${kind}`, { tag: "a", ip, mac: MAC, update: "" }),
]);

const hop = (tgt_ip: string, port_id = "qsfp0", tag = "a") => ({ tag, port_id, link_id: 0, tgt_ip, vlan_id: null });

/** The same steps for IPv4, IPv4 before version 6, and IPv6: they differ in how a next hop is said. */
function routes(
  family: string,
  cidr: string,
  hops: readonly [string, string],
  wrap: (hop: object) => object,
  from = 1,
  until = END,
): Step[] {
  const [first, second] = hops;
  const at = (operation: string, body?: unknown) => step(operation, body, from, until);
  const update = (tgt: string, options: object = {}) => ({ cidr, replace: false, target: wrap(hop(tgt)), ...options });
  const base = `/route/${family}`;
  const here = `${base}/${encodeURIComponent(cidr)}`;
  return [
    at(`POST ${base}`, update(first)),
    at(`POST ${base}`, update(first)),
    at(`POST ${base}`, update(second)),
    at(`POST ${base}`, { ...update(first), cidr: "x/8" }),
    at(`POST ${base}`, { ...update(first), target: wrap(hop(first, "qsfp9")) }),
    at(`GET ${base}`),
    at(`GET ${base}?limit=0`),
    at(`GET ${here}`),
    at(`PUT ${base}`, update(second)),
    at(`PUT ${base}`, update(second, { replace: true })),
    at(`PUT ${base}`, { ...update(first), replace: "no" }),
    at(`PUT ${base}`, { ...update(first), target: wrap(hop(first, "qsfp9")) }),
    at(`DELETE ${here}/qsfp0/0/${second}`),
    at(`DELETE ${here}/qsfp0/0/${second}`),
    at(`DELETE ${here}/qsfp0/0/x`),
    at(`GET ${here}`),
    at(`GET ${base}/x`),
    at(`PUT ${base}`, update(first)),
    at(`DELETE ${here}`),
    at(`DELETE ${here}`),
    at(`DELETE ${base}/x`),
    at(`POST ${base}`, update(first)),
  ];
}

const OVER = "/route/ipv4-over-ipv6";
const over = (cidr: string, replace = false, tgt = "fd00::3") => ({ cidr, replace, target: hop(tgt) });

const allRoutes: Step[] = [
  ...routes("ipv4", "10.2.0.0/16", ["10.1.0.3", "10.1.0.4"], (V4) => V4, 1, 6),
  ...routes("ipv4", "10.2.0.0/16", ["10.1.0.3", "10.1.0.4"], (V4) => ({ V4 }), 6),
  ...routes("ipv4", "10.3.0.0/16", ["fd00::3", "fd00::4"], (V6) => ({ V6 }), 6),
  ...routes("ipv6", "fd01::/32", ["fd00::3", "fd00::4"], (target) => target),
  step(`POST ${OVER}`, over("10.4.0.0/16"), 4, 6),
  step(`POST ${OVER}`, over("10.4.0.0/33"), 4, 6),
  step(`POST ${OVER}`, { ...over("10.4.0.0/16"), target: hop("fd00::3", "qsfp9") }, 4, 6),
  step(`PUT ${OVER}`, over("10.4.0.0/16", false, "fd00::5"), 4, 6),
  step(`PUT ${OVER}`, over("10.4.0.0/16", true, "fd00::5"), 4, 6),
  step(`PUT ${OVER}`, over("10.4.0.0/x", true), 4, 6),
  step(`PUT ${OVER}`, { ...over("10.5.0.0/16"), target: hop("fd00::3", "qsfp9") }, 4, 6),
  step("GET /route/ipv4", undefined, 4, 6),
];

const SUBNET = "/attached_subnet/10.9.0.0%2F24";
const subnets: Step[] = [
  step(`PUT ${SUBNET}`, target(1)),
  step(`PUT ${SUBNET}`, target(1)),
  step(`PUT ${SUBNET}`, target(2)),
  step(`PUT ${SUBNET}`, { ...target(1), vni: -1 }),
  step("PUT /attached_subnet/x", target(1)),
  step("PUT /attached_subnet/fd09::%2F64", target(3)),
  step("GET /attached_subnet"),
  step("GET /attached_subnet?limit=0"),
  step(`GET ${SUBNET}`),
  step("GET /attached_subnet/10.8.0.0%2F24"),
  step("GET /attached_subnet/x"),
  step(`DELETE ${SUBNET}`),
  step(`DELETE ${SUBNET}`),
  step("DELETE /attached_subnet/x"),
  step("DELETE /attached_subnet"),
  step(`PUT ${SUBNET}`, target(1)),
].map((each) => ({ ...each, from: 3 }));

const settings = (ddm?: boolean) => ({
  links: {
    "1": {
      params: { ...LINK, lane: 1, ...(ddm === undefined ? {} : { allow_ddm_traffic: ddm }) },
      addrs: ["10.7.0.1"],
    },
  },
});

const portSettings: Step[] = [
  step("POST /port/qsfp7/settings?tag=a", settings(), 1, 13),
  step("POST /port/qsfp7/settings?tag=a", settings(true), 13),
  step("POST /port/qsfp7/settings?tag=a", { links: { "1": { params: LINK } } }),
  step("POST /port/qsfp7/settings?tag=a", { links: { x: { params: LINK, addrs: [] } } }),
  step("POST /port/qsfp32/settings", settings()),
  step("GET /port/qsfp7/settings?tag=a"),
  step("GET /port/qsfp7/settings?tag=b"),
  step("GET /port/x/settings"),
  step("POST /port/qsfp8/settings?tag=a", settings()),
  step("DELETE /port/qsfp7/settings?tag=a"),
  step("DELETE /port/x/settings"),
];

const nat: Step[] = (
  [
    ["ipv4", "203.0.113.7"],
    ["ipv6", "2001:db8::7"],
  ] as const
).flatMap(([family, ip]) => [
  step(`PUT /nat/${family}/${ip}/80/90`, target(1)),
  step(`PUT /nat/${family}/${ip}/80/90`, target(2)),
  step(`PUT /nat/${family}/${ip}/9/8`, target(1)),
  step(`GET /nat/${family}`),
  step(`GET /nat/${family}?limit=0`),
  step(`GET /nat/${family}/${ip}`),
  step(`GET /nat/${family}/x`),
  step(`GET /nat/${family}/${ip}/85`),
  step(`GET /nat/${family}/${ip}/7`),
  step(`GET /nat/${family}/${ip}/x`),
  step(`DELETE /nat/${family}/${ip}/85`),
  step(`DELETE /nat/${family}/${ip}/x`),
  step(`PUT /nat/${family}/${ip}/80/90`, target(1)),
  step(`DELETE /nat/${family}`),
  step(`PUT /nat/${family}/${ip}/80/90`, target(1)),
]);

const G = "/nat/groups/a";
const natGroups: Step[] = [
  step(`PUT ${G}`, { generation: 2, entries: [entry("10.0.0.1", 0, 9), entry("fd00::1")] }),
  step(`PUT ${G}`, { generation: 1, entries: [] }),
  step(`PUT ${G}`, { generation: 3 }),
  step(`POST ${G}/changes`, { from_generation: 2, generation: 3, upsert: [entry("10.0.0.2")], remove: [] }),
  step(`POST ${G}/changes`, { from_generation: 2, generation: 3, upsert: [], remove: [] }),
  step(`POST ${G}/changes`, { from_generation: 3, generation: 3, upsert: [], remove: [] }),
  step("POST /nat/groups/b/changes", { from_generation: 3, generation: 4, upsert: [], remove: [] }),
  step("GET /nat/groups"),
  step("GET /nat/groups?limit=0"),
  step(`GET ${G}`),
  step("GET /nat/groups/b"),
  step("GET /nat/groups/%20"),
  step(`GET ${G}/entries`),
  step(`GET ${G}/entries?limit=0`),
  step("GET /nat/groups/b/entries"),
  step("GET /table/Ingress.nat_ingress.ingress_ipv4/provenance"),
  step("GET /table/x/provenance"),
  step(`DELETE ${G}?generation=1`),
  step(`DELETE ${G}?generation=x`),
  step(`DELETE ${G}`),
  step(`DELETE ${G}`),
].map((each) => ({ ...each, from: 13.1 }));

const natPull: Step[] = [
  step("GET /rpw/nat/ipv4/gen", undefined, 1, 2),
  step("POST /rpw/nat/ipv4/trigger", undefined, 1, 2),
  step("GET /rpw/nat/gen", undefined, 2),
  step("POST /rpw/nat/trigger", undefined, 2),
];

const UNDERLAY = "/multicast/underlay-groups";
const EXTERNAL = "/multicast/external-groups";
const underlay = { group_ip: "ff04::1", tag: "u", members: [{ port_id: "qsfp0", link_id: 0, direction: "External" }] };
const external = (sources: unknown = null, vlan: number | null = 10) => ({
  group_ip: "239.1.1.1",
  tag: "e",
  internal_forwarding: {
    nat_target: { internal_ip: "ff04::1", inner_mac: { a: [1, 0, 94, 1, 1, 1] }, vni: 77 },
  },
  external_forwarding: { vlan_id: vlan },
  sources,
});
const without = <T extends object, K extends keyof T>({ ...rest }: T, ...names: K[]): Omit<T, K> => {
  for (const name of names) delete rest[name];
  return rest;
};
const changed = (vlan: number) => without(external(null, vlan), "group_ip", "tag");

const multicast: Step[] = [
  step(`POST ${UNDERLAY}`, underlay),
  step(`POST ${UNDERLAY}`, underlay),
  step(`POST ${UNDERLAY}`, { ...underlay, group_ip: "ff05::1" }),
  step(`POST ${UNDERLAY}`, { ...underlay, group_ip: "ff04::2", members: [{ ...underlay.members[0], link_id: 3 }] }),
  step(`POST ${EXTERNAL}`, external([{ Exact: "10.0.0.1" }])),
  step(`POST ${EXTERNAL}`, external()),
  step(`POST ${EXTERNAL}`, { ...external(), group_ip: "10.0.0.1" }),
  step(`POST ${EXTERNAL}`, { ...external([{ Subnet: "10.0.0.0/8" }]), group_ip: "239.1.1.2" }, 1, 7),
  step(`POST ${EXTERNAL}`, { ...external(["Any"]), group_ip: "239.1.1.3" }, 7),
  step("DELETE /multicast/groups/239.1.1.3?tag=e", undefined, 8),
  step("DELETE /multicast/groups/239.1.1.3", undefined, 7, 8),
  step(`GET ${UNDERLAY}/ff04::1`),
  step(`GET ${UNDERLAY}/ff04::9`),
  step(`GET ${UNDERLAY}/239.1.1.1`),
  step("GET /multicast/groups"),
  step("GET /multicast/groups?limit=0"),
  step("GET /multicast/groups/239.1.1.1"),
  step("GET /multicast/groups/239.1.1.9"),
  step("GET /multicast/groups/x"),
  step("GET /multicast/tags/u"),
  step("GET /multicast/tags/u?limit=0"),
  step(`PUT ${UNDERLAY}/ff04::1?tag=u`, { members: [] }, 8),
  step(`PUT ${UNDERLAY}/ff04::1?tag=x`, { members: [] }, 8),
  step(`PUT ${UNDERLAY}/ff04::9?tag=u`, { members: [] }, 8),
  step(`PUT ${UNDERLAY}/ff04::1`, { members: [], tag: null }, 1, 8),
  step(`PUT ${UNDERLAY}/ff04::1`, { members: [], tag: "x" }, 1, 8),
  step(`PUT ${UNDERLAY}/ff04::9`, { members: [] }, 1, 8),
  step(`PUT ${EXTERNAL}/239.1.1.1?tag=e`, changed(11), 8),
  step(`PUT ${EXTERNAL}/239.1.1.1?tag=x`, changed(11), 8),
  step(`PUT ${EXTERNAL}/239.1.1.9?tag=e`, changed(11), 8),
  step(`PUT ${EXTERNAL}/239.1.1.1`, { ...changed(11), tag: "e" }, 1, 8),
  step(`PUT ${EXTERNAL}/239.1.1.1`, { ...changed(11), tag: "x" }, 1, 8),
  step(`PUT ${EXTERNAL}/239.1.1.9`, changed(11), 1, 8),
  step("DELETE /multicast/groups/ff04::1?tag=u", undefined, 8),
  step("DELETE /multicast/groups/ff04::1", undefined, 1, 8),
  step("DELETE /multicast/groups/239.1.1.9?tag=u", undefined, 8),
  step("DELETE /multicast/groups/239.1.1.9", undefined, 1, 8),
  step("DELETE /multicast/groups/239.1.1.1?tag=e", undefined, 8),
  step("DELETE /multicast/groups/239.1.1.1", undefined, 1, 8),
  step("DELETE /multicast/untagged"),
  step("DELETE /multicast/tags/nobody"),
  step(`POST ${EXTERNAL}`, external()),
  step("DELETE /multicast/tags/u"),
  step("DELETE /multicast/tags/e"),
  step("DELETE /multicast/groups"),
  step(`POST ${UNDERLAY}`, { ...underlay, tag: "u2" }),
];

const SERDES = "lane_map tx_eq rx_sig adapt eye enc_speed anlt_status".split(" ").map((path) => `serdes/${path}`);

const counters: Step[] = [
  step("GET /counters/p4"),
  step("GET /counters/p4/ingress_drop_reason?force_sync=true"),
  step("GET /counters/p4/Ingress?force_sync=false"),
  step("GET /counters/p4/packet?force_sync=false"),
  step("GET /counters/p4/service?force_sync=false"),
  step("GET /counters/p4/nothing?force_sync=true"),
  step("GET /counters/p4/service"),
  step("POST /counters/p4/service/reset"),
  step("POST /counters/p4/nothing/reset"),
  step("GET /counters/linkup"),
  ...["linkup", "fsm"].flatMap((kind) => [
    step(`GET /counters/${kind}/qsfp0/0`),
    step(`GET /counters/${kind}/qsfp0/3`),
    step(`GET /counters/${kind}/x/0`),
  ]),
  ...["GET /counters/pcs", "GET /counters/fec"].map((path) => step(path)),
  ...["pcs/qsfp0/0", "fec/qsfp0/0", "rmon/qsfp0/0/all", "rmon/qsfp0/0/subset"].flatMap((path) => [
    step(`GET /counters/${path}`),
    step(`GET /counters/${path.replace("qsfp0", "qsfp")}`),
  ]),
  ...[...SERDES, "ber"].flatMap((path) => [step(`GET ${Q0}/${path}`), step(`GET /ports/x/links/0/${path}`)]),
  step(`PUT ${Q0}/serdes/tx_eq`, { main: 3 }),
  step(`PUT ${Q0}/serdes/tx_eq`, { main: "3" }),
  step(
    "POST /snapshot/capture",
    { pipe: 0, start_stage: 0, end_stage: 1, dir: "Ingress", triggers: [], fields: [], timeout_secs: 1 },
    9,
  ),
  step("POST /snapshot/capture", {}, 9),
  step("POST /snapshot/scope", { pipe: 0, stage: 0, dir: "Egress", fields: [], trigger: false }, 9),
  step("POST /snapshot/scope", {}, 9),
];

const modules: Step[] = [
  step("GET /leds"),
  ...["GET /ports/qsfp9/led", "GET /ports/x/led", "PUT /ports/qsfp9/led/auto", "PUT /ports/x/led/auto"].map((each) =>
    step(each),
  ),
  step("PUT /ports/qsfp9/led", "on"),
  step("PUT /ports/qsfp9/led", "red"),
  step("GET /transceivers"),
  ...["", "/power", "/monitors", "/datapath"].flatMap((path) => [
    step(`GET /ports/qsfp9/transceiver${path}`),
    step(`GET /ports/rear9/transceiver${path}`),
  ]),
  step("PUT /ports/qsfp9/transceiver/power", "low"),
  step("PUT /ports/rear9/transceiver/power", "low"),
  step("POST /ports/qsfp9/transceiver/reset"),
  step("POST /ports/rear9/transceiver/reset"),
  step("PUT /ports/qsfp9/management-mode", "manual"),
  step("PUT /ports/qsfp0/management-mode", "manual"),
  step("GET /ports/qsfp9/management-mode"),
  step("GET /ports/rear9/management-mode"),
  step("GET /ports/qsfp9"),
];

const DUMPED = [
  "Ingress.filter.switch_ipv4_addr",
  "Ingress.l3_router.Router4.lookup_idx.lookup",
  "INGRESS.L3_ROUTER.ROUTER6.LOOKUP_IDX.ROUTE",
  "Ingress.l3_router.Arp.tbl",
  "Ingress.mac_rewrite.mac_rewrite",
];

const tables: Step[] = [
  ...[...DUMPED, "x"].flatMap((table) => [
    step(`GET /table/${table}/dump`, undefined, 1, 9),
    step(`GET /table/${table}/dump?from_hardware=true`, undefined, 9),
    step(`GET /table/${table}/counters?force_sync=true`),
  ]),
  step("GET /table/Ingress.l3_router.Arp.tbl/dump", undefined, 9),
  step("GET /table/Ingress.l3_router.Arp.tbl/counters"),
  step("GET /table/Ingress.l3_router.Router4.lookup_idx.lookup/provenance", undefined, 13.1),
];

const resets: Step[] = [
  step("DELETE /all-settings/a"),
  step("GET /route/ipv4"),
  step(`POST ${Q0}/ipv4`, { tag: "a", addr: "10.1.0.7" }),
  step("DELETE /all-settings/nobody"),
  step("DELETE /all-settings"),
  step("GET /links"),
  step("GET /loopback/ipv4"),
];

export const STORY: readonly Step[] = [
  ...info,
  ...links,
  ...addresses,
  ...neighbours,
  ...allRoutes,
  ...subnets,
  ...portSettings,
  ...nat,
  ...natGroups,
  ...natPull,
  ...multicast,
  ...counters,
  ...modules,
  ...tables,
  ...resets,
];

/** The steps of a version, `13.1.0` or older. */
export function storyOf(version: string): readonly Step[] {
  const [major, minor] = version.split(".").map(Number);
  const number = (major ?? 0) + (minor ?? 0) / 10;
  return STORY.filter(({ from = 1, until = END }) => from <= number && number < until);
}
