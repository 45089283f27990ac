/** Handlers of the newest version: parse, ask the domain, translate. */
import type { Handlers } from "@racklet/api-kit";
import type { propolisApi } from "@racklet/api-types/propolis/api";
import type { PropolisContext } from "../context.ts";
import { startMigrationOut } from "../migrate/start.ts";
import type { VmRecord } from "../vm/holder.ts";
import { historyRequestFromWire, initFromWire, migrationToWire, monitorToWire, offsetFromWire } from "./wire.ts";

export const handlers: Handlers<PropolisContext, typeof propolisApi.operations> = {
  instance_ensure: async ({ vms }, { body: { properties, init } }) => {
    await vms.ensure(properties, initFromWire(init));
    return { migrate: init.method === "Spec" ? null : { migration_id: init.value.migration_id } };
  },

  instance_get: ({ vms }) => ({ instance: aboutToWire(vms.last()) }),

  instance_spec_get: ({ vms }) => {
    const record = vms.last();
    const spec = record.vm?.spec ?? record.spec;
    return {
      ...aboutToWire(record),
      spec: spec === undefined ? { type: "WaitingForMigrationSource" } : { type: "Present", value: spec },
    };
  },

  instance_state_put: ({ vms }, { body }) => vms.active().putState(body),

  instance_state_monitor: async ({ vms }, { body }) => monitorToWire(await vms.last().monitor.wait(body.gen)),

  instance_migrate_status: ({ vms }) => migrationToWire(vms.last().monitor.current),

  instance_migrate_start: ({ vms, upgrades, world, config }, { params, request }) => {
    const vm = vms.active();
    vm.checkMigrationOut();
    const options = { migrationId: params.migration_id, timers: world.timers, phaseMs: config.timing.phaseMs };
    return upgrades.accept(request, (channel) => startMigrationOut(vm, channel, options));
  },

  instance_serial: ({ vms, upgrades }, { query, request }) => {
    const { console } = vms.active();
    console.checkRoom();
    return upgrades.accept(request, (channel) => console.attach(channel, offsetFromWire(query)));
  },

  instance_serial_history_get: ({ vms }, { query }) => {
    const { console } = vms.active();
    const { offset, maxBytes } = historyRequestFromWire(query);
    const { data, end } = console.history.read(offset, maxBytes);
    return { data: [...data], last_byte_offset: end };
  },

  instance_issue_crucible_snapshot_request: ({ vms }, { params }) => {
    vms.active().volumes.snapshot(params.id);
    return null;
  },

  disk_volume_status: ({ vms }, { params }) => ({ volume_info: vms.active().volumes.info(params.id) }),

  instance_issue_crucible_vcr_request: ({ vms }, { params, body }) =>
    vms.active().volumes.replace(params.id, body.vcr_json),

  instance_issue_nmi: ({ vms }) => {
    vms.active().machine.interrupt();
    return null;
  },
};

function aboutToWire({ properties, monitor }: VmRecord) {
  return { properties, state: monitor.current.state };
}
