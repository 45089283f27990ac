/**
 * What a VMM has of the network: external addresses, attached subnets, multicast memberships. They can change before it
 * starts, when there are no ports yet: its ports are then made with them.
 */
import { invalid } from "../errors.ts";
import { externalIpsIssue } from "../opte/external-ips.ts";
import type { Ports } from "../opte/ports.ts";
import type { AttachedSubnet, ExternalIps, Membership, Port } from "../opte/types.ts";
import type { Change, VmmRequest } from "./types.ts";

/** As it was registered with, or has become since. */
export interface NetworkState {
  readonly externalIps: ExternalIps;
  readonly subnets: readonly AttachedSubnet[];
  readonly memberships: readonly Membership[];
  /** Its VM knows its ports by these. Undefined: it has none yet. */
  readonly portNames?: readonly string[] | undefined;
}

export class VmmNetwork {
  readonly #request: VmmRequest;
  readonly #ports: Ports;
  readonly #portNames: readonly string[] | undefined;
  #externalIps: ExternalIps;
  #subnets: readonly AttachedSubnet[];
  #memberships: readonly Membership[];

  /** `known`: from an earlier life. */
  constructor(request: VmmRequest, ports: Ports, known?: NetworkState) {
    this.#request = request;
    this.#ports = ports;
    this.#portNames = known?.portNames;
    this.#externalIps = known?.externalIps ?? request.externalIps;
    this.#subnets = known?.subnets ?? request.attachedSubnets;
    this.#memberships = known?.memberships ?? request.memberships;
  }

  get state(): NetworkState {
    const names = this.ports().map(({ name }) => name);
    return {
      externalIps: this.#externalIps,
      subnets: this.#subnets,
      memberships: this.#memberships,
      portNames: names.length > 0 ? names : this.#portNames,
    };
  }

  /** Throws `invalid` for what an interface cannot have, and for one that has a port already. */
  createPorts(): void {
    const { propolisId: owner, nics, mtu, firewallRules } = this.#request;
    this.#ports.create({
      owner,
      nics,
      names: this.#portNames,
      mtu,
      firewallRules,
      externalIps: this.#externalIps,
      attachedSubnets: this.#subnets,
      memberships: this.#memberships,
    });
  }

  ports(): readonly Port[] {
    return this.#ports.of(this.#request.propolisId);
  }

  /** Does nothing when there are none. */
  releasePorts(): void {
    this.#ports.release(this.#request.propolisId);
  }

  /** Throws `invalid`, having changed nothing, when the primary interface cannot have them. So do the others. */
  changeExternalIps(change: Change<ExternalIps>): void {
    const wanted = change(this.#externalIps);
    if (wanted === this.#externalIps) return;
    const issue = externalIpsIssue(wanted, this.#primary().ips);
    if (issue !== null) throw invalid(issue);
    if (this.#hasPorts()) this.#ports.setExternalIps(this.#request.propolisId, wanted);
    this.#externalIps = wanted;
  }

  changeSubnets(change: Change<readonly AttachedSubnet[]>): void {
    const wanted = change(this.#subnets);
    if (wanted === this.#subnets) return;
    this.#primary();
    if (this.#hasPorts()) this.#ports.setAttachedSubnets(this.#request.propolisId, wanted);
    this.#subnets = wanted;
  }

  changeMemberships(change: Change<readonly Membership[]>): void {
    const wanted = change(this.#memberships);
    if (wanted === this.#memberships) return;
    this.#primary();
    if (this.#hasPorts()) this.#ports.setMemberships(this.#request.propolisId, wanted);
    this.#memberships = wanted;
  }

  #hasPorts(): boolean {
    return this.#ports.has(this.#request.propolisId);
  }

  #primary(): Port["nic"] {
    const primary = this.#request.nics.find((nic) => nic.isPrimary);
    if (primary === undefined) throw invalid("the VMM has no primary network interface");
    return primary;
  }
}
