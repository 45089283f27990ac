/** Registering a VMM in every version: each differs from the next in one thing, which its conversion supplies. */
import { declare, param } from "@racklet/api-kit";
import { SledVmmState } from "../common/vmm.ts";
import * as spec1 from "../propolis/v1/spec.ts";
import * as spec2 from "../propolis/v2/spec.ts";
import * as spec3 from "../propolis/v3/spec.ts";
import * as spec6 from "../propolis/v6/spec.ts";
import { ensureBodyOf, mapLocalConfig, mapVmmSpec } from "./v1/ensure-body.ts";
import * as v1 from "./v1/local-config.ts";
import * as v7 from "./v7/local-config.ts";
import * as v9 from "./v9/local-config.ts";
import * as v10 from "./v10/local-config.ts";
import * as v11 from "./v11/local-config.ts";
import * as v17 from "./v17/local-config.ts";
import * as v18 from "./v18/local-config.ts";
import * as v31 from "./v31/local-config.ts";
import * as v32 from "./v32/local-config.ts";
import * as v41 from "./v41/local-config.ts";
import { InstanceEnsureBody } from "./v44/ensure-body.ts";
import { V } from "./versions.ts";

const response = SledVmmState;

export const vmmRegister = declare({
  operationId: "vmm_register",
  method: "PUT",
  path: "/vmms/{propolis_id}",
  summary: "Make a VMM known to the sled",
  description:
    "Starts nothing. Known already for the same instance: changes nothing and answers the current state. Known for another instance: 400.",
  params: { propolis_id: param.uuid() },
  revisions: [
    { since: V.PROPOLIS_NVME_VWC, response, body: InstanceEnsureBody },
    {
      since: V.ADD_INSTANCE_PRIMARY_NIC_MTU,
      response,
      body: ensureBodyOf(spec3.InstanceSpec, v41.LocalConfig),
      up: mapVmmSpec(spec6.specUpFromV3),
    },
    {
      since: V.MAKE_ALL_EXTERNAL_IP_FIELDS_OPTIONAL,
      response,
      body: ensureBodyOf(spec3.InstanceSpec, v32.LocalConfig),
      up: mapLocalConfig(v41.up),
    },
    {
      since: V.ADD_ICMPV6_FIREWALL_SUPPORT,
      response,
      body: ensureBodyOf(spec3.InstanceSpec, v31.LocalConfig),
      up: mapLocalConfig(v32.up),
    },
    {
      since: V.ADD_VSOCK_COMPONENT,
      response,
      body: ensureBodyOf(spec3.InstanceSpec, v18.LocalConfig),
      up: mapLocalConfig(v31.up),
    },
    {
      since: V.ADD_ATTACHED_SUBNETS,
      response,
      body: ensureBodyOf(spec1.InstanceSpec, v18.LocalConfig),
      up: mapVmmSpec((spec: spec1.InstanceSpec) => spec3.specUpFromV2(spec2.specUpFromV1(spec))),
    },
    {
      since: V.TWO_TYPES_OF_DELEGATED_ZVOL,
      response,
      body: ensureBodyOf(spec1.InstanceSpec, v17.LocalConfig),
      up: mapLocalConfig(v18.up),
    },
    {
      since: V.ADD_DUAL_STACK_EXTERNAL_IP_CONFIG,
      response,
      body: ensureBodyOf(spec1.InstanceSpec, v11.LocalConfig),
      up: mapLocalConfig(v17.up),
    },
    {
      since: V.ADD_DUAL_STACK_SHARED_NETWORK_INTERFACES,
      response,
      body: ensureBodyOf(spec1.InstanceSpec, v10.LocalConfig),
      up: mapLocalConfig(v11.up),
    },
    {
      since: V.DELEGATE_ZVOL_TO_PROPOLIS,
      response,
      body: ensureBodyOf(spec1.InstanceSpec, v9.LocalConfig),
      up: mapLocalConfig(v10.up),
    },
    {
      since: V.MULTICAST_SUPPORT,
      response,
      body: ensureBodyOf(spec1.InstanceSpec, v7.LocalConfig),
      up: mapLocalConfig(v9.up),
    },
    {
      since: V.INITIAL,
      response,
      body: ensureBodyOf(spec1.InstanceSpec, v1.LocalConfig),
      up: mapLocalConfig(v7.up),
    },
  ],
});
