/** Interfaces in sled-agents' words. */
import type { Kysely } from "kysely";
import type { Schemas } from "@racklet/sled-agent-client";
import type { NexusTables } from "../db/schema.ts";
import type { NicRow } from "../nic/create.ts";

type NetworkInterface = Schemas["NetworkInterface"];
type PrivateIpConfig = Schemas["PrivateIpConfig"];

export async function sledNics(db: Kysely<NexusTables>, nics: readonly NicRow[]): Promise<NetworkInterface[]> {
  if (nics.length === 0) return [];
  const subnets = await db
    .selectFrom("vpc_subnet")
    .innerJoin("vpc", "vpc.id", "vpc_subnet.vpc_id")
    .select(["vpc_subnet.id", "vpc_subnet.ipv4_block", "vpc_subnet.ipv6_block", "vpc.vni"])
    .where(
      "vpc_subnet.id",
      "in",
      nics.map((nic) => nic.subnet_id),
    )
    .execute();
  return nics.flatMap((nic) => {
    const subnet = subnets.find(({ id }) => id === nic.subnet_id);
    if (subnet === undefined) return [];
    return {
      id: nic.id,
      kind: { type: "instance" as const, id: nic.instance_id },
      name: nic.name,
      mac: nic.mac,
      vni: subnet.vni,
      slot: nic.slot,
      primary: nic.is_primary === 1,
      ip_config: ipConfig(nic, subnet),
    };
  });
}

function ipConfig(nic: NicRow, subnet: { readonly ipv4_block: string; readonly ipv6_block: string }): PrivateIpConfig {
  const v4 = nic.ipv4 !== null && {
    ip: nic.ipv4,
    subnet: subnet.ipv4_block,
    transit_ips: prefixes(nic.transit_ips_v4),
  };
  const v6 = nic.ipv6 !== null && {
    ip: nic.ipv6,
    subnet: subnet.ipv6_block,
    transit_ips: prefixes(nic.transit_ips_v6),
  };
  if (v4 && v6) return { type: "dual_stack", value: { v4, v6 } };
  if (v4) return { type: "v4", value: v4 };
  if (v6) return { type: "v6", value: v6 };
  throw new Error(`interface ${nic.id} has no address`);
}

/** The column is only written from a list of texts. */
const prefixes = (json: string): string[] => JSON.parse(json) as string[];
