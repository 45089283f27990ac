/** Addresses of links and loopbacks, and neighbours. */
import { MAC, MISSING_LINK, Q0, step, type Step } from "./step.ts";

export const addresses: Step[] = [
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

export const neighbours: Step[] = (
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
