/** The HTTP app of mode `mock`: the part of the API that upstream's mock server has, no version needed, and its knobs. */
import { HttpError, serveApi, type Handlers } from "@racklet/api-kit";
import { bodyValidators } from "@racklet/api-types/gen/propolis.validators.js";
import { propolisApi } from "@racklet/api-types/propolis/api";
import type { InstanceProperties } from "@racklet/api-types/propolis/latest";
import type { World } from "@racklet/world";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { PropolisError } from "../errors.ts";
import { MockError, type MockVm } from "../mock/mock-vm.ts";
import { translateError } from "./errors.ts";
import type { Upgrades } from "./upgrades.ts";
import { historyRequestFromWire, offsetFromWire } from "./wire.ts";

const {
  instance_ensure,
  instance_get,
  instance_state_put,
  instance_state_monitor,
  instance_serial,
  instance_serial_history_get,
} = propolisApi.operations;

const mockApi = {
  ...propolisApi,
  onMissing: "latest" as const,
  operations: {
    instance_ensure,
    instance_get,
    instance_state_put,
    instance_state_monitor,
    instance_serial,
    instance_serial_history_get,
  },
};

interface MockContext {
  readonly vm: MockVm;
  readonly upgrades: Upgrades;
}

const MOCK_HISTORY_BYTES = 1024;
const MAX_MODE_BYTES = 1024;

const handlers: Handlers<MockContext, typeof mockApi.operations> = {
  instance_ensure: ({ vm }, { body }) => {
    vm.ensure(body.properties);
    return { migrate: null };
  },

  instance_get: ({ vm }) => ({ instance: { properties: propertiesOf(vm), state: vm.state } }),

  instance_state_put: ({ vm }, { body }) => {
    propertiesOf(vm);
    vm.request(body);
  },

  instance_state_monitor: async ({ vm }, { body: { gen } }) => {
    propertiesOf(vm);
    return { gen, state: await vm.monitor(gen), migration: { migration_in: null, migration_out: null } };
  },

  instance_serial: ({ vm, upgrades }, { query, request }) => {
    propertiesOf(vm);
    if (vm.state !== "Running") throw new MockError(`instance is ${vm.state}`);
    return upgrades.accept(request, (channel) => vm.console.attach(channel, offsetFromWire(query)));
  },

  instance_serial_history_get: ({ vm }, { query }) => {
    propertiesOf(vm);
    const { offset, maxBytes } = historyRequestFromWire({ ...query, max_bytes: query.max_bytes ?? MOCK_HISTORY_BYTES });
    const { data, end } = vm.console.history.read(offset, maxBytes);
    return { data: [...data], last_byte_offset: end };
  },
};

/** Throws MockError before the VM was created: everything but its creation needs it. */
function propertiesOf({ properties }: MockVm): InstanceProperties {
  if (properties === undefined) throw new MockError("no instance");
  return properties;
}

export function createMockApp(vm: MockVm, upgrades: Upgrades, world: World): Hono {
  const api = serveApi(mockApi, {
    context: { vm, upgrades },
    handlers,
    world,
    bodyValidators,
    translate: (error) => {
      if (error instanceof MockError) return HttpError.internal(error);
      return error instanceof PropolisError ? translateError(error) : undefined;
    },
  });
  const app = new Hono();
  app.get("/mock/mode", (c) => c.json(vm.mode));
  app.put("/mock/mode", bodyLimit({ maxSize: MAX_MODE_BYTES }), async (c) => {
    const mode: unknown = await c.req.json().catch(() => undefined);
    if (mode !== "Run" && mode !== "SingleStep") return c.json({ message: 'expected "Run" or "SingleStep"' }, 400);
    vm.mode = mode;
    return c.body(null, 204);
  });
  app.put("/mock/step", (c) => (vm.step() ? c.body(null, 204) : c.json({ message: "cannot step in mode Run" }, 400)));
  app.all("*", (c) => api.fetch(c.req.raw, c.env));
  return app;
}
