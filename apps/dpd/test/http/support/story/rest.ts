/** Counters, hardware, modules, tables, and the resets at the end. */
import { Q0, step, type Step } from "./step.ts";

const SERDES = "lane_map tx_eq rx_sig adapt eye enc_speed anlt_status".split(" ").map((path) => `serdes/${path}`);

export const counters: Step[] = [
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

export const modules: Step[] = [
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

export const tables: Step[] = [
  ...[...DUMPED, "x"].flatMap((table) => [
    step(`GET /table/${table}/dump`, undefined, 1, 9),
    step(`GET /table/${table}/dump?from_hardware=true`, undefined, 9),
    step(`GET /table/${table}/counters?force_sync=true`),
  ]),
  step("GET /table/Ingress.l3_router.Arp.tbl/dump", undefined, 9),
  step("GET /table/Ingress.l3_router.Arp.tbl/counters"),
  step("GET /table/Ingress.l3_router.Router4.lookup_idx.lookup/provenance", undefined, 13.1),
];

export const resets: Step[] = [
  step("DELETE /all-settings/a"),
  step("GET /route/ipv4"),
  step(`POST ${Q0}/ipv4`, { tag: "a", addr: "10.1.0.7" }),
  step("DELETE /all-settings/nobody"),
  step("DELETE /all-settings"),
  step("GET /links"),
  step("GET /loopback/ipv4"),
];
