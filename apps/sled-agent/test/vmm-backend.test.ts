/** What a VMM does when its backend refuses, fails, hangs or dies: a backend under the test's control takes the VM's place. */
import { describe, expect, test } from "vitest";
import {
  BackendError,
  BackendUnreachableError,
  type VmEnsureRequest,
  type VmmBackend,
  type VmmBackends,
} from "../src/vmm/backend.ts";
import type { Observation } from "../src/vmm/status.ts";
import { QUEUE_DEPTH } from "../src/vmm/request-queue.ts";
import { INSTANCE, NIC, VMM, dualStack, newest, nic } from "./bodies.ts";
import { rig, stateIn, type Rig } from "./rig.ts";

class Puppet implements VmmBackend, VmmBackends {
  readonly address = "[::1]:4242";
  readonly process = undefined;
  readonly ensured: VmEnsureRequest[] = [];
  readonly requests: string[] = [];
  isDestroyed = false;
  /** Each answers the next call of its kind; without one the call succeeds. */
  startError: unknown;
  ensureError: unknown;
  putError: unknown;
  /** While set, state requests wait for it. */
  gate: Promise<void> | undefined;
  #waiting: { resolve: (seen: Observation) => void; reject: (reason: unknown) => void }[] = [];
  #gen = 0;

  async start(): Promise<VmmBackend> {
    if (this.startError !== undefined) throw this.startError;
    return this;
  }
  adopt(): undefined {}
  async ensure(request: VmEnsureRequest): Promise<void> {
    this.ensured.push(request);
    if (this.ensureError !== undefined) throw this.ensureError;
  }
  async putState(request: string): Promise<void> {
    this.requests.push(request);
    await this.gate;
    if (this.putError !== undefined) throw this.putError;
  }
  monitor(_gen: number, signal: AbortSignal): Promise<Observation> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  }
  async destroy(): Promise<void> {
    this.isDestroyed = true;
  }
  show(state: Observation["state"], more: Partial<Observation> = {}): void {
    this.#gen += 1;
    for (const { resolve } of this.#waiting.splice(0)) resolve({ gen: this.#gen, state, ...more });
  }
  failMonitor(error: unknown): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

const put = (r: Rig, type: string, value?: unknown) =>
  r.ask("PUT", `/vmms/${VMM}/state`, { state: value === undefined ? { type } : { type, value } });
const get = (r: Rig) => r.ask("GET", `/vmms/${VMM}/state`);

async function started(body: unknown = newest(), prepare: (puppet: Puppet) => void = () => {}) {
  const puppet = new Puppet();
  prepare(puppet);
  const r = rig({ overrides: { backends: puppet } });
  expect((await r.ask("PUT", `/vmms/${VMM}`, body)).status).toBe(200);
  await put(r, "running");
  await r.sim.clock.advance(0);
  return { r, puppet };
}

async function ended(r: Rig): Promise<string | undefined> {
  await r.sim.clock.runUntil(async () => (await get(r)).status === 404);
  expect(r.ctx.opte.ports.size).toBe(0);
  return r.nexus.statesOf(VMM).at(-1);
}

const noInstance = new BackendError(424, "no instance", "NoInstance");

describe("starting", () => {
  test("puts each interface of the specification on its port", async () => {
    const { puppet } = await started();
    const { init, properties } = puppet.ensured[0] as VmEnsureRequest;
    expect(init.method === "Spec" && init.spec.components[NIC]).toEqual({
      type: "virtio_network_backend",
      component: { vnic_name: "opte0" },
    });
    expect(properties).toMatchObject({ id: VMM, name: "vm1", metadata: { sled_serial: "TESTSLED" } });
    expect(puppet.requests).toEqual(["Run"]);
  });

  test("as a migration target replaces every backend of this sled and does not run the VM itself", async () => {
    const puppet = new Puppet();
    const r = rig({ overrides: { backends: puppet } });
    await r.ask("PUT", `/vmms/${VMM}`, newest({}, { migration_id: INSTANCE }));
    await put(r, "migration_target", { src_propolis_addr: "[::1]:9" });
    await r.sim.clock.advance(0);
    expect(puppet.ensured[0]?.init).toEqual({
      method: "MigrationTarget",
      migrationId: INSTANCE,
      sourceAddr: "[::1]:9",
      replaceComponents: {
        [NIC]: { component: "VirtioNetworkBackend", spec: { vnic_name: "opte0" } },
        disk: { component: "CrucibleStorageBackend", spec: { request_json: "{}", readonly: false } },
      },
    });
    expect(puppet.requests).toEqual([]);
  });

  test.each([
    ["the backend cannot start", (p: Puppet) => (p.startError = new Error("no memory"))],
    ["the first ensure is refused", (p: Puppet) => (p.ensureError = new BackendError(400, "bad spec"))],
    ["there turns out to be no VM", (p: Puppet) => (p.putError = noInstance)],
  ])("fails the VMM and removes everything when %s", async (_, prepare) => {
    const { r } = await started(newest(), prepare);
    expect(await ended(r)).toBe("failed");
  });

  test("tolerates a VM that is there already", async () => {
    const { r, puppet } = await started();
    puppet.ensureError = new BackendError(409, "already", "AlreadyInitialized");
    await put(r, "running");
    await r.sim.clock.advance(0);
    expect(puppet.requests).toEqual(["Run", "Run"]);
    expect((await get(r)).status).toBe(200);
  });
});

describe("watching", () => {
  test("every observation has a greater generation, also where the state stays", async () => {
    const { r, puppet } = await started();
    for (const [shown, state, gen] of [
      ["Starting", "starting", 2],
      ["Running", "running", 3],
      ["Repairing", "running", 4],
      ["Stopped", "stopping", 5],
    ] as const) {
      puppet.show(shown);
      await r.sim.clock.advance(0);
      expect(stateIn(await get(r))).toEqual({ state, gen });
    }
  });

  test("follows a migration by its own generations, and fails it when the VMM ends first", async () => {
    const { r, puppet } = await started();
    const show = async (state: "Sync" | "Pause" | "RamPush") => {
      puppet.show("Migrating", { migrationOut: { id: INSTANCE, state } });
      await r.sim.clock.advance(0);
      return ((await get(r)).body as { migration_out: unknown }).migration_out;
    };
    expect(await show("Sync")).toMatchObject({ migration_id: INSTANCE, state: "in_progress", gen: 2 });
    expect(await show("RamPush")).toMatchObject({ state: "in_progress", gen: 2 });
    r.sim.network.down("nexus");
    puppet.show("Failed");
    await r.sim.clock.advance(0);
    expect((await get(r)).body).toMatchObject({ migration_out: { state: "failed", gen: 3 } });
  });

  test("a backend whose process is gone is a failed VMM", async () => {
    const { r, puppet } = await started();
    puppet.failMonitor(new BackendUnreachableError("exited", true));
    expect(await ended(r)).toBe("failed");
    expect(puppet.isDestroyed).toBe(true);
  });

  test("a backend that does not answer for a while is asked again", async () => {
    const { r, puppet } = await started();
    for (let i = 0; i < 3; i += 1) {
      puppet.failMonitor(new BackendUnreachableError("timeout", false));
      await r.sim.clock.advance(10_000);
    }
    puppet.show("Running");
    await r.sim.clock.advance(0);
    expect(stateIn(await get(r))?.state).toBe("running");
  });
});

describe("requests", () => {
  test("one runs and 32 wait; the next is refused at once and the waiting ones still run in order", async () => {
    const { r, puppet } = await started();
    let open = (): void => {};
    puppet.gate = new Promise((resolve) => (open = resolve));
    const accepted = Array.from({ length: QUEUE_DEPTH + 1 }, () => put(r, "reboot"));
    await r.sim.clock.advance(0);
    for (const type of ["reboot", "stopped", "running"]) {
      expect(await put(r, type)).toMatchObject({
        status: 503,
        body: { error_code: "INSTANCE_CHANNEL_FULL", message: "Service Unavailable" },
      });
    }
    expect((await get(r)).status).toBe(200);
    open();
    const statuses = await r.sim.clock.run(Promise.all(accepted));
    expect(new Set(statuses.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await put(r, "reboot")).status).toBe(200);
  });

  test("unregistering does not wait for them; those that waited are told it is terminating", async () => {
    const { r, puppet } = await started();
    puppet.gate = new Promise(() => {});
    const hanging = put(r, "stopped");
    const waiting = r.ask("PUT", `/vmms/${VMM}/external-ip`, { type: "floating", value: "10.0.0.1" });
    await r.sim.clock.advance(0);
    expect((await r.ask("DELETE", `/vmms/${VMM}`)).status).toBe(200);
    expect(puppet.isDestroyed).toBe(true);
    for (const request of [hanging, waiting]) {
      expect(await r.sim.clock.run(request)).toMatchObject({
        status: 410,
        body: { error_code: "NO_SUCH_INSTANCE", message: "Instance is terminating" },
      });
    }
    expect((await get(r)).status).toBe(404);
  });

  test("a stop whose VM is missing is 200 with failed", async () => {
    const { r, puppet } = await started();
    puppet.putError = noInstance;
    const answer = await put(r, "stopped");
    expect([answer.status, stateIn(answer)?.state]).toEqual([200, "failed"]);
    expect(await ended(r)).toBe("failed");
  });

  test("a second stop that finds the VM just gone leaves the last word to who watches it", async () => {
    const { r, puppet } = await started();
    await put(r, "stopped");
    puppet.putError = noInstance;
    const answer = await put(r, "stopped");
    expect([answer.status, stateIn(answer)?.state]).toEqual([200, "stopping"]);
    puppet.show("Destroyed");
    expect(await ended(r)).toBe("destroyed");
  });

  test.each([
    [new BackendError(403, "no"), 403, "Forbidden"],
    [new BackendError(503, "busy"), 503, "Service Unavailable"],
    [new BackendError(500, "boom"), 500, "Internal Server Error"],
    [new BackendUnreachableError("timeout", false), 500, "Internal Server Error"],
  ])("a reboot answered with %s is passed on as %i", async (error, status, message) => {
    const { r, puppet } = await started();
    puppet.putError = error;
    expect(await put(r, "reboot")).toMatchObject({ status, body: { message } });
  });

  test("a VM that ignores its stop for ten minutes is destroyed", async () => {
    const { r, puppet } = await started();
    await put(r, "stopped");
    await r.sim.clock.advance(9 * 60_000);
    await put(r, "stopped");
    expect((await get(r)).status).toBe(200);
    await r.sim.clock.advance(61_000);
    expect(puppet.isDestroyed).toBe(true);
    expect(await ended(r)).toBe("destroyed");
  });
});

describe("reporting to Nexus", () => {
  test("goes on until Nexus can be reached, and the VMM is remembered until then", async () => {
    const { r, puppet } = await started();
    r.sim.network.down("nexus");
    puppet.show("Destroyed");
    await r.sim.clock.advance(120_000);
    expect(stateIn(await get(r))?.state).toBe("destroyed");
    expect(r.ctx.opte.ports.size).toBe(0);
    expect(await put(r, "reboot")).toMatchObject({
      status: 410,
      body: { error_code: "NO_SUCH_INSTANCE", message: "Instance is terminating" },
    });
    expect((await r.ask("PUT", `/vmms/${VMM}`, newest())).status).toBe(410);
    r.sim.network.up("nexus");
    expect(await ended(r)).toBe("destroyed");
  });

  test("is repeated after a 500", async () => {
    const { r, puppet } = await started();
    r.nexus.refuseReportsWith = 500;
    puppet.show("Destroyed");
    await r.sim.clock.advance(30_000);
    expect((await get(r)).status).toBe(200);
    r.nexus.refuseReportsWith = undefined;
    expect(await ended(r)).toBe("destroyed");
  });

  test("is given up after a 400", async () => {
    const { r, puppet } = await started();
    r.nexus.refuseReportsWith = 400;
    puppet.show("Destroyed");
    expect(await ended(r)).toBe(undefined);
  });

  test("tells only the newest of the states that Nexus missed, and generations only grow", async () => {
    const { r, puppet } = await started();
    r.sim.network.down("nexus");
    for (const state of ["Starting", "Running", "Rebooting", "Running"] as const) {
      puppet.show(state);
      await r.sim.clock.advance(10);
    }
    r.sim.network.up("nexus");
    await r.sim.clock.runUntil(() => r.nexus.reports.length > 0);
    expect(r.nexus.reports).toEqual([{ id: VMM, state: "running", gen: 5 }]);
  });

  test("of an end is not repeated once the caller has taken the VMM over", async () => {
    const { r, puppet } = await started();
    r.sim.network.down("nexus");
    puppet.show("Destroyed");
    await r.sim.clock.advance(100);
    expect(stateIn(await r.ask("DELETE", `/vmms/${VMM}`))?.state).toBe("destroyed");
    r.sim.network.up("nexus");
    await r.sim.clock.advance(120_000);
    expect(r.nexus.reports).toEqual([]);
  });
});

test("a dual-stack VM has both gateways on its port", async () => {
  const { r } = await started(newest({ nics: [nic(dualStack)] }));
  expect((await r.ask("GET", "/debug/opte/ports")).body).toMatchObject([
    { name: "opte0", gateway: { mac: "A8:40:25:FF:77:77", v4: "172.30.0.1", v6: "fd00:2::1" }, vni: 2000 },
  ]);
});
