/** Subnets of a VPC. Their blocks never overlap, and the system router has a route to each. */
import type { Transaction } from "kysely";
import {
  formatIpNet,
  inPrefix,
  ipFromBigint,
  ipNetRange,
  ipRangesOverlap,
  ipToBigint,
  networkOf,
  parseIpNet,
  type IpNet,
} from "@racklet/net";
import type { NexusContext } from "../context.ts";
import { refusingSameName } from "../db/already-exists.ts";
import { changedIdentity, newIdentity, type IdentityChange, type NewIdentity } from "../db/identity.ts";
import { nowText } from "../db/now.ts";
import { paginate, type Paging } from "../db/paginate.ts";
import { requireLive } from "../db/require-live.ts";
import type { NexusTables, VpcSubnetTable, VpcTable } from "../db/schema.ts";
import { invalidRequest, unavailable } from "../errors.ts";
import type { Selector } from "../lookup/selector.ts";
import type { OpContext } from "../op-context.ts";
import { subnetRoute } from "./create.ts";
import { lookupRouter, lookupSubnet, lookupVpc, type InVpc, type VpcSelector } from "./lookup.ts";
import { renameInRules } from "./rename.ts";

/** Prefix lengths an IPv4 block may have. */
const IPV4_LENGTHS = { min: 8, max: 26 } as const;
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map(net);
const IPV6_ATTEMPTS = 16;

export interface SubnetSpec extends NewIdentity {
  readonly ipv4Block: string;
  /** A /64 of the VPC's prefix; a random free one when absent. */
  readonly ipv6Block?: string | null | undefined;
  readonly customRouter?: Selector | null | undefined;
}

export async function createSubnet(
  nexus: NexusContext,
  op: OpContext,
  selector: VpcSelector,
  spec: SubnetSpec,
): Promise<VpcSubnetTable> {
  const vpc = await lookupVpc(nexus, op, selector, "create_child");
  const customRouterId = await attachableRouter(nexus, op, vpc, spec.customRouter);
  const ipv4 = checkIpv4Block(spec.ipv4Block);
  const ipv6 = spec.ipv6Block == null ? undefined : checkIpv6Block(spec.ipv6Block, vpc.ipv6_prefix);
  const identity = newIdentity(nexus, spec);
  const work = nexus.store.transaction(async (tx) => {
    await requireLive(tx, "vpc", vpc.id);
    const blocks = await blocksOf(tx, vpc.id);
    if (customRouterId !== null) await requireLive(tx, "vpc_router", customRouterId);
    if (blocks.some((block) => overlap(block.ipv4, ipv4))) throw overlapping(ipv4);
    const subnet: VpcSubnetTable = {
      ...identity,
      vpc_id: vpc.id,
      ipv4_block: formatIpNet(ipv4),
      ipv6_block: formatIpNet(
        chooseIpv6(
          nexus,
          vpc,
          ipv6,
          blocks.map((block) => block.ipv6),
        ),
      ),
      custom_router_id: customRouterId,
    };
    await tx.insertInto("vpc_subnet").values(subnet).execute();
    await tx
      .insertInto("router_route")
      .values(subnetRoute(nexus, vpc.system_router_id, subnet.name))
      .execute();
    return subnet;
  });
  return refusingSameName("vpc-subnet", spec.name, work);
}

export async function listSubnets(
  nexus: NexusContext,
  op: OpContext,
  selector: VpcSelector,
  paging: Paging,
): Promise<VpcSubnetTable[]> {
  const vpc = await lookupVpc(nexus, op, selector, "list_children");
  const subnets = nexus.store.db
    .selectFrom("vpc_subnet")
    .selectAll()
    .where("vpc_id", "=", vpc.id)
    .where("time_deleted", "is", null);
  return paginate(subnets, paging).execute();
}

export interface SubnetChange extends IdentityChange {
  /** Null or absent: none, as upstream has it: an update without the router detaches it. */
  readonly customRouter?: Selector | null | undefined;
}

export async function updateSubnet(
  nexus: NexusContext,
  op: OpContext,
  selector: Selector,
  where: InVpc,
  change: SubnetChange,
): Promise<VpcSubnetTable> {
  const { subnet, vpc } = await lookupSubnet(nexus, op, selector, where, "modify");
  const columns = {
    ...changedIdentity(nexus, change),
    custom_router_id: await attachableRouter(nexus, op, vpc, change.customRouter),
  };
  const work = nexus.store.transaction(async (tx) => {
    if (columns.custom_router_id !== null) await requireLive(tx, "vpc_router", columns.custom_router_id);
    await tx.updateTable("vpc_subnet").set(columns).where("id", "=", subnet.id).execute();
    if (columns.name === undefined || columns.name === subnet.name) return;
    const { target, destination, name } = subnetRoute(nexus, vpc.system_router_id, columns.name);
    await routeOf(tx, vpc, subnet.name)
      .set({ target, destination, name, time_modified: columns.time_modified })
      .execute();
    await renameInRules(tx, vpc.id, { type: "subnet", from: subnet.name, to: columns.name });
  });
  await refusingSameName("vpc-subnet", change.name ?? subnet.name, work);
  return { ...subnet, ...columns };
}

/** With its system route; refused while it has network interfaces. */
export async function deleteSubnet(
  nexus: NexusContext,
  op: OpContext,
  selector: Selector,
  where: InVpc,
): Promise<void> {
  const { subnet, vpc } = await lookupSubnet(nexus, op, selector, where, "delete");
  const gone = { time_deleted: nowText(nexus) };
  await nexus.store.transaction(async (tx) => {
    const nic = await tx
      .selectFrom("network_interface")
      .select("id")
      .where("subnet_id", "=", subnet.id)
      .where("time_deleted", "is", null)
      .limit(1)
      .executeTakeFirst();
    if (nic !== undefined) {
      throw invalidRequest("VPC Subnet cannot be deleted while network interfaces in the subnet exist");
    }
    await tx.updateTable("vpc_subnet").set(gone).where("id", "=", subnet.id).execute();
    await routeOf(tx, vpc, subnet.name).set(gone).execute();
  });
}

function routeOf(tx: Transaction<NexusTables>, vpc: VpcTable, subnetName: string) {
  return tx
    .updateTable("router_route")
    .where("vpc_router_id", "=", vpc.system_router_id)
    .where("kind", "=", "vpc_subnet")
    .where("name", "=", subnetName)
    .where("time_deleted", "is", null);
}

async function attachableRouter(
  nexus: NexusContext,
  op: OpContext,
  vpc: VpcTable,
  selector: Selector | null | undefined,
): Promise<string | null> {
  if (selector == null) return null;
  const where = "id" in selector ? {} : { vpc: { id: vpc.id } };
  const { router } = await lookupRouter(nexus, op, selector, where, "read");
  if (router.vpc_id !== vpc.id) {
    throw invalidRequest("a router can only be attached to a subnet when both belong to the same VPC");
  }
  if (router.kind === "system") throw invalidRequest("cannot attach a system router to a VPC subnet");
  return router.id;
}

function checkIpv4Block(text: string): IpNet {
  const block = networkOf(net(text));
  if (!PRIVATE.some((range) => range.length <= block.length && inPrefix(block.address, range))) {
    throw invalidRequest("VPC Subnet IPv4 address ranges must be from a private range");
  }
  if (block.length < IPV4_LENGTHS.min || block.length > IPV4_LENGTHS.max) {
    throw invalidRequest(
      "VPC Subnet IPv4 address ranges must have prefix length between " +
        `${IPV4_LENGTHS.min} and ${IPV4_LENGTHS.max}, inclusive`,
    );
  }
  return block;
}

function checkIpv6Block(text: string, vpcPrefix: string): IpNet {
  const block = net(text);
  if (block.length !== 64 || !inPrefix(block.address, net(vpcPrefix))) {
    throw invalidRequest(
      `VPC Subnet IPv6 address range '${text}' is not valid for VPC with IPv6 prefix '${vpcPrefix}'`,
    );
  }
  return networkOf(block);
}

interface Blocks {
  readonly ipv4: IpNet;
  readonly ipv6: IpNet;
}

async function blocksOf(tx: Transaction<NexusTables>, vpcId: string): Promise<Blocks[]> {
  const rows = await tx
    .selectFrom("vpc_subnet")
    .select(["ipv4_block", "ipv6_block"])
    .where("vpc_id", "=", vpcId)
    .where("time_deleted", "is", null)
    .execute();
  return rows.map((row) => ({ ipv4: net(row.ipv4_block), ipv6: net(row.ipv6_block) }));
}

function chooseIpv6(nexus: NexusContext, vpc: VpcTable, asked: IpNet | undefined, taken: readonly IpNet[]): IpNet {
  const isFree = (block: IpNet) => taken.every((other) => !overlap(block, other));
  if (asked !== undefined) {
    if (!isFree(asked)) throw overlapping(asked);
    return asked;
  }
  const prefix = ipToBigint(net(vpc.ipv6_prefix).address);
  for (let attempt = 0; attempt < IPV6_ATTEMPTS; attempt++) {
    const number = BigInt(Math.floor(nexus.world.random.next() * 65536));
    const block = { address: ipFromBigint(6, prefix | (number << 64n)), length: 64 };
    if (isFree(block)) return block;
  }
  throw unavailable("Failed to find a free IPv6 range for the subnet; give one in the request");
}

const overlap = (a: IpNet, b: IpNet): boolean => ipRangesOverlap(ipNetRange(a), ipNetRange(b));
const overlapping = (block: IpNet) =>
  invalidRequest(`IP address range '${formatIpNet(block)}' conflicts with an existing subnet`);

/** Text that the request's schema or the database vouches for. */
function net(text: string): IpNet {
  const parsed = parseIpNet(text);
  if (parsed === null) throw invalidRequest(`\`${text}\` is not an IP network`);
  return parsed;
}
