/** Whether an instance may have one more external address: asked inside the transaction that gives it one. */
import type { Transaction } from "kysely";
import { literal } from "../db/literal.ts";
import type { NexusTables } from "../db/schema.ts";
import { invalidRequest, notFoundById, unavailable } from "../errors.ts";

/** What users may have, beside the source NAT block of an instance with an IPv4 stack. */
export const MAX_EXTERNAL_IPS_PER_INSTANCE = 32;

export interface AttachTarget {
  readonly instanceId: string;
  readonly ipVersion: "v4" | "v6";
  readonly kind: "ephemeral" | "floating";
  /** The instance's own create saga asks: then its state is still `creating`. */
  readonly creating: boolean;
}

export async function checkAttachable(tx: Transaction<NexusTables>, target: AttachTarget): Promise<void> {
  const { instanceId, ipVersion, kind, creating } = target;
  const instance = await tx
    .selectFrom("instance")
    .select(["state", "migration_id"])
    .where("id", "=", instanceId)
    .where("time_deleted", "is", null)
    .executeTakeFirst();
  if (instance === undefined) throw notFoundById("instance", instanceId);
  if (instance.migration_id !== null) {
    throw unavailable(
      `tried to attach ${kind} IP while instance was migrating: attach will be safe to retry once migrate completes`,
    );
  }
  const isSafe = instance.state === "vmm" || instance.state === "no_vmm" || (creating && instance.state === "creating");
  if (!isSafe) throw invalidRequest(`cannot attach ${kind} IP to instance in ${instance.state} state`);
  const { count } = await tx
    .selectFrom("external_ip")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("parent_id", "=", instanceId)
    .where("kind", "<>", "snat")
    .where("time_deleted", "is", null)
    .executeTakeFirstOrThrow();
  if (count >= MAX_EXTERNAL_IPS_PER_INSTANCE) {
    throw invalidRequest(`an instance may not have more than ${MAX_EXTERNAL_IPS_PER_INSTANCE} external IP addresses`);
  }
  const stack = await tx
    .selectFrom("network_interface")
    .select("id")
    .where("instance_id", "=", instanceId)
    .where("is_primary", "=", literal(1))
    .where("time_deleted", "is", null)
    .where(ipVersion === "v4" ? "ipv4" : "ipv6", "is not", null)
    .executeTakeFirst();
  if (stack === undefined) {
    throw invalidRequest(
      `The ${kind} external IP is an IP${ipVersion} address, but the instance with ID ${instanceId} does not have a ` +
        `primary network interface with a VPC-private IP${ipVersion} address. Add a VPC-private IP${ipVersion} address ` +
        "to the interface, or attach a different IP address",
    );
  }
}
