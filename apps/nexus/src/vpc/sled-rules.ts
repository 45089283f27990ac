/** The firewall rules that each sled should have for each VPC, and those that each of its VMMs should have in them. */
import type { Kysely } from "kysely";
import type { Schemas } from "@racklet/sled-agent-client";
import { literal } from "../db/literal.ts";
import type { NexusTables, VmmState } from "../db/schema.ts";
import { sledNics } from "../instance/sled-nics.ts";
import type { NicRow } from "../nic/create.ts";
import type { SledPeer } from "../peers/sled-agent.ts";
import { digestOf } from "../sled/applied.ts";
import { resolveVpcRules, rulesFor, type VpcRule } from "./resolve-firewall.ts";

type Db = Kysely<NexusTables>;
type NetworkInterface = Schemas["NetworkInterface"];

export interface VmmRules {
  readonly vmmId: string;
  readonly digest: string;
  /** Ports are made when the VMM starts: until then what it was registered with counts, not what the sled is told. */
  readonly hasPorts: boolean;
}

export interface SledRules {
  readonly sled: SledPeer;
  readonly vpcId: string;
  readonly vni: number;
  /** For all ports of the VPC on the sled. */
  readonly rules: Schemas["ResolvedVpcFirewallRule"][];
  readonly vmms: readonly VmmRules[];
}

/** VMMs whose sled-agents may have ports for them, or be about to. */
const REGISTERED = ["starting", "running", "rebooting", "migrating", "stopping"] as const satisfies readonly VmmState[];
const WITH_PORTS: ReadonlySet<VmmState> = new Set(["running", "rebooting", "stopping"]);

export async function desiredSledRules(db: Db): Promise<SledRules[]> {
  const rows = await portRows(db);
  const wanted: SledRules[] = [];
  for (const [vpcId, ofVpc] of Map.groupBy(rows, ({ vpc_id }) => vpc_id)) {
    const rules = await resolveVpcRules(db, vpcId);
    const nics = new Map((await sledNics(db, ofVpc)).map((nic) => [nic.id, nic]));
    for (const ofSled of Map.groupBy(ofVpc, ({ sledId }) => sledId).values()) wanted.push(onSled(rules, ofSled, nics));
  }
  return wanted;
}

type PortRow = Awaited<ReturnType<typeof portRows>>[number];

function onSled(rules: readonly VpcRule[], rows: PortRow[], nics: ReadonlyMap<string, NetworkInterface>): SledRules {
  const [first] = rows;
  if (first === undefined) throw new Error("a sled without interfaces was asked for");
  const own = (some: readonly NicRow[]) => some.flatMap(({ id }) => nics.get(id) ?? []);
  const vmms = [...Map.groupBy(rows, ({ vmmId }) => vmmId)].map(([vmmId, ofVmm]) => ({
    vmmId,
    digest: digestOf(rulesFor(rules, ofVmm, own(ofVmm))),
    hasPorts: ofVmm.every(({ vmmState }) => WITH_PORTS.has(vmmState)),
  }));
  return {
    sled: { id: first.sledId, sled_agent_address: first.sledAgentAddress },
    vpcId: first.vpc_id,
    vni: first.vni,
    // Without targets a rule is for every port of the VPC, which says it shorter than naming them all.
    rules: rules.flatMap((rule) =>
      rule.isForAll ? [{ ...rule.rule, targets: [] }] : rulesFor([rule], rows, own(rows)),
    ),
    vmms,
  };
}

function portRows(db: Db) {
  return db
    .selectFrom("vmm")
    .innerJoin("sled", "sled.id", "vmm.sled_id")
    .innerJoin("network_interface as nic", "nic.instance_id", "vmm.instance_id")
    .innerJoin("vpc", "vpc.id", "nic.vpc_id")
    .selectAll("nic")
    .select([
      "vmm.id as vmmId",
      "vmm.state as vmmState",
      "sled.id as sledId",
      "sled.sled_agent_address as sledAgentAddress",
      "vpc.vni",
    ])
    .where("vmm.time_deleted", "is", null)
    .where("vmm.state", "in", REGISTERED)
    .where("nic.time_deleted", "is", null)
    .where("sled.policy", "=", "in_service")
    .where("sled.state", "=", literal("active"))
    .orderBy("vmm.id")
    .orderBy("nic.slot")
    .execute();
}
