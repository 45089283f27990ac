/** The newest form of the types of ports, links, addresses, routes and what else the switch's network is made of. */
export { Ipv4Entries, Ipv4Entry, Ipv4EntryPage, Ipv6Entries, Ipv6Entry, Ipv6EntryPage } from "./v1/address.ts";
export { BackplaneLink, BackplaneMap } from "./v1/backplane.ts";
export { Datapath } from "./v1/datapath.ts";
export { Led, Leds, LedState } from "./v1/led.ts";
export {
  Fault,
  FaultCondition,
  FaultText,
  Flag,
  LinkEvent,
  LinkFsmCounters,
  LinkState,
  LinkUpCounter,
  LinkUpCounters,
  TfportData,
  TfportDataList,
} from "./v1/link.ts";
export {
  LinkFecRSCounters,
  LinkFecRSCountersList,
  LinkPcsCounters,
  LinkPcsCountersList,
  LinkRMonCounters,
  LinkRMonCountersAll,
} from "./v1/mac-counters.ts";
export { ArpEntry, ArpEntryPage } from "./v1/neighbor.ts";
export { IpNet, Ipv4Net, Ipv6Net } from "../common/network.ts";
export { FreeChannelsList, LinkId, PortFec, PortId, PortIds, PortMedia, PortSpeed, TxEq } from "./v1/port.ts";
export { Ipv4Route, Ipv6Route, Ipv6RouteTargets, Ipv6RouteUpdate, Ipv6Routes, Ipv6RoutesPage } from "./v1/route.ts";
export {
  AnLtStatus,
  Ber,
  DfeAdaptationStates,
  EncSpeeds,
  LaneMap,
  RxSigInfos,
  SerdesEyes,
  TxEqs,
} from "./v1/serdes.ts";
export { ManagementMode, SwitchPort } from "./v1/switch-port.ts";
export { CounterNames } from "./v1/table.ts";
export { Monitors, PowerState, Transceiver, Transceivers } from "./v1/transceiver.ts";
export { LinkHistory } from "./v11/link.ts";
export { Link, Links, MsDuration, PortPrbsMode, PrbsErrors } from "./v12/link.ts";
export { LinkCreate, LinkSettings, PortSettings } from "./v13/link.ts";
export { AttachedSubnetEntry, AttachedSubnetEntryPage, InstanceTarget } from "./v3/attached-subnet.ts";
export {
  Ipv4OverIpv6RouteUpdate,
  Ipv4Routes,
  Ipv4RoutesPage,
  Ipv4RouteTargets,
  Route,
  RouteTarget,
} from "./v4/route.ts";
export { Ipv4RouteUpdate } from "./v6/route.ts";
export { SnapshotCreate, SnapshotFieldScopes, SnapshotResult, SnapshotScopeRequest } from "./v9/snapshot.ts";
export { EntryOrigin, TableProvenance } from "./v13_1/provenance.ts";
