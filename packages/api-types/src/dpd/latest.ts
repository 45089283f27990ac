/** The newest form of every type of dpd's API: what everything but the conversions between versions uses. */
export * from "./latest-network.ts";
export {
  Ipv4AddressPage,
  Ipv4Nat,
  Ipv4NatPage,
  Ipv6AddressPage,
  Ipv6Nat,
  Ipv6NatPage,
  MacAddr,
  NatGeneration,
  NatTarget,
  Null,
  Vni,
} from "./v1/nat.ts";
export { BuildInfo } from "./v1/switch.ts";
export { CounterData, Table, TableCounterEntry, TableCounters, TableEntry, TableNames } from "./v1/table.ts";
export { FuseData, SwitchIdentifiers } from "./v10/switch.ts";
export { AsicHealth, DpdHealth, NatPullHealth, TableHealth } from "./v13_1/health.ts";
export {
  NatGroupChanges,
  NatGroupCounts,
  NatGroupEnsure,
  NatGroupEnsureResult,
  NatGroupEntry,
  NatGroupEntryPage,
  NatGroupGeneration,
  NatGroupKey,
  NatGroupName,
  NatGroupState,
  NatGroupStatePage,
} from "./v13_1/nat-group.ts";
export { Direction, ExternalForwarding, InternalForwarding, MulticastGroupMember } from "./v1/mcast.ts";
export { IpSrc, MulticastGroupCreateExternalEntry } from "./v7/mcast.ts";
export {
  MulticastGroupCreateUnderlayEntry,
  MulticastGroupExternalResponse,
  MulticastGroupResponse,
  MulticastGroupResponsePage,
  MulticastGroupUnderlayResponse,
  MulticastGroupUpdateExternalEntry,
  MulticastGroupUpdateUnderlayEntry,
  MulticastTag,
  UnderlayMulticastIpv6,
  type PresentedTag,
} from "./v8/mcast.ts";
