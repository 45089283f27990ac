/** All the subnets attached to a VMM. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { AttachedSubnet } from "./local-config.ts";

export const VmmAttachedSubnets = s.named(
  "AttachedSubnets",
  s.object({ subnets: s.array(AttachedSubnet, { uniqueItems: true }) }),
  "Each subnet once.",
);
export type VmmAttachedSubnets = Infer<typeof VmmAttachedSubnets>;
