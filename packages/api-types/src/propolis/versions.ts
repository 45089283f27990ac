/** The versions of propolis' API, newest first. 4 changes only how the WebSockets are documented. */
import { apiVersions } from "@racklet/api-kit";

export const propolisVersions = apiVersions([
  [6, "NVME_WRITE_CACHE"],
  [5, "CRUCIBLE_VOLUME_INFO"],
  [4, "DROPSHOT_BUMP_WEBSOCKET"],
  [3, "ADD_VSOCK"],
  [2, "PROGRAMMABLE_SMBIOS"],
  [1, "INITIAL"],
] as const);

export const { V } = propolisVersions;
