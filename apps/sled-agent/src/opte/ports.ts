/**
 * The ports of the VMs of this sled, one per interface, from start to release, with what they share: routers and internet
 * gateways. All methods are synchronous, so nothing is ever seen half changed, and each happens completely or throws and
 * changes nothing.
 */
import { invalid } from "../errors.ts";
import { subnetsFor } from "./attached-subnets.ts";
import { modelEngine, type Engine } from "./engine.ts";
import { externalIpsIssue } from "./external-ips.ts";
import { portRulesFor, type FirewallRule } from "./firewall.ts";
import { gatewaysDiffer, type EipGateways } from "./gateways.ts";
import { applyAll, type Step } from "./journal.ts";
import { nicKey, planPort, type PortRequest } from "./port-plan.ts";
import {
  createSteps,
  externalIpSteps,
  firewallSteps,
  membershipSteps,
  routeSteps,
  subnetSteps,
  type StepContext,
} from "./port-steps.ts";
import { Routers, planRouteSets, type RouteSet } from "./routes.ts";
import type { AttachedSubnet, ExternalIps, Membership, Port } from "./types.ts";

interface Owned {
  readonly owner: string;
  readonly port: Port;
}

export class Ports {
  readonly engine: Engine;
  readonly routers: Routers;
  readonly #byName = new Map<string, Owned>();
  readonly #namesOf = new Map<string, readonly string[]>();
  readonly #nameOfNic = new Map<string, string>();
  readonly #context: StepContext;
  #gateways: EipGateways = new Map();
  #nextNumber = 0;

  constructor(engine: Engine = modelEngine(), routers: Routers = new Routers()) {
    this.engine = engine;
    this.routers = routers;
    this.#context = { engine, routers, gateways: () => this.#gateways, keep: (port) => this.#keep(port) };
  }

  /** Throws `invalid` for what an interface cannot have, and for an interface that has a port already. */
  create(request: PortRequest): readonly Port[] {
    const { owner, nics, names = [] } = request;
    if (this.#namesOf.has(owner)) throw new Error(`${owner} has ports already`);
    const keys = nics.map(nicKey);
    for (const [i, key] of keys.entries()) {
      const known = this.#nameOfNic.get(key);
      if (known !== undefined || keys.indexOf(key) !== i) {
        throw invalid(`interface ${nics[i]?.id} has a port already: ${known ?? "it is listed twice"}`);
      }
    }
    const plans = nics.map((nic) => planPort(nic, request));
    // A number that a failure leaves unused stays so.
    const ports = plans.map((plan, i) => ({ name: this.#nameFor(names[i]), ...plan }));
    applyAll(ports.flatMap((port) => createSteps(this.#context, port)));
    for (const port of ports) {
      this.#byName.set(port.name, { owner, port });
      this.#nameOfNic.set(nicKey(port.nic), port.name);
    }
    this.#namesOf.set(
      owner,
      ports.map(({ name }) => name),
    );
    return ports;
  }

  /** Throws `invalid` when the owner has no primary interface, or an address does not fit it. */
  setExternalIps(owner: string, externalIps: ExternalIps): void {
    const port = this.#primary(owner);
    const issue = externalIpsIssue(externalIps, port.nic.ips);
    if (issue !== null) throw invalid(issue);
    applyAll(externalIpSteps(this.#context, port, externalIps));
  }

  /** Those of a family that the interface has not are left out. Throws `invalid` without a primary interface. */
  setAttachedSubnets(owner: string, subnets: readonly AttachedSubnet[]): void {
    const port = this.#primary(owner);
    applyAll(subnetSteps(this.#context, port, subnetsFor(port.nic.ips, subnets)));
  }

  /** Throws `invalid` without a primary interface. */
  setMemberships(owner: string, memberships: readonly Membership[]): void {
    applyAll(membershipSteps(this.#context, this.#primary(owner), memberships));
  }

  /** Of every port in the VPC of this number. */
  setFirewallRules(vni: number, rules: readonly FirewallRule[]): void {
    const ports = this.#all().filter(({ nic }) => nic.vni === vni);
    applyAll(ports.flatMap((port) => firewallSteps(this.#context, port, portRulesFor(port.nic, rules))));
  }

  /** Throws `invalid` when one router is named twice. Sets of unknown routers and superseded ones do nothing. */
  setRoutes(sets: readonly RouteSet[]): void {
    const plans = planRouteSets(this.routers, sets);
    applyAll(plans.flatMap((plan) => routeSteps(this.#context, this.#all(), plan)));
  }

  /** Also for ports that are made later. */
  setGateways(gateways: EipGateways): void {
    const before = this.#gateways;
    const swap: Step = {
      apply: () => void (this.#gateways = gateways),
      undo: () => void (this.#gateways = before),
    };
    const changed = this.#all().filter(
      ({ nic }) => nic.kind.type === "instance" && gatewaysDiffer(nic.id, before, gateways),
    );
    applyAll([swap, ...changed.flatMap((port) => externalIpSteps(this.#context, port, port.externalIps, gateways))]);
  }

  get gateways(): EipGateways {
    return this.#gateways;
  }

  /** None when the owner has not started. */
  of(owner: string): readonly Port[] {
    return (this.#namesOf.get(owner) ?? []).flatMap((name) => this.#byName.get(name)?.port ?? []);
  }

  has(owner: string): boolean {
    return this.#namesOf.has(owner);
  }

  /** With its memberships, and its routers where it was the last to use them. Does nothing when the owner has none. */
  release(owner: string): void {
    for (const { name, nic, routers } of this.of(owner)) {
      this.engine.deletePort(name);
      for (const { id } of routers) this.routers.release(id);
      this.#byName.delete(name);
      this.#nameOfNic.delete(nicKey(nic));
    }
    this.#namesOf.delete(owner);
  }

  list(): readonly Owned[] {
    return [...this.#byName.values()];
  }

  get size(): number {
    return this.#byName.size;
  }

  #nameFor(given: string | undefined): string {
    const number = given === undefined ? this.#nextNumber : Number(given.slice("opte".length));
    this.#nextNumber = Math.max(this.#nextNumber, number + 1);
    return `opte${number}`;
  }

  #all(): Port[] {
    return [...this.#byName.values()].map(({ port }) => port);
  }

  #keep(port: Port): void {
    const known = this.#byName.get(port.name);
    if (known === undefined) throw new Error(`there is no port ${port.name}`);
    this.#byName.set(port.name, { ...known, port });
  }

  #primary(owner: string): Port {
    if (!this.has(owner)) throw new Error(`${owner} has no ports`);
    const primary = this.of(owner).find(({ nic }) => nic.isPrimary);
    if (primary === undefined) throw invalid("the VMM has no primary network interface");
    return primary;
  }
}
