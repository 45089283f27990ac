/**
 * A sled-agent as Nexus sees one: its real API, VMMs that do at once what they are told, and reports to Nexus. Faults are
 * switched on by the test.
 */
import { HttpError, serveApi, type Api, type Handlers, type Operations } from "@racklet/api-kit";
import { responseValidators } from "@racklet/api-types/gen/sled-agent.response-validators.js";
import { bodyValidators } from "@racklet/api-types/gen/sled-agent.validators.js";
import { sledAgentApi } from "@racklet/api-types/sled-agent/api";
import type { World } from "@racklet/world";

type VmmWord = "starting" | "running" | "stopping" | "rebooting" | "migrating" | "failed" | "destroyed";

export interface FakeMigration {
  readonly migration_id: string;
  readonly state: "pending" | "in_progress" | "failed" | "completed";
  readonly gen: number;
  readonly time_updated: string;
}

export interface FakeMapping {
  readonly virtual_ip: string;
  readonly virtual_mac: string;
  readonly physical_host_ip: string;
  readonly vni: number;
}

export interface FakeVmm {
  readonly instanceId: string;
  /** What was registered. */
  readonly body: Registration;
  state: VmmWord;
  gen: number;
  timeUpdated: string;
  /** `ephemeral 10.0.0.1`, those given to it live. */
  readonly externalIps: Set<string>;
  migrationIn: FakeMigration | null;
  migrationOut: FakeMigration | null;
}

/** The parts that tests look at. */
export interface Registration {
  readonly instance_id: string;
  readonly migration_id?: string | null;
  readonly propolis_addr: string;
  readonly vmm_runtime: { readonly gen: number; readonly state: string };
  readonly local_config: {
    readonly nics: readonly { readonly mac: string; readonly vni: number; readonly primary: boolean }[];
    readonly external_ips: unknown;
    readonly firewall_rules: readonly { readonly priority: number; readonly targets: readonly unknown[] }[];
    readonly hostname: string;
  };
  readonly vmm_spec: { readonly board: { readonly cpus: number; readonly memory_mb: number } };
}

export interface SledReport {
  (vmmId: string, body: object): Promise<void>;
}

type Served = Pick<
  (typeof sledAgentApi)["operations"],
  | "vmm_register"
  | "vmm_unregister"
  | "vmm_put_state"
  | "vmm_get_state"
  | "vmm_put_external_ip"
  | "vmm_delete_external_ip"
  | "list_v2p"
  | "set_v2p"
  | "del_v2p"
  | "vpc_firewall_rules_put"
>;

export class FakeSledAgent {
  readonly vmms = new Map<string, FakeVmm>();
  /** By network and address. */
  readonly v2p = new Map<string, FakeMapping>();
  /** What it was last told for each network. */
  readonly rules = new Map<number, readonly { readonly priority: number; readonly targets: readonly unknown[] }[]>();
  /** Operation ids, in the order in which they came. */
  readonly calls: string[] = [];
  /** Thrown instead of an answer, by operation id. */
  readonly broken = new Map<string, Error>();
  /** Awaited before anything is done, by operation id. */
  readonly gates = new Map<string, Promise<void>>();
  /** The connection breaks before they are heard, by operation id. */
  readonly cut = new Set<string>();
  /** No connection is accepted. */
  down = false;
  /** It knows only the first version of its API. */
  tooOld = false;
  /** Changes of state are reported to Nexus. */
  reporting = true;
  /** All of the rack, this one too: where the sources of migrations are. */
  peers: readonly FakeSledAgent[] = [];
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
      if (!this.tooOld || request.headers.get("api-version") === "1.0.0") {
        const response = await app.fetch(request);
        if (response.headers.get("x-cut") === null) return response;
        throw Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNRESET" } });
      }
      const message = `server does not support this API version: ${request.headers.get("api-version")}`;
      return Response.json({ request_id: "1", message }, { status: 400 });
    };
  }

  /** As a crash: whatever it had is gone, and nobody is told. */
  crash(): void {
    this.vmms.clear();
    this.v2p.clear();
    this.rules.clear();
  }

  /** Reports again, also what it kept to itself: that it does until Nexus has heard it. */
  speak(): void {
    this.reporting = true;
    for (const [id, vmm] of this.vmms) this.#publish(id, vmm);
  }

  /** The VM does this by itself. */
  change(vmmId: string, state: VmmWord): void {
    this.#move(vmmId, this.#known(vmmId), state);
  }

  /** One end of a migration comes this far, and its VM into this state. */
  migrate(vmmId: string, end: "in" | "out", migration: FakeMigration["state"], state: VmmWord): void {
    const vmm = this.#known(vmmId);
    if (isOver(vmm)) return;
    const field = end === "in" ? "migrationIn" : "migrationOut";
    const migration_id = vmm[field]?.migration_id ?? "";
    const gen = (vmm[field]?.gen ?? 1) + 1;
    vmm[field] = { migration_id, state: migration, gen, time_updated: new Date(this.#world.clock.now()).toISOString() };
    this.#move(vmmId, vmm, state);
  }

  #known(vmmId: string): FakeVmm {
    const vmm = this.vmms.get(vmmId);
    if (vmm === undefined) throw new Error(`the fake has no VMM ${vmmId}`);
    return vmm;
  }

  #findPeer(address: string): { sled: FakeSledAgent; id: string } | undefined {
    for (const sled of this.peers) {
      for (const [id, { body }] of sled.vmms) if (body.propolis_addr === address) return { sled, id };
    }
    return undefined;
  }

  /** The source is there: both ends begin, and go no further by themselves. It is not: the target fails. */
  #takeOver(id: string, vmm: FakeVmm, address: string): void {
    if (vmm.migrationIn?.state !== "pending") return;
    const source = this.#findPeer(address);
    if (source === undefined) return this.migrate(id, "in", "failed", "failed");
    this.migrate(id, "in", "in_progress", "migrating");
    const { migration_id } = vmm.migrationIn;
    const other = source.sled.#known(source.id);
    other.migrationOut = { migration_id, state: "pending", gen: 1, time_updated: vmm.timeUpdated };
    source.sled.migrate(source.id, "out", "in_progress", "migrating");
  }

  /** Resolves when every report that was begun has been answered. */
  async settled(): Promise<void> {
    while (this.#reports.size > 0) await Promise.allSettled(this.#reports);
  }

  #handlers(): Handlers<undefined, Served> {
    const entered = async (operation: keyof Served): Promise<void> => {
      this.calls.push(operation);
      await this.gates.get(operation);
      if (this.cut.has(operation)) throw new HttpError(500, "cut", { headers: [["x-cut", "1"]] });
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
          state: body.vmm_runtime.state === "migrating" ? "migrating" : "starting",
          gen: body.vmm_runtime.gen,
          timeUpdated: body.vmm_runtime.time_updated,
          externalIps: new Set(),
          migrationIn:
            body.migration_id == null
              ? null
              : {
                  migration_id: body.migration_id,
                  state: "pending",
                  gen: 1,
                  time_updated: body.vmm_runtime.time_updated,
                },
          migrationOut: null,
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
        if (isOver(vmm)) throw new HttpError(410, "Instance is terminating", { code: "NO_SUCH_INSTANCE" });
        switch (body.state.type) {
          case "running":
            if (vmm.state === "starting") this.#move(id, vmm, "running");
            return { updated_runtime: null };
          case "migration_target":
            this.#takeOver(id, vmm, body.state.value.src_propolis_addr);
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
      list_v2p: async () => {
        await entered("list_v2p");
        return [...this.v2p.values()];
      },
      set_v2p: async (_, { body }) => {
        await entered("set_v2p");
        this.v2p.set(`${body.vni} ${body.virtual_ip}`, body);
      },
      del_v2p: async (_, { body }) => {
        await entered("del_v2p");
        this.v2p.delete(`${body.vni} ${body.virtual_ip}`);
      },
      vpc_firewall_rules_put: async (_, { body }) => {
        await entered("vpc_firewall_rules_put");
        this.rules.set(body.vni, body.rules);
      },
    };
  }

  #get(id: string): FakeVmm {
    const vmm = this.vmms.get(id);
    if (vmm === undefined) throw new HttpError(404, `no such VMM: ${id}`, { code: "NO_SUCH_INSTANCE" });
    return vmm;
  }

  #view({ state, gen, timeUpdated, migrationIn, migrationOut }: FakeVmm) {
    return {
      vmm_state: { state, gen, time_updated: timeUpdated },
      migration_in: migrationIn,
      migration_out: migrationOut,
    };
  }

  #move(id: string, vmm: FakeVmm, state: VmmWord): void {
    if (isOver(vmm)) return;
    vmm.state = state;
    vmm.gen += 1;
    vmm.timeUpdated = new Date(this.#world.clock.now()).toISOString();
    if (this.reporting) this.#publish(id, vmm);
  }

  // The end of a VMM is told before the VMM is forgotten.
  #publish(id: string, vmm: FakeVmm): void {
    const ended = isOver(vmm);
    const report = this.#report(id, this.#view(vmm)).finally(() => {
      if (ended) this.vmms.delete(id);
      this.#reports.delete(report);
    });
    this.#reports.add(report);
    report.catch(() => {});
  }
}

const isOver = ({ state }: FakeVmm): boolean => state === "destroyed" || state === "failed";
