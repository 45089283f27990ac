/** Between the newest wire types and the domain's. */
import { HttpError, parseListenAddress } from "@racklet/api-kit";
import type {
  InstanceMigrateStatusResponse,
  InstanceSpec,
  InstanceStateMonitorResponse,
} from "@racklet/api-types/propolis/latest";
import type { EnsureRequestOf } from "@racklet/api-types/propolis/latest";
import { isIp } from "@racklet/net";
import type { SerialOffset } from "../serial/history.ts";
import type { VmInit } from "../vm/holder.ts";
import type { PublishedState } from "../vm/state-monitor.ts";

/** Throws HttpError 400 for a source that is no `ip:port`. */
export function initFromWire(init: EnsureRequestOf<InstanceSpec>["init"]): VmInit {
  if (init.method === "Spec") return { method: "Spec", spec: init.value.spec };
  const { migration_id: migrationId, src_addr: sourceAddr, replace_components: replaceComponents } = init.value;
  if (!isSocketAddress(sourceAddr)) {
    throw HttpError.badRequest(`unable to parse JSON body: init.value.src_addr: ${sourceAddr} is not an ip:port`);
  }
  return { method: "MigrationTarget", migrationId, sourceAddr, replaceComponents };
}

function isSocketAddress(text: string): boolean {
  try {
    return isIp(parseListenAddress(text).host);
  } catch {
    return false;
  }
}

export function monitorToWire(published: PublishedState): InstanceStateMonitorResponse {
  return { gen: published.gen, state: published.state, migration: migrationToWire(published) };
}

export function migrationToWire({ migrationIn, migrationOut }: PublishedState): InstanceMigrateStatusResponse {
  return { migration_in: migrationIn ?? null, migration_out: migrationOut ?? null };
}

interface OffsetQuery {
  readonly from_start: number | undefined;
  readonly most_recent: number | undefined;
}

/** Undefined unless exactly one is given. */
export function offsetFromWire({
  from_start: fromStart,
  most_recent: mostRecent,
}: OffsetQuery): SerialOffset | undefined {
  if ((fromStart === undefined) === (mostRecent === undefined)) return undefined;
  return fromStart === undefined ? { mostRecent: mostRecent ?? 0 } : { fromStart };
}

const DEFAULT_MAX_BYTES = 16 * 1024;

/** Throws HttpError 400 unless exactly one offset is given. */
export function historyRequestFromWire(query: OffsetQuery & { readonly max_bytes: number | undefined }): {
  offset: SerialOffset;
  maxBytes: number;
} {
  const offset = offsetFromWire(query);
  if (offset === undefined) {
    throw HttpError.badRequest("Exactly one of 'from_start' or 'most_recent' must be specified.");
  }
  return { offset, maxBytes: query.max_bytes ?? DEFAULT_MAX_BYTES };
}
