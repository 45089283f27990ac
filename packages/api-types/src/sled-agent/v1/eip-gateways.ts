/** Which internet gateways an external address of an interface is reached through. */
import { s, type Infer } from "@racklet/api-kit/schema";

export const ExternalIpGatewayMap = s.named(
  "ExternalIpGatewayMap",
  s.object({ mappings: s.map(s.map(s.array(s.uuid(), { uniqueItems: true }))) }),
  "By interface, then by external address: the ids of the internet gateways.",
);
export type ExternalIpGatewayMap = Infer<typeof ExternalIpGatewayMap>;
