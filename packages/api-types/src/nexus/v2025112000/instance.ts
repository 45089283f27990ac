/** Instances, their network interfaces and external IPs as the first version has them. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { ByteCount, IpNet, MacAddr } from "../../common/network.ts";
import { identity, identityCreate, identityUpdate, Name, NameOrId } from "../common.ts";

export const InstanceState = s.named(
  "InstanceState",
  s.enum([
    "creating",
    "starting",
    "running",
    "stopping",
    "stopped",
    "rebooting",
    "migrating",
    "repairing",
    "failed",
    "destroyed",
  ]),
  "Where an instance is in its life.",
);
export type InstanceState = Infer<typeof InstanceState>;

export const InstanceAutoRestartPolicy = s.named(
  "InstanceAutoRestartPolicy",
  s.enum(["never", "best_effort"]),
  "Whether the control plane starts the instance again after a failure.",
);
export const InstanceCpuCount = s.named("InstanceCpuCount", s.u16(), "Number of virtual CPUs.");
export const HOSTNAME_PATTERN = "^([a-zA-Z0-9]+[a-zA-Z0-9\\-]*(?<!-))(\\.[a-zA-Z0-9]+[a-zA-Z0-9\\-]*(?<!-))*$";

/** Why a text is no host name. */
export const hostnameIssue = (text: string): string => `Hostnames must comply with RFC 1035, and "${text}" does not`;

export const Hostname = s.named(
  "Hostname",
  s.string({ pattern: HOSTNAME_PATTERN, minLength: 1, maxLength: 253 }),
  "A host name: labels of letters, digits and inner dashes, separated by dots.",
);
export const InstanceCpuPlatform = s.named(
  "InstanceCpuPlatform",
  s.enum(["amd_milan", "amd_turin"]),
  "The least CPU the instance needs.",
);
export type InstanceCpuPlatform = Infer<typeof InstanceCpuPlatform>;

/** All of an instance but the CPU platform, whose values grew, and the jumbo-frame switch, which came later. */
export const instanceFields = {
  ...identity,
  auto_restart_cooldown_expiration: s.nullish(s.dateTime()),
  auto_restart_enabled: s.boolean(),
  auto_restart_policy: s.nullish(InstanceAutoRestartPolicy),
  boot_disk_id: s.nullish(s.uuid()),
  hostname: s.string(),
  memory: ByteCount,
  ncpus: InstanceCpuCount,
  project_id: s.uuid(),
  run_state: InstanceState,
  time_last_auto_restarted: s.nullish(s.dateTime()),
  time_run_state_updated: s.dateTime(),
} as const;

export const Instance = s.named(
  "Instance",
  s.object({ ...instanceFields, cpu_platform: s.nullish(InstanceCpuPlatform) }),
  "A virtual machine.",
);
export type Instance = Infer<typeof Instance>;

const EphemeralIpCreateFields = { pool: s.nullish(NameOrId) } as const;
export const EphemeralIpCreate = s.named("EphemeralIpCreate", s.object(EphemeralIpCreateFields));
export type EphemeralIpCreate = Infer<typeof EphemeralIpCreate>;

export const FloatingIpChoice = s.object({ floating_ip: NameOrId, type: s.literal("floating") });
export const ExternalIpCreate = s.named(
  "ExternalIpCreate",
  s.oneOf([s.object({ ...EphemeralIpCreateFields, type: s.literal("ephemeral") }), FloatingIpChoice]),
  "An external IP for an instance: a new ephemeral one, or a floating one that exists.",
);
export type ExternalIpCreate = Infer<typeof ExternalIpCreate>;

export const InstanceNetworkInterfaceCreate = s.named(
  "InstanceNetworkInterfaceCreate",
  s.object({
    ...identityCreate,
    ip: s.nullish(s.ip()),
    subnet_name: Name,
    transit_ips: s.optional(s.array(IpNet), []),
    vpc_name: Name,
  }),
  "A network interface to be made.",
);
export type InstanceNetworkInterfaceCreate = Infer<typeof InstanceNetworkInterfaceCreate>;

export const InstanceNetworkInterfaceAttachment = s.named(
  "InstanceNetworkInterfaceAttachment",
  s.oneOf([
    s.object({ params: s.array(InstanceNetworkInterfaceCreate), type: s.literal("create") }),
    s.object({ type: s.literal("default") }),
    s.object({ type: s.literal("none") }),
  ]),
  "Which network interfaces an instance is made with.",
);
export type InstanceNetworkInterfaceAttachment = Infer<typeof InstanceNetworkInterfaceAttachment>;

export const InstanceNetworkInterface = s.named(
  "InstanceNetworkInterface",
  s.object({
    ...identity,
    instance_id: s.uuid(),
    ip: s.ip(),
    mac: MacAddr,
    primary: s.boolean(),
    subnet_id: s.uuid(),
    transit_ips: s.optional(s.array(IpNet), []),
    vpc_id: s.uuid(),
  }),
  "A network interface of an instance.",
);
export type InstanceNetworkInterface = Infer<typeof InstanceNetworkInterface>;

export const InstanceNetworkInterfaceUpdate = s.named(
  "InstanceNetworkInterfaceUpdate",
  s.object({ ...identityUpdate, primary: s.optional(s.boolean(), false), transit_ips: s.optional(s.array(IpNet), []) }),
);
export type InstanceNetworkInterfaceUpdate = Infer<typeof InstanceNetworkInterfaceUpdate>;

/** What a create request says besides interfaces, external IPs, groups, CPU platform and jumbo frames, which changed. */
export const instanceCreateFields = {
  ...identityCreate,
  anti_affinity_groups: s.optional(s.array(NameOrId), []),
  auto_restart_policy: s.nullish(InstanceAutoRestartPolicy),
  boot_disk: s.nullish(s.any()),
  disks: s.optional(s.array(s.any()), []),
  hostname: Hostname,
  memory: ByteCount,
  ncpus: InstanceCpuCount,
  ssh_public_keys: s.nullish(s.array(NameOrId)),
  start: s.optional(s.boolean(), true),
  user_data: s.optional(s.described("base64", s.string()), ""),
} as const;

export const InstanceCreate = s.named(
  "InstanceCreate",
  s.object({
    ...instanceCreateFields,
    cpu_platform: s.nullish(InstanceCpuPlatform),
    external_ips: s.optional(s.array(ExternalIpCreate), []),
    multicast_groups: s.optional(s.array(NameOrId), []),
    network_interfaces: s.optional(InstanceNetworkInterfaceAttachment, { type: "default" }),
  }),
  "An instance to be made.",
);
export type InstanceCreate = Infer<typeof InstanceCreate>;

export const instanceUpdateFields = {
  auto_restart_policy: s.nullable(InstanceAutoRestartPolicy),
  boot_disk: s.nullable(NameOrId),
  memory: ByteCount,
  ncpus: InstanceCpuCount,
} as const;

export const InstanceUpdate = s.named(
  "InstanceUpdate",
  s.object({
    ...instanceUpdateFields,
    cpu_platform: s.nullable(InstanceCpuPlatform),
    multicast_groups: s.nullish(s.array(NameOrId)),
  }),
);
export type InstanceUpdate = Infer<typeof InstanceUpdate>;

const SnatIp = s.object({
  first_port: s.u16(),
  ip: s.ip(),
  ip_pool_id: s.uuid(),
  kind: s.literal("snat"),
  last_port: s.u16(),
});
const EphemeralIp = s.object({ ip: s.ip(), ip_pool_id: s.uuid(), kind: s.literal("ephemeral") });
export const floatingIpFields = {
  ...identity,
  instance_id: s.nullish(s.uuid()),
  ip: s.ip(),
  ip_pool_id: s.uuid(),
  project_id: s.uuid(),
} as const;
export const ExternalIp = s.named(
  "ExternalIp",
  s.oneOf([SnatIp, EphemeralIp, s.object({ ...floatingIpFields, kind: s.literal("floating") })]),
  "An external IP of an instance. A `snat` one is shared: the instance has a block of its ports, for outgoing traffic.",
);
export type ExternalIp = Infer<typeof ExternalIp>;
