/** The rack's hardware, for operators. */
import { declare, param } from "@racklet/api-kit";
import { sortById } from "../common.ts";
import {
  Rack,
  RackResultsPage,
  Sled,
  SledInstanceResultsPage,
  SledResultsPage,
  Switch,
  SwitchResultsPage,
} from "../latest.ts";
import * as initial from "../v2025112000/hardware.ts";
import { downSled, downSledPage } from "../v2026081200/hardware.ts";
import { V } from "../versions.ts";

const tags = ["system/hardware"] as const;
const sledId = { sled_id: param.uuid() } as const;

export const hardwareOperations = {
  rack_list: declare({
    operationId: "rack_list",
    method: "GET",
    path: "/v1/system/hardware/racks",
    tags,
    query: sortById,
    paginated: true,
    summary: "List racks",
    revisions: [{ since: V.INITIAL, response: RackResultsPage }],
  }),
  rack_view: declare({
    operationId: "rack_view",
    method: "GET",
    path: "/v1/system/hardware/racks/{rack_id}",
    tags,
    params: { rack_id: param.uuid() },
    summary: "Fetch a rack",
    revisions: [{ since: V.INITIAL, response: Rack }],
  }),
  sled_list: declare({
    operationId: "sled_list",
    method: "GET",
    path: "/v1/system/hardware/sleds",
    tags,
    query: sortById,
    paginated: true,
    summary: "List sleds",
    revisions: [
      { since: V.SLED_SLOT, response: SledResultsPage },
      { since: V.INITIAL, response: initial.SledResultsPage, down: downSledPage },
    ],
  }),
  sled_view: declare({
    operationId: "sled_view",
    method: "GET",
    path: "/v1/system/hardware/sleds/{sled_id}",
    tags,
    params: sledId,
    summary: "Fetch a sled",
    revisions: [
      { since: V.SLED_SLOT, response: Sled },
      { since: V.INITIAL, response: initial.Sled, down: downSled },
    ],
  }),
  sled_instance_list: declare({
    operationId: "sled_instance_list",
    method: "GET",
    path: "/v1/system/hardware/sleds/{sled_id}/instances",
    tags,
    params: sledId,
    query: sortById,
    paginated: true,
    summary: "List the instances on a sled",
    revisions: [{ since: V.INITIAL, response: SledInstanceResultsPage }],
  }),
  switch_list: declare({
    operationId: "switch_list",
    method: "GET",
    path: "/v1/system/hardware/switches",
    tags,
    query: sortById,
    paginated: true,
    summary: "List switches",
    revisions: [{ since: V.INITIAL, response: SwitchResultsPage }],
  }),
  switch_view: declare({
    operationId: "switch_view",
    method: "GET",
    path: "/v1/system/hardware/switches/{switch_id}",
    tags,
    params: { switch_id: param.uuid() },
    summary: "Fetch a switch",
    revisions: [{ since: V.INITIAL, response: Switch }],
  }),
};
