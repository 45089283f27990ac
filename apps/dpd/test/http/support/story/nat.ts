/** NAT entries, groups, and the workflow that fetches entries. */
import { entry, target } from "../entries.ts";
import { step, type Step } from "./step.ts";

export const nat: Step[] = (
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
export const natGroups: Step[] = [
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

export const natPull: Step[] = [
  step("GET /rpw/nat/ipv4/gen", undefined, 1, 2),
  step("POST /rpw/nat/ipv4/trigger", undefined, 1, 2),
  step("GET /rpw/nat/gen", undefined, 2),
  step("POST /rpw/nat/trigger", undefined, 2),
];
