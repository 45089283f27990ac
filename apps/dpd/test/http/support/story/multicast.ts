/** Multicast groups of both kinds. */
import { step, type Step } from "./step.ts";

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

export const multicast: Step[] = [
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
