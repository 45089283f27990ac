/**
 * The ports of the VMs of this sled: one per interface, from start to release. All methods are synchronous and either
 * happen completely or throw and change nothing.
 */
import { ipNetRange, nextIp, parseIpNet } from "@racklet/net";
import { invalid } from "../errors.ts";
import { externalIpsIssue } from "./external-ips.ts";
import type { ExternalIps, FamilyPrivateIp, Gateway, Nic, Port } from "./types.ts";

/** Every OPTE gateway has this address. */
const GATEWAY_MAC = "A8:40:25:FF:77:77";

export interface PortRequest {
  /** Whose ports these are; a second request for the same owner is refused. */
  readonly owner: string;
  readonly nics: readonly Nic[];
  /** Given to the primary interface only. */
  readonly externalIps: ExternalIps;
  readonly mtu?: number | undefined;
}

export class Ports {
  readonly #byOwner = new Map<string, readonly Port[]>();
  #nextNumber = 0;

  /** Throws `invalid` for addresses an interface cannot have. */
  create({ owner, nics, externalIps, mtu }: PortRequest): readonly Port[] {
    if (this.#byOwner.has(owner)) throw new Error(`${owner} has ports already`);
    const plans = nics.map((nic) => planPort(nic, nic.isPrimary ? externalIps : {}, nic.isPrimary ? mtu : undefined));
    const ports = plans.map((plan) => ({ name: `opte${this.#nextNumber++}`, ...plan }));
    this.#byOwner.set(owner, ports);
    return ports;
  }

  /** Throws `invalid` when the owner has no primary interface, or an address does not fit it. */
  setExternalIps(owner: string, externalIps: ExternalIps): void {
    const ports = this.#byOwner.get(owner);
    if (ports === undefined) throw new Error(`${owner} has no ports`);
    const primary = ports.find(({ nic }) => nic.isPrimary);
    if (primary === undefined) throw invalid("the VMM has no primary network interface");
    const changed = { ...primary, ...planPort(primary.nic, externalIps, primary.mtu) };
    this.#byOwner.set(
      owner,
      ports.map((port) => (port === primary ? changed : port)),
    );
  }

  /** None when the owner has not started. */
  of(owner: string): readonly Port[] {
    return this.#byOwner.get(owner) ?? [];
  }

  has(owner: string): boolean {
    return this.#byOwner.has(owner);
  }

  /** Does nothing when the owner has none. */
  release(owner: string): void {
    this.#byOwner.delete(owner);
  }

  list(): { readonly owner: string; readonly port: Port }[] {
    return [...this.#byOwner].flatMap(([owner, ports]) => ports.map((port) => ({ owner, port })));
  }

  get size(): number {
    return [...this.#byOwner.values()].reduce((sum, ports) => sum + ports.length, 0);
  }
}

function planPort(nic: Nic, externalIps: ExternalIps, mtu: number | undefined): Omit<Port, "name"> {
  const issue = externalIpsIssue(externalIps, nic.ips);
  if (issue !== null) throw invalid(issue);
  return { nic, gateway: gatewayOf(nic), externalIps, mtu };
}

function gatewayOf({ ips: { v4, v6 } }: Nic): Gateway {
  return { mac: GATEWAY_MAC, v4: v4 && firstUsable(v4), v6: v6 && firstUsable(v6) };
}

/** The gateway has the first address after that of the subnet itself. */
function firstUsable({ subnet }: FamilyPrivateIp): string {
  const net = parseIpNet(subnet);
  const first = net === null ? null : nextIp(ipNetRange(net).first);
  if (first === null) throw invalid(`${subnet} has no address for a gateway`);
  return first;
}
