/** Which internet gateways the external addresses of interfaces are reached through: one map for the sled, replaced whole. */
import type { EngineExternalIps } from "./engine.ts";
import { FAMILIES, type ExternalIps, type Nic } from "./types.ts";

/** By interface, then by external address: gateway ids, each once, sorted. */
export type EipGateways = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/** What the engine is told: only instances' addresses have gateways. */
export function withGateways(
  nic: Pick<Nic, "id" | "kind">,
  addresses: ExternalIps,
  all: EipGateways,
): EngineExternalIps {
  const known = nic.kind.type === "instance" ? all.get(nic.id) : undefined;
  const gateways = new Map<string, readonly string[]>();
  for (const address of addressesOf(addresses)) {
    const ids = known?.get(address);
    if (ids !== undefined && ids.length > 0) gateways.set(address, ids);
  }
  return { addresses, gateways };
}

/** Both maps in the form of EipGateways. */
export function gatewaysDiffer(nicId: string, a: EipGateways, b: EipGateways): boolean {
  const [one, other] = [a.get(nicId) ?? new Map<string, readonly string[]>(), b.get(nicId) ?? new Map()];
  return one.size !== other.size || [...one].some(([ip, ids]) => ids.join() !== other.get(ip)?.join());
}

function addressesOf(externalIps: ExternalIps): string[] {
  return FAMILIES.flatMap((family) => {
    const { sourceNat, ephemeral, floating = [] } = externalIps[family] ?? {};
    return [sourceNat?.ip, ephemeral, ...floating].filter((ip) => ip !== undefined);
  });
}
