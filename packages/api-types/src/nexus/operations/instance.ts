/** Instances, their network interfaces and external IPs. */
import { declare, mapPage, query, resultsPageOf, type ResultsPage } from "@racklet/api-kit";
import { ipVersionParam, nameOrId, sortByNameOrId } from "../common.ts";
import * as v2025112000 from "../v2025112000/instance.ts";
import * as v2025122300 from "../v2025122300/instance.ts";
import * as v2026010300 from "../v2026010300/instance.ts";
import * as v2026010500 from "../v2026010500/instance.ts";
import * as v2026010800 from "../v2026010800/instance.ts";
import * as v2026060500 from "../v2026060500/instance.ts";
import * as v2026060800 from "../v2026060800/instance.ts";
import { V } from "../versions.ts";

const tags = ["instances"] as const;
const inProject = { project: query.optional(nameOrId()) } as const;
const one = { tags, params: { instance: nameOrId() }, query: inProject } as const;
const path = "/v1/instances/{instance}";

const page = <T>(item: Parameters<typeof resultsPageOf<T>>[1]) => resultsPageOf<T>("Instance", item);

/** An instance as the answer, in every version. */
const answering = (status: 200 | 201 | 202) =>
  [
    { since: V.CPU_PLATFORM_TURIN_V2, response: v2026060800.Instance, status },
    { since: V.JUMBO_FRAMES, response: v2026060500.Instance, status, down: v2026060800.instanceDown },
    { since: V.INITIAL, response: v2025112000.Instance, status, down: v2026060500.instanceDown },
  ] as const;

const instance_list = declare({
  operationId: "instance_list",
  method: "GET",
  path: "/v1/instances",
  tags,
  summary: "List the instances of a project",
  query: { ...inProject, ...sortByNameOrId },
  paginated: true,
  revisions: [
    { since: V.CPU_PLATFORM_TURIN_V2, response: page(v2026060800.Instance) },
    {
      since: V.JUMBO_FRAMES,
      response: page(v2026060500.Instance),
      down: (newer: ResultsPage<v2026060800.Instance>) => mapPage(newer, v2026060800.instanceDown),
    },
    {
      since: V.INITIAL,
      response: page(v2025112000.Instance),
      down: (newer: ResultsPage<v2026060500.Instance>) => mapPage(newer, v2026060500.instanceDown),
    },
  ],
});

const instance_create = declare({
  operationId: "instance_create",
  method: "POST",
  path: "/v1/instances",
  tags,
  summary: "Create an instance",
  description:
    "All or nothing: when an address or an interface is lacking, nothing of the instance remains. With `start` (the default) it is then started; when that fails, for lack of room on the sleds for example, the instance is there, stopped.",
  query: { project: query.required(nameOrId()) },
  revisions: [
    {
      since: V.CPU_PLATFORM_TURIN_V2,
      body: v2026060800.InstanceCreate,
      response: v2026060800.Instance,
      status: 201,
    },
    {
      since: V.JUMBO_FRAMES,
      body: v2026060500.InstanceCreate,
      response: v2026060500.Instance,
      status: 201,
      up: v2026060800.instanceCreateUp,
      down: v2026060800.instanceDown,
    },
    {
      since: V.MULTICAST_IMPLICIT_LIFECYCLE,
      body: v2026010800.InstanceCreate,
      response: v2025112000.Instance,
      status: 201,
      up: v2026060500.instanceCreateUp,
      down: v2026060500.instanceDown,
    },
    {
      since: V.POOL_SELECTION_ENUMS,
      body: v2026010500.InstanceCreate,
      response: v2025112000.Instance,
      status: 201,
      up: v2026010800.instanceCreateUp,
    },
    {
      since: V.DUAL_STACK_NICS,
      body: v2026010300.InstanceCreate,
      response: v2025112000.Instance,
      status: 201,
      up: v2026010500.instanceCreateUp,
    },
    {
      since: V.IP_VERSION_AND_MULTIPLE_DEFAULT_POOLS,
      body: v2025122300.InstanceCreate,
      response: v2025112000.Instance,
      status: 201,
      up: v2026010300.instanceCreateUp,
    },
    {
      since: V.INITIAL,
      body: v2025112000.InstanceCreate,
      response: v2025112000.Instance,
      status: 201,
      up: v2025122300.instanceCreateUp,
    },
  ],
});

const instance_view = declare({
  ...one,
  operationId: "instance_view",
  method: "GET",
  path,
  summary: "Show an instance",
  revisions: answering(200),
});

const instance_update = declare({
  ...one,
  operationId: "instance_update",
  method: "PUT",
  path,
  summary: "Change an instance",
  description: "CPUs, memory and boot disk change only while the instance is stopped (409 otherwise).",
  revisions: [
    { since: V.CPU_PLATFORM_TURIN_V2, body: v2026060800.InstanceUpdate, response: v2026060800.Instance },
    {
      since: V.JUMBO_FRAMES,
      body: v2026060500.InstanceUpdate,
      response: v2026060500.Instance,
      up: v2026060800.instanceUpdateUp,
      down: v2026060800.instanceDown,
    },
    {
      since: V.MULTICAST_IMPLICIT_LIFECYCLE,
      body: v2026010800.InstanceUpdate,
      response: v2025112000.Instance,
      up: v2026060500.instanceUpdateUp,
      down: v2026060500.instanceDown,
    },
    {
      since: V.INITIAL,
      body: v2025112000.InstanceUpdate,
      response: v2025112000.Instance,
      up: v2026010800.instanceUpdateUp,
    },
  ],
});

const instance_delete = declare({
  ...one,
  operationId: "instance_delete",
  method: "DELETE",
  path,
  summary: "Delete an instance",
  description: "Only a stopped or failed one (400 otherwise). Its floating IPs stay, detached.",
  revisions: [{ since: V.INITIAL }],
});

const instance_start = declare({
  ...one,
  operationId: "instance_start",
  method: "POST",
  path: `${path}/start`,
  summary: "Start an instance",
  description: "Nothing happens to one that is on already.",
  idempotent: true,
  revisions: answering(202),
});

const instance_stop = declare({
  ...one,
  operationId: "instance_stop",
  method: "POST",
  path: `${path}/stop`,
  summary: "Stop an instance",
  description: "Nothing happens to one that is off already.",
  idempotent: true,
  revisions: answering(202),
});

const instance_reboot = declare({
  ...one,
  operationId: "instance_reboot",
  method: "POST",
  path: `${path}/reboot`,
  summary: "Reboot an instance",
  revisions: answering(202),
});

const instance_external_ip_list = declare({
  ...one,
  operationId: "instance_external_ip_list",
  method: "GET",
  path: `${path}/external-ips`,
  summary: "List the external IPs of an instance",
  description: "Those that are fully attached, all on one page.",
  revisions: [{ since: V.INITIAL, response: resultsPageOf("ExternalIp", v2025112000.ExternalIp) }],
});

const instance_ephemeral_ip_attach = declare({
  ...one,
  operationId: "instance_ephemeral_ip_attach",
  method: "POST",
  path: `${path}/external-ips/ephemeral`,
  summary: "Allocate an ephemeral IP and attach it to an instance",
  revisions: [
    {
      since: V.POOL_SELECTION_ENUMS,
      body: v2026010500.EphemeralIpCreate,
      response: v2025112000.ExternalIp,
      status: 202,
    },
    {
      since: V.IP_VERSION_AND_MULTIPLE_DEFAULT_POOLS,
      body: v2025122300.EphemeralIpCreate,
      response: v2025112000.ExternalIp,
      status: 202,
      up: v2026010500.ephemeralIpCreateUp,
    },
    {
      since: V.INITIAL,
      body: v2025112000.EphemeralIpCreate,
      response: v2025112000.ExternalIp,
      status: 202,
      up: v2025122300.ephemeralIpCreateUp,
    },
  ],
});

const instance_ephemeral_ip_detach = declare({
  ...one,
  operationId: "instance_ephemeral_ip_detach",
  method: "DELETE",
  path: `${path}/external-ips/ephemeral`,
  summary: "Detach an instance's ephemeral IP and give it back",
  description: "400 when it has none, or has two and `ip_version` does not say which.",
  revisions: [
    { since: V.DUAL_STACK_EPHEMERAL, query: { ...inProject, ip_version: query.optional(ipVersionParam) } },
    { since: V.INITIAL },
  ],
});

const nicTags = ["instances"] as const;
const inInstance = { instance: query.optional(nameOrId()), project: query.optional(nameOrId()) } as const;
const oneNic = { tags: nicTags, params: { interface: nameOrId() }, query: inInstance } as const;
const nicPath = "/v1/network-interfaces/{interface}";

const instance_network_interface_list = declare({
  operationId: "instance_network_interface_list",
  method: "GET",
  path: "/v1/network-interfaces",
  tags: nicTags,
  summary: "List the network interfaces of an instance",
  query: { ...inInstance, ...sortByNameOrId },
  paginated: true,
  revisions: [
    {
      since: V.DUAL_STACK_NICS,
      response: resultsPageOf("InstanceNetworkInterface", v2026010300.InstanceNetworkInterface),
    },
    {
      since: V.INITIAL,
      response: resultsPageOf("InstanceNetworkInterface", v2025112000.InstanceNetworkInterface),
      down: (newer: ResultsPage<v2026010300.InstanceNetworkInterface>) =>
        mapPage(newer, v2026010300.networkInterfaceDown),
    },
  ],
});

const instance_network_interface_create = declare({
  operationId: "instance_network_interface_create",
  method: "POST",
  path: "/v1/network-interfaces",
  tags: nicTags,
  summary: "Add a network interface to an instance",
  description: "Only while the instance is stopped.",
  query: { instance: query.required(nameOrId()), project: query.optional(nameOrId()) },
  revisions: [
    {
      since: V.DUAL_STACK_NICS,
      body: v2026010300.InstanceNetworkInterfaceCreate,
      response: v2026010300.InstanceNetworkInterface,
      status: 201,
    },
    {
      since: V.INITIAL,
      body: v2025112000.InstanceNetworkInterfaceCreate,
      response: v2025112000.InstanceNetworkInterface,
      status: 201,
      up: v2026010300.networkInterfaceCreateUp,
      down: v2026010300.networkInterfaceDown,
    },
  ],
});

const instance_network_interface_view = declare({
  ...oneNic,
  operationId: "instance_network_interface_view",
  method: "GET",
  path: nicPath,
  summary: "Show a network interface",
  revisions: [
    { since: V.DUAL_STACK_NICS, response: v2026010300.InstanceNetworkInterface },
    {
      since: V.INITIAL,
      response: v2025112000.InstanceNetworkInterface,
      down: v2026010300.networkInterfaceDown,
    },
  ],
});

const instance_network_interface_update = declare({
  ...oneNic,
  operationId: "instance_network_interface_update",
  method: "PUT",
  path: nicPath,
  summary: "Change a network interface",
  description: "Only while the instance is stopped. `primary` makes it the primary one; it cannot be made secondary.",
  revisions: [
    {
      since: V.DUAL_STACK_NICS,
      body: v2025112000.InstanceNetworkInterfaceUpdate,
      response: v2026010300.InstanceNetworkInterface,
    },
    {
      since: V.INITIAL,
      body: v2025112000.InstanceNetworkInterfaceUpdate,
      response: v2025112000.InstanceNetworkInterface,
      down: v2026010300.networkInterfaceDown,
    },
  ],
});

const instance_network_interface_delete = declare({
  ...oneNic,
  operationId: "instance_network_interface_delete",
  method: "DELETE",
  path: nicPath,
  summary: "Delete a network interface",
  description: "Only while the instance is stopped; the primary one goes last.",
  revisions: [{ since: V.INITIAL }],
});

export const instanceOperations = {
  instance_list,
  instance_create,
  instance_view,
  instance_update,
  instance_delete,
  instance_start,
  instance_stop,
  instance_reboot,
  instance_external_ip_list,
  instance_ephemeral_ip_attach,
  instance_ephemeral_ip_detach,
} as const;

export const networkInterfaceOperations = {
  instance_network_interface_list,
  instance_network_interface_create,
  instance_network_interface_view,
  instance_network_interface_update,
  instance_network_interface_delete,
} as const;
