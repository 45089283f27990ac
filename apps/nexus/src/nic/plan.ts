/** What interface is to be made, with its VPC and subnet found: decided before anything is made. */
import type { NexusContext } from "../context.ts";
import type { NetworkInterfaceTable, VpcSubnetTable } from "../db/schema.ts";
import { invalidRequest, notFoundByName } from "../errors.ts";
import { checkTransitIps } from "./transit-ips.ts";

export type AddressChoice = { readonly type: "auto" } | { readonly type: "explicit"; readonly value: string };

export interface StackRequest {
  readonly ip: AddressChoice;
  readonly transitIps: readonly string[];
}

export interface NicRequest {
  readonly name: string;
  readonly description: string;
  readonly vpcName: string;
  readonly subnetName: string;
  /** At least one. */
  readonly v4: StackRequest | null;
  readonly v6: StackRequest | null;
}

export interface NicPlan extends NicRequest {
  readonly id: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly ipv4Block: string;
  readonly ipv6Block: string;
}

export const MAX_NICS = 8;
export const MAX_NICS_MESSAGE = `An instance may not have more than ${MAX_NICS} network interfaces`;

const AUTO: StackRequest = { ip: { type: "auto" }, transitIps: [] };

export function defaultNic(instanceName: string, stack: "v4" | "v6" | "dual"): NicRequest {
  return {
    name: "net0",
    description: `default primary interface for ${instanceName}`,
    vpcName: "default",
    subnetName: "default",
    v4: stack === "v6" ? null : AUTO,
    v6: stack === "v4" ? null : AUTO,
  };
}

/** Throws object-not-found for the VPC or subnet, invalid-request for more than one VPC or one subnet twice. */
export async function planNics(
  nexus: NexusContext,
  projectId: string,
  requests: readonly NicRequest[],
): Promise<NicPlan[]> {
  const plans: NicPlan[] = [];
  for (const request of requests) plans.push(await planNic(nexus, projectId, request));
  checkTogether(plans.map((plan) => ({ vpc_id: plan.vpcId, subnet_id: plan.subnetId })));
  const names = new Set(plans.map((plan) => plan.name));
  if (names.size !== plans.length) throw invalidRequest("two network interfaces have the same name");
  return plans;
}

async function planNic(nexus: NexusContext, projectId: string, request: NicRequest): Promise<NicPlan> {
  for (const stack of [request.v4, request.v6]) checkTransitIps(stack?.transitIps ?? []);
  const { db } = nexus.store;
  const vpc = await db
    .selectFrom("vpc")
    .select("id")
    .where("project_id", "=", projectId)
    .where("name", "=", request.vpcName)
    .where("time_deleted", "is", null)
    .executeTakeFirst();
  if (vpc === undefined) throw notFoundByName("vpc", request.vpcName);
  const subnet: Pick<VpcSubnetTable, "id" | "ipv4_block" | "ipv6_block"> | undefined = await db
    .selectFrom("vpc_subnet")
    .select(["id", "ipv4_block", "ipv6_block"])
    .where("vpc_id", "=", vpc.id)
    .where("name", "=", request.subnetName)
    .where("time_deleted", "is", null)
    .executeTakeFirst();
  if (subnet === undefined) throw notFoundByName("vpc-subnet", request.subnetName);
  return {
    ...request,
    id: nexus.world.ids.uuid(),
    vpcId: vpc.id,
    subnetId: subnet.id,
    ipv4Block: subnet.ipv4_block,
    ipv6Block: subnet.ipv6_block,
  };
}

/** The interfaces of one instance are in one VPC, each in a subnet of its own. */
export function checkTogether(nics: readonly Pick<NetworkInterfaceTable, "vpc_id" | "subnet_id">[]): void {
  if (new Set(nics.map((nic) => nic.vpc_id)).size > 1) {
    throw invalidRequest("All interfaces must be in the same VPC: networking may not span multiple VPCs");
  }
  if (new Set(nics.map((nic) => nic.subnet_id)).size !== nics.length) {
    throw invalidRequest("Each interface for an instance must be in a distinct VPC Subnet");
  }
}
