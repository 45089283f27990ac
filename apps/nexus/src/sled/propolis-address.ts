import type { Transaction } from "kysely";
import { formatIpv6, ipToBigint } from "@racklet/net";
import type { NexusTables } from "../db/schema.ts";

const PROPOLIS_PORT = 12400;

/**
 * Where a VMM's propolis is to serve: in the sled's /64, at an address made of the propolis' id, so that no two share one.
 * A sled-agent may serve elsewhere; the address only says which VMM is meant.
 */
export async function propolisAddress(
  tx: Transaction<NexusTables>,
  sledId: string,
  propolisId: string,
): Promise<string> {
  const { underlay_address: underlay } = await tx
    .selectFrom("sled")
    .select("underlay_address")
    .where("id", "=", sledId)
    .executeTakeFirstOrThrow();
  const host = BigInt(`0x${propolisId.replaceAll("-", "").slice(0, 12)}`);
  const address = ((ipToBigint(underlay) >> 64n) << 64n) | host;
  return `[${formatIpv6(address)}]:${PROPOLIS_PORT}`;
}
