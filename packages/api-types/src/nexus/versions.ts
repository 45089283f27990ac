/**
 * The versions of the external API that change what we serve. Any dated version in between is served as the newest one listed
 * at or below it, and anything older than the first as the first.
 */
import { apiVersions } from "@racklet/api-kit";

export const versions = apiVersions([
  ["2026082001.0.0", "MULTICAST_SOURCE_LIMIT_DOCS"],
  ["2026081200.0.0", "SLED_SLOT"],
  ["2026061100.0.0", "IP_POOL_ASSIGNMENT"],
  ["2026060800.0.0", "CPU_PLATFORM_TURIN_V2"],
  ["2026060500.0.0", "JUMBO_FRAMES"],
  ["2026031400.0.0", "MULTICAST_DROP_MVLAN"],
  ["2026030200.0.0", "USER_AND_GROUP_TIMES"],
  ["2026020900.0.0", "IP_POOL_OPERATION_NAMES"],
  ["2026012300.0.0", "DUAL_STACK_EPHEMERAL"],
  ["2026012200.0.0", "FLOATING_IP_ALLOCATOR"],
  ["2026011600.0.0", "RENAME_ADDRESS_SELECTOR_TO_ALLOCATOR"],
  ["2026010800.0.0", "MULTICAST_IMPLICIT_LIFECYCLE"],
  ["2026010500.0.0", "POOL_SELECTION_ENUMS"],
  ["2026010300.0.0", "DUAL_STACK_NICS"],
  ["2026010100.0.0", "SILO_IP_POOL_VERSION_AND_TYPE"],
  ["2025122300.0.0", "IP_VERSION_AND_MULTIPLE_DEFAULT_POOLS"],
  ["2025112000.0.0", "INITIAL"],
] as const);

export const { V } = versions;
