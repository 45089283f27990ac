/**
 * Resets across domains. Each domain resets as a whole or not at all, under its own lock; a failure does not keep the
 * others from being reset, and the last one is reported.
 */
import type { NeighborsApi } from "../neighbor/types.ts";
import type { PortsApi } from "../port/types.ts";
import type { RoutesApi } from "../route/types.ts";
import type { SubnetsApi } from "../subnet/types.ts";

export interface ResetDomains {
  readonly neighbors: { readonly arp: NeighborsApi; readonly ndp: NeighborsApi };
  readonly routes: { readonly ipv4: RoutesApi; readonly ipv6: RoutesApi };
  readonly ports: PortsApi;
  readonly subnets: SubnetsApi;
  readonly nat: { readonly entries: { resetAll(): Promise<void> } };
  readonly mcast: { resetAll(): Promise<void> };
}

/** Everything but loopbacks and the links themselves, which only lose their addresses. */
export function resetAll({ neighbors, routes, ports, subnets, nat, mcast }: ResetDomains): Promise<void> {
  return each([
    () => neighbors.arp.reset(),
    () => neighbors.ndp.reset(),
    () => routes.ipv4.reset(),
    () => routes.ipv6.reset(),
    () => mcast.resetAll(),
    () => nat.entries.resetAll(),
    () => subnets.reset(),
    () => ports.reset(),
  ]);
}

/** ARP, NDP, next hops and addresses of links that carry the tag; never NAT, multicast or subnets, which carry none. */
export function resetTagged({ neighbors, routes, ports }: ResetDomains, tag: string): Promise<void> {
  const domains = [neighbors.arp, neighbors.ndp, routes.ipv4, routes.ipv6, ports];
  return each(domains.map((domain) => () => domain.resetTag(tag)));
}

async function each(resets: readonly (() => Promise<void>)[]): Promise<void> {
  let failure: { readonly error: unknown } | undefined;
  for (const reset of resets) {
    try {
      await reset();
    } catch (error) {
      failure = { error };
    }
  }
  if (failure !== undefined) throw failure.error;
}
