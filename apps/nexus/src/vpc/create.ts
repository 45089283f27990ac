/** A new VPC as one plan: itself, its system router with default routes, a subnet, an internet gateway and firewall rules. */
import type { Transaction } from "kysely";
import { GUEST_VNI_FIRST, VNI_MAX, ipNetRange, parseIpNet } from "@racklet/net";
import type { NexusContext } from "../context.ts";
import { newIdentity, type NewIdentity } from "../db/identity.ts";
import type {
  InternetGatewayTable,
  NexusTables,
  RouterRouteTable,
  VpcFirewallRuleTable,
  VpcRouterTable,
  VpcSubnetTable,
  VpcTable,
} from "../db/schema.ts";
import { invalidRequest, NexusError } from "../errors.ts";
import { DEFAULT_SUBNET_IPV4, defaultFirewallRules, type FirewallRuleSpec } from "./defaults.ts";

export interface VpcSpec extends NewIdentity {
  readonly dnsName: string;
  /** A /48 in fd00::/8; random when absent. */
  readonly ipv6Prefix?: string | null | undefined;
}

export interface VpcPlan {
  /** Its VNI is only a first choice: `insertVpc` takes another one if it is in use. */
  readonly vpc: VpcTable;
  readonly router: VpcRouterTable;
  readonly routes: readonly RouterRouteTable[];
  readonly subnet: VpcSubnetTable;
  readonly gateway: InternetGatewayTable;
  readonly rules: readonly VpcFirewallRuleTable[];
}

const VNI_ATTEMPTS = 32;

export function planVpc(nexus: NexusContext, projectId: string, spec: VpcSpec): VpcPlan {
  const identity = (name: string, description: string) => newIdentity(nexus, { name, description });
  const router = identity("system", "Routes are automatically added to this router as VPC subnets are created");
  const prefix = vpcPrefix(nexus, spec.ipv6Prefix);
  const vpc = {
    ...newIdentity(nexus, spec),
    project_id: projectId,
    system_router_id: router.id,
    vni: randomVni(nexus),
    ipv6_prefix: prefix,
    dns_name: spec.dnsName,
  };
  const subnet = {
    ...identity("default", `The default subnet for ${spec.name}`),
    vpc_id: vpc.id,
    ipv4_block: DEFAULT_SUBNET_IPV4,
    ipv6_block: prefix.replace("/48", "/64"),
    custom_router_id: null,
  };
  const defaultRoute = (name: string, net: string): RouterRouteTable => ({
    ...identity(name, "The default route of a vpc"),
    vpc_router_id: router.id,
    kind: "default",
    target: JSON.stringify({ type: "internet_gateway", value: "default" }),
    destination: JSON.stringify({ type: "ip_net", value: net }),
  });
  return {
    vpc,
    router: { ...router, vpc_id: vpc.id, kind: "system" },
    routes: [
      defaultRoute("default-v4", "0.0.0.0/0"),
      defaultRoute("default-v6", "::/0"),
      subnetRoute(nexus, router.id, subnet.name),
    ],
    subnet,
    gateway: { ...identity("default", "Automatically created default VPC gateway"), vpc_id: vpc.id },
    rules: defaultFirewallRules(spec.name).map((rule) => firewallRuleRow(nexus, vpc.id, rule)),
  };
}

/** The route that the system router has for each subnet of its VPC. */
export function subnetRoute(nexus: NexusContext, routerId: string, subnetName: string): RouterRouteTable {
  const subnet = JSON.stringify({ type: "subnet", value: subnetName });
  return {
    ...newIdentity(nexus, { name: subnetName, description: `VPC Subnet route for '${subnetName}'` }),
    vpc_router_id: routerId,
    kind: "vpc_subnet",
    target: subnet,
    destination: subnet,
  };
}

export function firewallRuleRow(nexus: NexusContext, vpcId: string, rule: FirewallRuleSpec): VpcFirewallRuleTable {
  const { status, direction, action, priority } = rule;
  return {
    ...newIdentity(nexus, rule),
    vpc_id: vpcId,
    status,
    direction,
    action,
    priority,
    targets: JSON.stringify(rule.targets),
    filters: JSON.stringify(rule.filters),
  };
}

export async function insertVpc(nexus: NexusContext, tx: Transaction<NexusTables>, plan: VpcPlan): Promise<VpcTable> {
  const vpc = { ...plan.vpc, vni: await freeVni(nexus, tx, plan.vpc.vni) };
  await tx.insertInto("vpc").values(vpc).execute();
  await tx.insertInto("vpc_router").values(plan.router).execute();
  await tx.insertInto("router_route").values(plan.routes).execute();
  await tx.insertInto("vpc_subnet").values(plan.subnet).execute();
  await tx.insertInto("internet_gateway").values(plan.gateway).execute();
  await tx.insertInto("vpc_firewall_rule").values(plan.rules).execute();
  return vpc;
}

async function freeVni(nexus: NexusContext, tx: Transaction<NexusTables>, first: number): Promise<number> {
  let vni = first;
  for (let attempt = 0; attempt < VNI_ATTEMPTS; attempt++) {
    const other = await tx
      .selectFrom("vpc")
      .select("id")
      .where("vni", "=", vni)
      .where("time_deleted", "is", null)
      .executeTakeFirst();
    if (other === undefined) return vni;
    vni = randomVni(nexus);
  }
  throw new NexusError("unavailable", `no free VNI found in ${VNI_ATTEMPTS} attempts`);
}

function randomVni(nexus: NexusContext): number {
  return GUEST_VNI_FIRST + Math.floor(nexus.world.random.next() * (VNI_MAX - GUEST_VNI_FIRST + 1));
}

function vpcPrefix(nexus: NexusContext, asked: string | null | undefined): string {
  if (asked == null) {
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = nexus.world.random.bytes(5);
    const group = (high: number, low: number) => (high * 256 + low).toString(16);
    const net = parseIpNet(`fd${a.toString(16).padStart(2, "0")}:${group(b, c)}:${group(d, e)}::/48`);
    if (net === null) throw new Error("a random prefix could not be written");
    return `${net.address}/48`;
  }
  const net = parseIpNet(asked);
  if (net === null || net.length !== 48 || !net.address.startsWith("fd") || ipNetRange(net).first !== net.address) {
    throw invalidRequest("VPC IPv6 address prefixes must be in the Unique Local Address range `fd00::/48` (RFD 4193)");
  }
  return `${net.address}/48`;
}
