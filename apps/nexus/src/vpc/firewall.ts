/** The firewall rules of a VPC: always replaced as a whole. */
import { formatL4PortRange, parseL4PortRange } from "@racklet/net";
import type { NexusContext } from "../context.ts";
import { nowText } from "../db/now.ts";
import { requireLive } from "../db/require-live.ts";
import type { VpcFirewallRuleTable } from "../db/schema.ts";
import { invalidRequest, invalidValue } from "../errors.ts";
import type { OpContext } from "../op-context.ts";
import { VPC_FIREWALL_RULES } from "../tasks/names.ts";
import { firewallRuleRow } from "./create.ts";
import type { FirewallRuleSpec } from "./defaults.ts";
import { lookupVpc, type VpcSelector } from "./lookup.ts";

/** Sorted by name. A VPC has at most 1,024: the request's schema says so. */
export async function listFirewallRules(
  nexus: NexusContext,
  op: OpContext,
  selector: VpcSelector,
): Promise<VpcFirewallRuleTable[]> {
  const vpc = await lookupVpc(nexus, op, selector, "read");
  return nexus.store.db
    .selectFrom("vpc_firewall_rule")
    .selectAll()
    .where("vpc_id", "=", vpc.id)
    .where("time_deleted", "is", null)
    .orderBy("name")
    .execute();
}

/** The new rules get new ids, as upstream gives them, and are on their way to the sleds. Sorted by name. */
export async function replaceFirewallRules(
  nexus: NexusContext,
  op: OpContext,
  selector: VpcSelector,
  specs: readonly FirewallRuleSpec[],
): Promise<VpcFirewallRuleTable[]> {
  const vpc = await lookupVpc(nexus, op, selector, "modify");
  const checked = checkRules(specs, vpc.name);
  const rows = checked.map((spec) => firewallRuleRow(nexus, vpc.id, spec)).sort((a, b) => (a.name < b.name ? -1 : 1));
  await nexus.store.transaction(async (tx) => {
    await requireLive(tx, "vpc", vpc.id);
    await tx
      .updateTable("vpc_firewall_rule")
      .set({ time_deleted: nowText(nexus) })
      .where("vpc_id", "=", vpc.id)
      .where("time_deleted", "is", null)
      .execute();
    // One by one: a statement with 1,024 rows would exceed what a database binds.
    for (const row of rows) await tx.insertInto("vpc_firewall_rule").values(row).execute();
  });
  nexus.tasks.activate(VPC_FIREWALL_RULES);
  return rows;
}

/** The rules with port ranges in their canonical form; throws what users are told when they may not be. */
export function checkRules(specs: readonly FirewallRuleSpec[], vpcName: string): FirewallRuleSpec[] {
  const names = specs.map(({ name }) => name);
  const twice = [...new Set(names.filter((name, i) => names.indexOf(name) !== i))].sort();
  if (twice.length > 0) {
    const list = twice.map((name) => `"${name}"`).join(", ");
    throw invalidValue("rules", `Rule names must be unique. Duplicates: [${list}]`);
  }
  return specs.map((spec) => checkRule(spec, vpcName));
}

function checkRule(spec: FirewallRuleSpec, vpcName: string): FirewallRuleSpec {
  const { hosts, ports, protocols } = spec.filters;
  if (spec.targets.some(({ type, value }) => type === "vpc" && value !== vpcName)) {
    throw invalidRequest("cross-VPC firewall target unsupported");
  }
  if (hosts?.some(({ type, value }) => type === "vpc" && value !== vpcName) === true) {
    throw invalidRequest("cross-VPC firewall host filter unsupported");
  }
  for (const protocol of protocols ?? []) {
    if ("value" in protocol && protocol.value?.code != null) checkCode(protocol.value.code);
  }
  return {
    ...spec,
    filters: { hosts: hosts ?? null, ports: ports?.map(canonicalPorts) ?? null, protocols: protocols ?? null },
  };
}

const BACKWARDS = "range has larger start value than end value";

function canonicalPorts(text: string): string {
  const [first = "", last = first] = text.split("-");
  if (Number(first) > Number(last)) throw invalidValue("l4_port_range", BACKWARDS);
  const range = parseL4PortRange(text);
  if (range === null) {
    throw invalidValue("ports", `\`${text}\` is not a port or a range of ports from 1 to 65535, first to last`);
  }
  return formatL4PortRange(range);
}

function checkCode(text: string): void {
  const [first = "", last = first] = text.split("-");
  if (Number(first) > 255 || Number(last) > 255) throw invalidValue("code", `\`${text}\` is not within 0 and 255`);
  if (Number(first) > Number(last)) throw invalidValue("code", BACKWARDS);
}
