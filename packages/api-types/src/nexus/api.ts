/** The external API of Nexus: what users, SDKs and the console call. One family of operations per file of `operations/`. */
import { defineApi } from "@racklet/api-kit";
import { linearPattern } from "@racklet/api-kit/json-schema";
import { nameIssue, NAME_PATTERN } from "./common.ts";
import { authOperations } from "./operations/auth.ts";
import { consoleOperations } from "./operations/console.ts";
import { emptyListOperations } from "./operations/empty-list.ts";
import { floatingIpAttachOperations, floatingIpOperations } from "./operations/floating-ip.ts";
import { hardwareOperations } from "./operations/hardware.ts";
import { instanceListOperations } from "./operations/instance-lists.ts";
import { instanceOperations, networkInterfaceOperations } from "./operations/instance.ts";
import { ipPoolOperations } from "./operations/ip-pool.ts";
import { explicitMulticastOperations, multicastOperations } from "./operations/multicast.ts";
import { policyOperations } from "./operations/policy.ts";
import { projectOperations } from "./operations/project.ts";
import { serviceIpPoolOperations } from "./operations/service-ip-pool.ts";
import { siloOperations } from "./operations/silo.ts";
import { sshKeyOperations } from "./operations/ssh-key.ts";
import { systemIpPoolOperations } from "./operations/system-ip-pool.ts";
import { systemOperations } from "./operations/system.ts";
import { userOperations } from "./operations/user.ts";
import { utilizationOperations } from "./operations/utilization.ts";
import { vpcRoutingOperations } from "./operations/vpc-routing.ts";
import { vpcOperations } from "./operations/vpc.ts";
import { HOSTNAME_PATTERN, hostnameIssue } from "./v2025112000/instance.ts";
import { versions } from "./versions.ts";

export const nexusApi = defineApi({
  ident: "nexus",
  title: "Oxide Region API",
  description: "What users, operators and their programs ask of the rack.",
  versions,
  onMissing: "latest",
  bodyLimit: 1_048_576,
  // By the pattern that validators enforce, which differs from the document's where that one could be slow.
  patternWords: { [NAME_PATTERN]: nameIssue, [linearPattern(HOSTNAME_PATTERN)]: hostnameIssue },
  operations: {
    ...authOperations,
    ...consoleOperations,
    ...emptyListOperations,
    ...floatingIpAttachOperations,
    ...floatingIpOperations,
    ...hardwareOperations,
    ...instanceListOperations,
    ...instanceOperations,
    ...ipPoolOperations,
    ...multicastOperations,
    ...explicitMulticastOperations,
    ...networkInterfaceOperations,
    ...policyOperations,
    ...projectOperations,
    ...serviceIpPoolOperations,
    ...siloOperations,
    ...sshKeyOperations,
    ...systemIpPoolOperations,
    ...systemOperations,
    ...userOperations,
    ...utilizationOperations,
    ...vpcOperations,
    ...vpcRoutingOperations,
  },
});
