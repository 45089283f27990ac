/** The external API of Nexus: what users, SDKs and the console call. One family of operations per file of `operations/`. */
import { defineApi } from "@racklet/api-kit";
import { authOperations } from "./operations/auth.ts";
import { hardwareOperations } from "./operations/hardware.ts";
import { policyOperations } from "./operations/policy.ts";
import { siloOperations } from "./operations/silo.ts";
import { sshKeyOperations } from "./operations/ssh-key.ts";
import { systemOperations } from "./operations/system.ts";
import { userOperations } from "./operations/user.ts";
import { versions } from "./versions.ts";

export const nexusApi = defineApi({
  ident: "nexus",
  title: "Oxide Region API",
  description: "API for interacting with the Oxide control plane",
  versions,
  onMissing: "latest",
  bodyLimit: 1_048_576,
  operations: {
    ...authOperations,
    ...hardwareOperations,
    ...policyOperations,
    ...siloOperations,
    ...sshKeyOperations,
    ...systemOperations,
    ...userOperations,
  },
});
