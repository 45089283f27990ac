/** Which pool an address comes from. */
import { HttpError } from "@racklet/api-kit/errors";
import { s, type Infer } from "@racklet/api-kit/schema";
import { IpVersion, NameOrId } from "../common.ts";

export const PoolSelector = s.named(
  "PoolSelector",
  s.oneOf([
    s.object({ pool: NameOrId, type: s.literal("explicit") }),
    s.object({ ip_version: s.nullish(IpVersion), type: s.literal("auto") }),
  ]),
  "A pool by name or id, or the silo's default pool (of the given IP version, where there are two).",
);
export type PoolSelector = Infer<typeof PoolSelector>;

/** The choice of those who name a pool, or an IP version, or neither. */
export function poolSelectorUp(
  pool: Infer<typeof NameOrId> | null | undefined,
  version: Infer<typeof IpVersion> | null | undefined,
): PoolSelector {
  if (pool == null) return { type: "auto", ip_version: version ?? null };
  if (version == null) return { type: "explicit", pool };
  throw HttpError.badRequest(
    "cannot specify both `pool` and `ip_version`; `ip_version` is only used when allocating from the default pool",
    "InvalidRequest",
  );
}
