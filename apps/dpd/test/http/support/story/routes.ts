/** Routes of both families, by the ways of each version to say a next hop. */
import { END, step, type Step } from "./step.ts";

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

export const allRoutes: Step[] = [
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
