/** Attached subnets and the settings of a port. */
import { target } from "../entries.ts";
import { LINK, step, type Step } from "./step.ts";

const SUBNET = "/attached_subnet/10.9.0.0%2F24";
export const subnets: Step[] = [
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

export const portSettings: Step[] = [
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
