/** Firewall rules with their names resolved, for ports: the rules that concern their interfaces. */
import type { Kysely } from "kysely";
import { inPrefix, parseIpNet } from "@racklet/net";
import type { Schemas } from "@racklet/sled-agent-client";
import type { NexusTables } from "../db/schema.ts";
import type { NicRow } from "../nic/create.ts";

type Db = Kysely<NexusTables>;
type FirewallRule = Schemas["ResolvedVpcFirewallRule"];
type NetworkInterface = Schemas["NetworkInterface"];

/** As the newest external API has them, which is how the columns keep them. */
interface Named {
  readonly type: "vpc" | "subnet" | "instance" | "ip" | "ip_net" | "internet_gateway";
  readonly value: string;
}

interface Filters {
  readonly hosts?: readonly Named[] | null;
  readonly ports?: string[] | null;
  readonly protocols?: NonNullable<FirewallRule["filter_protocols"]> | null;
}

/** A rule of a VPC with its names resolved, before it is known whose interfaces it is wanted for. */
export interface VpcRule {
  /** Every interface of the VPC, whatever comes to it later. */
  readonly isForAll: boolean;
  readonly concerns: (nic: NicRow) => boolean;
  readonly rule: Omit<FirewallRule, "targets">;
}

/** A rule none of whose targets is an interface of the instance is left out, as is one whose host filter names nothing that exists. */
export async function resolveFirewallRules(
  db: Db,
  rows: readonly NicRow[],
  nics: readonly NetworkInterface[],
): Promise<FirewallRule[]> {
  const vpcId = rows[0]?.vpc_id;
  return vpcId === undefined ? [] : rulesFor(await resolveVpcRules(db, vpcId), rows, nics);
}

/** The rules that concern the interfaces, each with those it concerns. `rows` and `nics` are the same ones. */
export function rulesFor(
  rules: readonly VpcRule[],
  rows: readonly NicRow[],
  nics: readonly NetworkInterface[],
): FirewallRule[] {
  return rules.flatMap(({ concerns, rule }) => {
    const ids = new Set(rows.filter(concerns).map(({ id }) => id));
    return ids.size === 0 ? [] : [{ ...rule, targets: nics.filter(({ id }) => ids.has(id)) }];
  });
}

/** In the order in which they are tried. */
export async function resolveVpcRules(db: Db, vpcId: string): Promise<VpcRule[]> {
  const rules = await db
    .selectFrom("vpc_firewall_rule")
    .selectAll()
    .where("vpc_id", "=", vpcId)
    .where("time_deleted", "is", null)
    .orderBy("priority")
    .orderBy("name")
    .execute();
  const resolved: VpcRule[] = [];
  for (const rule of rules) {
    // The columns are only written from validated bodies.
    const targets = JSON.parse(rule.targets) as Named[];
    const filters = JSON.parse(rule.filters) as Filters;
    const hosts = filters.hosts == null ? null : await resolveHosts(db, vpcId, filters.hosts);
    if (hosts !== null && hosts.length === 0) continue;
    const matchers = await Promise.all(targets.map((target) => matcher(db, vpcId, target)));
    resolved.push({
      isForAll: targets.some(({ type }) => type === "vpc"),
      concerns: (nic) => matchers.some((matches) => matches(nic)),
      rule: {
        status: rule.status,
        direction: rule.direction,
        action: rule.action,
        priority: rule.priority,
        filter_hosts: hosts,
        filter_ports: filters.ports ?? null,
        filter_protocols: filters.protocols ?? null,
      },
    });
  }
  return resolved;
}

async function matcher(db: Db, vpcId: string, { type, value }: Named): Promise<(nic: NicRow) => boolean> {
  const hasIp = (test: (ip: string) => boolean) => (nic: NicRow) =>
    [nic.ipv4, nic.ipv6].some((ip) => ip !== null && test(ip));
  switch (type) {
    case "vpc":
      return () => true;
    case "subnet": {
      const subnet = await findSubnet(db, vpcId, value);
      return (nic) => nic.subnet_id === subnet?.id;
    }
    case "instance": {
      const interfaces = await instanceInterfaces(db, vpcId, value);
      const ids = new Set(interfaces.map(({ id }) => id));
      return (nic) => ids.has(nic.id);
    }
    case "ip":
      return hasIp((ip) => ip === value);
    case "ip_net": {
      const net = parseIpNet(value);
      return hasIp((ip) => net !== null && inPrefix(ip, net));
    }
    case "internet_gateway":
      return () => false;
  }
}

async function resolveHosts(
  db: Db,
  vpcId: string,
  hosts: readonly Named[],
): Promise<NonNullable<FirewallRule["filter_hosts"]>> {
  const resolved: NonNullable<FirewallRule["filter_hosts"]> = [];
  const addNets = (nets: readonly string[]) => nets.forEach((value) => resolved.push({ type: "ip", value }));
  for (const { type, value } of hosts) {
    switch (type) {
      case "vpc": {
        const vpc = await findVpcBeside(db, vpcId, value);
        if (vpc !== undefined) resolved.push({ type: "vpc", value: vpc.vni });
        break;
      }
      case "subnet": {
        const subnet = await findSubnet(db, vpcId, value);
        if (subnet !== undefined) addNets([subnet.ipv4_block, subnet.ipv6_block]);
        break;
      }
      case "instance":
        for (const { ipv4, ipv6 } of await instanceInterfaces(db, vpcId, value)) {
          addNets([...(ipv4 === null ? [] : [`${ipv4}/32`]), ...(ipv6 === null ? [] : [`${ipv6}/128`])]);
        }
        break;
      case "ip":
        addNets([value.includes(":") ? `${value}/128` : `${value}/32`]);
        break;
      case "ip_net":
        addNets([value]);
        break;
      case "internet_gateway":
        break;
    }
  }
  const unique = new Map(resolved.map((host) => [JSON.stringify(host), host]));
  return [...unique.values()];
}

/** Rules name VPCs of their own project. */
function findVpcBeside(db: Db, vpcId: string, name: string) {
  return db
    .selectFrom("vpc")
    .select("vpc.vni")
    .where("vpc.name", "=", name)
    .where("vpc.time_deleted", "is", null)
    .where("vpc.project_id", "=", (eb) =>
      eb.selectFrom("vpc as own").select("own.project_id").where("own.id", "=", vpcId),
    )
    .executeTakeFirst();
}

function findSubnet(db: Db, vpcId: string, name: string) {
  return db
    .selectFrom("vpc_subnet")
    .select(["id", "ipv4_block", "ipv6_block"])
    .where("vpc_id", "=", vpcId)
    .where("name", "=", name)
    .where("time_deleted", "is", null)
    .executeTakeFirst();
}

function instanceInterfaces(db: Db, vpcId: string, instanceName: string) {
  return db
    .selectFrom("network_interface as nic")
    .innerJoin("instance", "instance.id", "nic.instance_id")
    .select(["nic.id", "nic.ipv4", "nic.ipv6"])
    .where("nic.vpc_id", "=", vpcId)
    .where("nic.time_deleted", "is", null)
    .where("instance.name", "=", instanceName)
    .where("instance.time_deleted", "is", null)
    .execute();
}
