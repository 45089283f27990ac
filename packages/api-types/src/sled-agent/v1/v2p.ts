/** Which sled a virtual address lives on. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { MacAddr, Vni } from "../../common/network.ts";

export const VirtualNetworkInterfaceHost = s.named(
  "VirtualNetworkInterfaceHost",
  s.object({ physical_host_ip: s.ipv6(), virtual_ip: s.ip(), virtual_mac: MacAddr, vni: Vni }),
  "A virtual address, and the underlay address of the sled that has it.",
);
export type VirtualNetworkInterfaceHost = Infer<typeof VirtualNetworkInterfaceHost>;
