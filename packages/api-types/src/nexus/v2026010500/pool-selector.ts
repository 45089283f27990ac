/** Which pool an address comes from. */
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
