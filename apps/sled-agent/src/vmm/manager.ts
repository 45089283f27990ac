/** The VMMs of this sled, by id. */
import type { VmmState } from "@racklet/api-types/sled-agent/latest";
import { SledAgentError, invalid, noSuchInstance } from "../errors.ts";
import type { AttachedSubnet, ExternalIps, Membership } from "../opte/types.ts";
import type { VmmRecord } from "./records.ts";
import type { Change, SeenVmm, StateRequest, VmmRequest, VmmStatus, Vmms } from "./types.ts";
import { checkRequest } from "./validate.ts";
import { Vmm, type VmmDependencies } from "./vmm.ts";

/** More than any sled has memory for; keeps a mistaken client from filling this process. */
export const VMM_CAPACITY = 16_384;

export class VmmManager implements Vmms {
  readonly #deps: VmmDependencies;
  readonly #vmms = new Map<string, Vmm>();
  #isClosed = false;

  constructor(deps: VmmDependencies) {
    this.#deps = deps;
  }

  register(request: VmmRequest): VmmStatus {
    const { propolisId, instanceId } = request;
    const known = this.#vmms.get(propolisId);
    if (known !== undefined) {
      if (known.request.instanceId !== instanceId) {
        throw invalid(`VMM ${propolisId} belongs to instance ${known.request.instanceId}, not ${instanceId}`);
      }
      if (known.isEnding) throw new SledAgentError("instanceGone", "Instance is terminating");
      return known.status;
    }
    checkRequest(request);
    if (this.#vmms.size >= VMM_CAPACITY) {
      throw new SledAgentError("insufficientCapacity", `the sled has ${VMM_CAPACITY} VMMs, which is its limit`);
    }
    return this.#add(request).status;
  }

  /** Those that still run are driven on, of the others Nexus is told. */
  resume(): void {
    for (const record of this.#deps.records.list()) this.#add(record.request, record).resume();
  }

  async unregister(propolisId: string): Promise<VmmStatus | null> {
    return (await this.#vmms.get(propolisId)?.unregister()) ?? null;
  }

  async putState(propolisId: string, request: StateRequest): Promise<VmmStatus | null> {
    return this.#get(propolisId).putState(request);
  }

  getState(propolisId: string): VmmStatus {
    return this.#get(propolisId).status;
  }

  async changeExternalIps(propolisId: string, change: Change<ExternalIps>): Promise<void> {
    return this.#get(propolisId).changeNetwork((network) => network.changeExternalIps(change));
  }

  async changeSubnets(propolisId: string, change: Change<readonly AttachedSubnet[]>): Promise<void> {
    return this.#get(propolisId).changeNetwork((network) => network.changeSubnets(change));
  }

  async changeMemberships(propolisId: string, change: Change<readonly Membership[]>): Promise<void> {
    return this.#get(propolisId).changeNetwork((network) => network.changeMemberships(change));
  }

  list(): readonly SeenVmm[] {
    return [...this.#vmms].map(([propolisId, { status, pid }]) => ({ propolisId, status, pid }));
  }

  countByState(): ReadonlyMap<VmmState, number> {
    const counts = new Map<VmmState, number>();
    for (const { status } of this.#vmms.values()) counts.set(status.state, (counts.get(status.state) ?? 0) + 1);
    return counts;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.all([...this.#vmms.values()].map((vmm) => vmm.abandon()));
  }

  #add(request: VmmRequest, record?: VmmRecord): Vmm {
    const { propolisId } = request;
    const vmm = new Vmm(request, this.#deps, () => this.#vmms.delete(propolisId), record);
    this.#vmms.set(propolisId, vmm);
    return vmm;
  }

  #get(propolisId: string): Vmm {
    const vmm = this.#vmms.get(propolisId);
    if (vmm === undefined) throw noSuchInstance(propolisId);
    return vmm;
  }
}
