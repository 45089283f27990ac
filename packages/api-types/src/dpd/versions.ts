/**
 * The versions of dpd's API, newest first. 1 to 13 are upstream's. 13.1.0 is ours: it sorts above upstream's 13 and below
 * its 14, so what we add collides with neither, and a client of 13 or older sees no difference.
 */
import { apiVersions } from "@racklet/api-kit";

export const dpdVersions = apiVersions([
  ["13.1.0", "NAT_GROUPS"],
  [13, "ALLOW_DDM_TRAFFIC"],
  [12, "PRBS_ERROR_TRACKING"],
  [11, "WALLCLOCK_HISTORY"],
  [10, "ASIC_DETAILS"],
  [9, "SNAPSHOT"],
  [8, "MCAST_STRICT_UNDERLAY"],
  [7, "MCAST_SOURCE_FILTER_ANY"],
  [6, "CONSOLIDATED_V4_ROUTES"],
  [5, "UPLINK_PORTS"],
  [4, "V4_OVER_V6_ROUTES"],
  [3, "ATTACHED_SUBNETS"],
  [2, "DUAL_STACK_NAT_WORKFLOW"],
  [1, "INITIAL"],
] as const);

export const { V } = dpdVersions;
