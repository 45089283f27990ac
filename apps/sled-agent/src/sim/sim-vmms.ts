/**
 * The VMMs of `--mode sim`: upstream's simulator, as Nexus' own tests use it. Nothing happens by itself; statuses, refusals
 * and what is forgotten of a registration are the simulator's.
 */
import type { VmmState } from "@racklet/api-types/sled-agent/latest";
import type { World } from "@racklet/world";
import { SledAgentError, invalid, noSuchInstance } from "../errors.ts";
import type { Nexus } from "../nexus/nexus.ts";
import { routersOf, type RouterId, type Routers } from "../opte/routes.ts";
import type { AttachedSubnet, ExternalIps, Membership } from "../opte/types.ts";
import { VMM_CAPACITY } from "../vmm/manager.ts";
import { Publisher } from "../vmm/publisher.ts";
import { isHalted, moveTo } from "../vmm/status.ts";
import type { Change, SeenVmm, StateRequest, VmmRequest, VmmStatus, Vmms } from "../vmm/types.ts";
import { migrateOut, poke, request, type Simulated } from "./changes.ts";

interface SimVmm {
  readonly id: string;
  readonly publisher: Publisher;
  readonly life: AbortController;
  simulated: Simulated;
  /** It has no ports, but its routers are known while it is. */
  readonly routers: readonly RouterId[];
  externalIps: ExternalIps;
  subnets: readonly AttachedSubnet[];
  memberships: readonly Membership[];
}

const MAX_CPUS = 16;
const MAX_QUEUED = 256;

export class SimVmms implements Vmms {
  readonly #vmms = new Map<string, SimVmm>();
  readonly #world: World;
  readonly #nexus: Pick<Nexus, "putVmmState">;
  readonly #routers: Routers;

  constructor(world: World, nexus: Pick<Nexus, "putVmmState">, routers: Routers) {
    this.#world = world;
    this.#nexus = nexus;
    this.#routers = routers;
  }

  /** Nothing is kept of what is only simulated. */
  resume(): void {}

  register({ propolisId, spec, nics, initial, migrationId }: VmmRequest): VmmStatus {
    if (spec.board.cpus > MAX_CPUS) {
      throw new SledAgentError("internal", `${spec.board.cpus} CPUs are more than ${MAX_CPUS}`);
    }
    if (initial.state !== "starting" && initial.state !== "migrating") {
      throw invalid(`vmm_runtime: a new VMM is starting or migrating, not ${initial.state}`);
    }
    const { timeUpdated } = initial;
    const status: VmmStatus = {
      ...initial,
      migrationIn: migrationId === undefined ? undefined : { migrationId, state: "pending", gen: 1, timeUpdated },
    };
    if (!this.#vmms.has(propolisId)) {
      if (this.#vmms.size >= VMM_CAPACITY) {
        throw new SledAgentError("insufficientCapacity", `the sled has ${VMM_CAPACITY} VMMs, which is its limit`);
      }
      const routers = nics.flatMap((nic) => routersOf(nic).map(({ id }) => id));
      const life = new AbortController();
      const publisher = new Publisher(propolisId, this.#nexus, this.#world, life.signal);
      this.#vmms.set(propolisId, {
        id: propolisId,
        publisher,
        life,
        simulated: { status, queue: [] },
        routers,
        externalIps: {},
        subnets: [],
        memberships: [],
      });
      for (const id of routers) this.#routers.retain(id);
    }
    return status;
  }

  async unregister(propolisId: string): Promise<VmmStatus | null> {
    const vmm = this.#vmms.get(propolisId);
    if (vmm === undefined) return null;
    this.#forget(vmm);
    return moveTo(vmm.simulated.status, "failed", this.#now());
  }

  async putState(propolisId: string, wanted: StateRequest): Promise<VmmStatus | null> {
    const vmm = this.#get(propolisId);
    vmm.simulated = request(vmm.simulated, wanted, this.#now());
    const { status } = vmm.simulated;
    if (isHalted(status)) this.#forget(vmm);
    return status;
  }

  getState(propolisId: string): VmmStatus {
    return this.#get(propolisId).simulated.status;
  }

  async changeExternalIps(propolisId: string, change: Change<ExternalIps>): Promise<void> {
    const vmm = this.#getOrFail(propolisId);
    vmm.externalIps = change(vmm.externalIps);
  }

  async changeSubnets(propolisId: string, change: Change<readonly AttachedSubnet[]>): Promise<void> {
    const vmm = this.#getOrFail(propolisId);
    try {
      vmm.subnets = change(vmm.subnets);
    } catch (error) {
      // The simulator has no code of its own for this.
      if (!(error instanceof SledAgentError) || error.kind !== "subnetAttached") throw error;
      throw new SledAgentError("conflict", error.message);
    }
  }

  async changeMemberships(propolisId: string, change: Change<readonly Membership[]>): Promise<void> {
    const vmm = this.#getOrFail(propolisId);
    vmm.memberships = change(vmm.memberships);
  }

  /** Shows everything that is queued. Does nothing to a VMM that is gone. */
  async poke(propolisId: string): Promise<void> {
    while (await this.pokeSingleStep(propolisId));
  }

  /** Shows the next change, and resolves when Nexus knows; false when there is none. */
  async pokeSingleStep(propolisId: string): Promise<boolean> {
    const vmm = this.#vmms.get(propolisId);
    const next = vmm && poke(vmm.simulated, this.#now());
    if (vmm === undefined || next === undefined) return false;
    vmm.simulated = next;
    vmm.publisher.publish(next.status);
    await vmm.publisher.drained();
    if (!isHalted(next.status)) return true;
    this.#forget(vmm);
    return false;
  }

  simulateMigrationSource(propolisId: string, migrationId: string, result: "success" | "failure"): void {
    const vmm = this.#get(propolisId);
    const next = migrateOut(vmm.simulated, migrationId, result);
    if (next.queue.length > MAX_QUEUED) {
      throw new SledAgentError("queueFull", `${vmm.simulated.queue.length} changes are queued: poke the VMM`);
    }
    vmm.simulated = next;
  }

  list(): readonly SeenVmm[] {
    return [...this.#vmms].map(([propolisId, { simulated }]) => ({
      propolisId,
      status: simulated.status,
      pid: undefined,
    }));
  }

  countByState(): ReadonlyMap<VmmState, number> {
    const counts = new Map<VmmState, number>();
    for (const { simulated } of this.#vmms.values()) {
      const { state } = simulated.status;
      counts.set(state, (counts.get(state) ?? 0) + 1);
    }
    return counts;
  }

  async close(): Promise<void> {
    for (const vmm of this.#vmms.values()) this.#forget(vmm);
  }

  #forget(vmm: SimVmm): void {
    vmm.life.abort();
    for (const id of vmm.routers) this.#routers.release(id);
    this.#vmms.delete(vmm.id);
  }

  #get(propolisId: string): SimVmm {
    const vmm = this.#vmms.get(propolisId);
    if (vmm === undefined) throw noSuchInstance(propolisId);
    return vmm;
  }

  // The simulator answers 500 here where a sled answers 404.
  #getOrFail(propolisId: string): SimVmm {
    const vmm = this.#vmms.get(propolisId);
    if (vmm === undefined) throw new SledAgentError("internal", `no VMM ${propolisId} is registered`);
    return vmm;
  }

  #now(): string {
    return new Date(this.#world.clock.now()).toISOString();
  }
}
