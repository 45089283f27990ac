/** A VM's network interface as it first was: one address, of one family. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { IpNet, MacAddr, Vni } from "../../common/network.ts";

const owner = <const T extends string>(type: T) => s.object({ id: s.uuid(), type: s.literal(type) });

export const NetworkInterfaceKind = s.named(
  "NetworkInterfaceKind",
  s.oneOf([owner("instance"), owner("service"), owner("probe")]),
  "What the interface belongs to.",
);

const UUID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}";

const Name = s.named(
  "Name",
  s.string({
    pattern: `^(?!${UUID}$)^[a-z]([a-zA-Z0-9-]*[a-zA-Z0-9]+)?$`,
    minLength: 1,
    maxLength: 63,
  }),
  "At most 63 letters, digits and dashes, a lower-case letter first, no dash last; not a UUID.",
);

/** What no version changed. */
export const interfaceFields = {
  id: s.uuid(),
  kind: NetworkInterfaceKind,
  mac: MacAddr,
  name: Name,
  primary: s.boolean(),
  slot: s.u8(),
  vni: Vni,
};

export const NetworkInterface = s.named(
  "NetworkInterface",
  s.object({ ...interfaceFields, ip: s.ip(), subnet: IpNet, transit_ips: s.optional(s.array(IpNet), []) }),
  "All it takes to make a virtual network interface.",
);
export type NetworkInterface = Infer<typeof NetworkInterface>;
