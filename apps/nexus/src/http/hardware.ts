/** Racks, sleds and switches as operators see them. */
import type { Handlers } from "@racklet/api-kit";
import type { InstanceState, Rack, Sled, SledInstance, SledPolicy, Switch } from "@racklet/api-types/nexus/latest";
import { hardwareOperations } from "@racklet/api-types/nexus/operations/hardware";
import { authenticate } from "../authn/authenticate.ts";
import type { NexusContext } from "../context.ts";
import type { VmmState } from "../db/schema.ts";
import {
  getRack,
  getSled,
  getSwitch,
  listRacks,
  listSledInstances,
  listSleds,
  listSwitches,
  type RackRow,
  type SledInstanceRow,
  type SledRow,
  type SwitchRow,
} from "../hardware/inventory.ts";
import { idPage } from "./by-id.ts";

const byId = (row: { readonly id: string }): string => row.id;

export const hardwareHandlers: Handlers<NexusContext, typeof hardwareOperations> = {
  rack_list: async (nexus, input) => {
    const op = await authenticate(nexus, input.request);
    return idPage(hardwareOperations.rack_list.query, input, (page) => listRacks(nexus, op, page), rackView, byId);
  },

  rack_view: async (nexus, { params, request }) => {
    const op = await authenticate(nexus, request);
    return rackView(await getRack(nexus, op, params.rack_id));
  },

  sled_list: async (nexus, input) => {
    const op = await authenticate(nexus, input.request);
    return idPage(hardwareOperations.sled_list.query, input, (page) => listSleds(nexus, op, page), sledView, byId);
  },

  sled_view: async (nexus, { params, request }) => {
    const op = await authenticate(nexus, request);
    return sledView(await getSled(nexus, op, params.sled_id));
  },

  sled_instance_list: async (nexus, input) => {
    const op = await authenticate(nexus, input.request);
    const { sled_id: sledId } = input.params;
    return idPage(
      hardwareOperations.sled_instance_list.query,
      input,
      (page) => listSledInstances(nexus, op, sledId, page),
      sledInstanceView,
      byId,
    );
  },

  switch_list: async (nexus, input) => {
    const op = await authenticate(nexus, input.request);
    return idPage(
      hardwareOperations.switch_list.query,
      input,
      (page) => listSwitches(nexus, op, page),
      switchView,
      byId,
    );
  },

  switch_view: async (nexus, { params, request }) => {
    const op = await authenticate(nexus, request);
    return switchView(await getSwitch(nexus, op, params.switch_id));
  },
};

function rackView({ id, time_created, time_modified }: RackRow): Rack {
  return { id, time_created, time_modified };
}

function baseboard(row: SledRow | SwitchRow): Switch["baseboard"] {
  return { part: row.part_number, revision: row.revision, serial: row.serial_number };
}

export function sledPolicyView({ policy, provision_policy }: SledRow): SledPolicy {
  return policy === "in_service" ? { kind: "in_service", provision_policy } : { kind: "expunged" };
}

function sledView(row: SledRow): Sled {
  const { id, time_created, time_modified, rack_id, state, slot, usable_hardware_threads, usable_physical_ram } = row;
  const times = { time_created, time_modified };
  return {
    id,
    ...times,
    rack_id,
    baseboard: baseboard(row),
    policy: sledPolicyView(row),
    state,
    slot,
    usable_hardware_threads,
    usable_physical_ram,
  };
}

function switchView(row: SwitchRow): Switch {
  const { id, time_created, time_modified, rack_id } = row;
  return { id, time_created, time_modified, rack_id, baseboard: baseboard(row) };
}

/** Of a VMM seen by itself, without its instance's own state. */
const SHOWN: Readonly<Record<VmmState, InstanceState>> = {
  creating: "starting",
  starting: "starting",
  running: "running",
  stopping: "stopping",
  stopped: "stopped",
  rebooting: "rebooting",
  migrating: "migrating",
  failed: "failed",
  destroyed: "destroyed",
  saga_unwound: "failed",
};

function sledInstanceView(row: SledInstanceRow): SledInstance {
  const { id, name, project_name, silo_name, migration_id, ncpus, time_created, time_modified } = row;
  return {
    id,
    name,
    project_name,
    silo_name,
    migration_id,
    ncpus,
    time_created,
    time_modified,
    active_sled_id: row.sled_id,
    memory: row.memory_bytes,
    state: SHOWN[row.state],
  };
}
