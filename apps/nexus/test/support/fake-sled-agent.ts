/**
 * A sled-agent as Nexus sees one: its real API, VMMs that do at once what they are told, and reports to Nexus. Faults are
 * switched on by the test.
 */
import { HttpError, serveApi, type Api, type Handlers, type Operations } from "@racklet/api-kit";
import { responseValidators } from "@racklet/api-types/gen/sled-agent.response-validators.js";
import { bodyValidators } from "@racklet/api-types/gen/sled-agent.validators.js";
import { sledAgentApi } from "@racklet/api-types/sled-agent/api";
import type { World } from "@racklet/world";

type VmmWord = "starting" | "running" | "stopping" | "rebooting" | "failed" | "destroyed";

export interface FakeVmm {
  readonly instanceId: string;
  /** What was registered. */
  readonly body: Registration;
  state: VmmWord;
  gen: number;
  timeUpdated: string;
  /** `ephemeral 10.0.0.1`, those given to it live. */
  readonly externalIps: Set<string>;
}

/** The parts that tests look at. */
export interface Registration {
  readonly instance_id: string;
  readonly vmm_runtime: { readonly gen: number };
  readonly local_config: {
    readonly nics: readonly { readonly mac: string; readonly vni: number; readonly primary: boolean }[];
    readonly external_ips: unknown;
    readonly firewall_rules: readonly { readonly priority: number; readonly targets: readonly unknown[] }[];
    readonly hostname: string;
  };
  readonly vmm_spec: { readonly board: { readonly cpus: number; readonly memory_mb: number } };
}

export interface SledReport {
  (vmmId: string, body: { vmm_state: { state: VmmWord; gen: number; time_updated: string } }): Promise<void>;
}

type Served = Pick<
  (typeof sledAgentApi)["operations"],
  | "vmm_register"
  | "vmm_unregister"
  | "vmm_put_state"
  | "vmm_get_state"
  | "vmm_put_external_ip"
  | "vmm_delete_external_ip"
>;

export class FakeSledAgent {
  readonly vmms = new Map<string, FakeVmm>();
  /** Operation ids, in the order in which they came. */
  readonly calls: string[] = [];
  /** Thrown instead of an answer, by operation id. */
  readonly broken = new Map<string, Error>();
  /** Awaited before anything is done, by operation id. */
  readonly gates = new Map<string, Promise<void>>();
  /** No connection is accepted. */
  down = false;
  /** It knows no version of its API that Nexus asks for. */
  tooOld = false;
  /** Changes of state are reported to Nexus. */
  reporting = true;
  readonly fetch: (request: Request) => Promise<Response>;
  readonly #world: World;
  readonly #report: SledReport;
  readonly #reports = new Set<Promise<void>>();

  constructor(world: World, report: SledReport) {
    this.#world = world;
    this.#report = report;
    const handlers = this.#handlers();
    const names = new Set(Object.keys(handlers));
    const operations = Object.fromEntries(Object.entries(sledAgentApi.operations).filter(([id]) => names.has(id)));
    const app = serveApi({ ...sledAgentApi, operations } as Api, {
      context: undefined,
      handlers: handlers as Handlers<undefined, Operations>,
      world,
      bodyValidators,
      responseValidators,
    });
    this.fetch = async (request) => {
      if (this.down) throw Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNREFUSED" } });
      if (!this.tooOld) return app.fetch(request);
      const message = `server does not support this API version: ${request.headers.get("api-version")}`;
      return Response.json({ request_id: "1", message }, { status: 400 });
    };
  }

  /** As a crash: whatever it had is gone, and nobody is told. */
  crash(): void {
    this.vmms.clear();
  }

  /** The VM does this by itself. */
  change(vmmId: string, state: VmmWord): void {
    const vmm = this.vmms.get(vmmId);
    if (vmm === undefined) throw new Error(`the fake has no VMM ${vmmId}`);
    this.#move(vmmId, vmm, state);
  }

  /** Resolves when every report that was begun has been answered. */
  async settled(): Promise<void> {
    while (this.#reports.size > 0) await Promise.allSettled(this.#reports);
  }

  #handlers(): Handlers<undefined, Served> {
    const entered = async (operation: keyof Served): Promise<void> => {
      this.calls.push(operation);
      await this.gates.get(operation);
      const error = this.broken.get(operation);
      if (error !== undefined) throw error;
    };
    return {
      vmm_register: async (_, { params, body }) => {
        await entered("vmm_register");
        const known = this.vmms.get(params.propolis_id);
        if (known !== undefined) return this.#view(known);
        const vmm: FakeVmm = {
          instanceId: body.instance_id,
          body: body as unknown as Registration, // the same body, by the names tests use
          state: "starting",
          gen: body.vmm_runtime.gen,
          timeUpdated: body.vmm_runtime.time_updated,
          externalIps: new Set(),
        };
        this.vmms.set(params.propolis_id, vmm);
        return this.#view(vmm);
      },
      vmm_unregister: async (_, { params }) => {
        await entered("vmm_unregister");
        const vmm = this.vmms.get(params.propolis_id);
        this.vmms.delete(params.propolis_id);
        if (vmm === undefined) return { updated_runtime: null };
        return { updated_runtime: this.#view({ ...vmm, state: "failed", gen: vmm.gen + 1 }) };
      },
      vmm_put_state: async (_, { params, body }) => {
        await entered("vmm_put_state");
        const id = params.propolis_id;
        const vmm = this.#get(id);
        switch (body.state.type) {
          case "running":
            if (vmm.state === "starting") this.#move(id, vmm, "running");
            return { updated_runtime: null };
          case "reboot":
            this.#move(id, vmm, "rebooting");
            return { updated_runtime: this.#view(vmm) };
          default:
            this.#move(id, vmm, "stopping");
            return { updated_runtime: this.#view(vmm) };
        }
      },
      vmm_get_state: async (_, { params }) => {
        await entered("vmm_get_state");
        return this.#view(this.#get(params.propolis_id));
      },
      vmm_put_external_ip: async (_, { params, body }) => {
        await entered("vmm_put_external_ip");
        this.#get(params.propolis_id).externalIps.add(`${body.type} ${body.value}`);
      },
      vmm_delete_external_ip: async (_, { params, body }) => {
        await entered("vmm_delete_external_ip");
        this.#get(params.propolis_id).externalIps.delete(`${body.type} ${body.value}`);
      },
    };
  }

  #get(id: string): FakeVmm {
    const vmm = this.vmms.get(id);
    if (vmm === undefined) throw new HttpError(404, `no such VMM: ${id}`, { code: "NO_SUCH_INSTANCE" });
    return vmm;
  }

  #view({ state, gen, timeUpdated }: Pick<FakeVmm, "state" | "gen" | "timeUpdated">) {
    return { vmm_state: { state, gen, time_updated: timeUpdated }, migration_in: null, migration_out: null };
  }

  #move(id: string, vmm: FakeVmm, state: VmmWord): void {
    vmm.state = state;
    vmm.gen += 1;
    vmm.timeUpdated = new Date(this.#world.clock.now()).toISOString();
    if (this.reporting) this.#publish(id, vmm);
  }

  // The end of a VMM is told before the VMM is forgotten.
  #publish(id: string, vmm: FakeVmm): void {
    const ended = vmm.state === "destroyed" || vmm.state === "failed";
    const report = this.#report(id, this.#view(vmm)).finally(() => {
      if (ended) this.vmms.delete(id);
      this.#reports.delete(report);
    });
    this.#reports.add(report);
    report.catch(() => {});
  }
}
