/** The external API of Nexus: what users, SDKs and the console call. One family of operations per file of `operations/`. */
import { defineApi } from "@racklet/api-kit";
import { systemOperations } from "./operations/system.ts";
import { versions } from "./versions.ts";

export const nexusApi = defineApi({
  ident: "nexus",
  title: "Oxide Region API",
  description: "API for interacting with the Oxide control plane",
  versions,
  onMissing: "latest",
  bodyLimit: 1_048_576,
  operations: {
    ...systemOperations,
  },
});
