/** What switches and sleds hold for multicast, as people compare it, asked through the services' own clients. */
import { sledAgentClient } from "@racklet/sled-agent-client";
import type { RackAddresses } from "./rack.ts";

/** An external group on a switch: `224.1.2.3 → ff04::e001:203 at rear0,rear2 from any`. */
export async function groupsOn(rack: RackAddresses, switchName: string): Promise<string[]> {
  const ports = new Map<string, string>();
  const external: (readonly [ip: string, underlay: string, filter: string])[] = [];
  for await (const group of rack.dpdClient(switchName).pages.multicast_groups_list()) {
    if (group.kind === "underlay") {
      ports.set(
        group.group_ip,
        group.members
          .map(({ port_id: id }) => id)
          .sort()
          .join(),
      );
      continue;
    }
    const sources = group.sources?.map((source) => (source === "Any" ? "any" : source.Exact)) ?? ["any"];
    const underlay = group.internal_forwarding.nat_target?.internal_ip ?? "nowhere";
    external.push([group.group_ip, underlay, sources.sort().join()]);
  }
  const groups = external.map(
    ([ip, underlay, filter]) => `${ip} → ${underlay} at ${ports.get(underlay) || "no port"} from ${filter}`,
  );
  const alone = [...ports.keys()].filter((underlay) => !external.some(([, to]) => to === underlay));
  return [...groups, ...alone.map((underlay) => `${underlay} alone`)].sort();
}

export interface SledMulticast {
  /** `group → underlay`. */
  readonly m2p: readonly string[];
  /** The underlay groups that it forwards, each to one switch. */
  readonly forwarding: readonly string[];
  /** `{propolis id} {group} from {sources}`. */
  readonly subscriptions: readonly string[];
}

export async function multicastOnSled(url: string): Promise<SledMulticast> {
  const sled = sledAgentClient({ baseUrl: url });
  const [m2p, forwarding, subscriptions] = await Promise.all([
    sled.list_mcast_m2p(),
    sled.list_mcast_fwd(),
    fetch(`${url}/debug/opte/subscriptions`).then((response) => response.json() as Promise<Subscription[]>),
  ]);
  return {
    m2p: m2p.map(({ group, underlay }) => `${group} → ${underlay}`).sort(),
    forwarding: forwarding.map(({ underlay, next_hops: hops }) => `${underlay} by ${hops.length}`).sort(),
    subscriptions: subscriptions
      .map(({ propolis_id: id, group_ip: ip, filter }) => `${id} ${ip} from ${filter.sources.join() || "any"}`)
      .sort(),
  };
}

interface Subscription {
  readonly propolis_id: string;
  readonly group_ip: string;
  readonly filter: { readonly mode: string; readonly sources: readonly string[] };
}
