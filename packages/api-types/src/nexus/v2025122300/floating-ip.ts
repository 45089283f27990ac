/** The IP version may be asked for. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { IpVersion } from "../common.ts";
import * as v2025112000 from "../v2025112000/floating-ip.ts";

export const FloatingIpCreate = s.named(
  "FloatingIpCreate",
  s.object({ ...v2025112000.floatingIpCreateFields, ip_version: s.nullish(IpVersion) }),
);
export type FloatingIpCreate = Infer<typeof FloatingIpCreate>;

/** An absent version leaves the choice to the default pool, as before. */
export function floatingIpCreateUp(body: v2025112000.FloatingIpCreate): FloatingIpCreate {
  return body;
}
