/** What a create request asks for, in the domain's words; what is not served yet is refused by name. */
import type { Infer } from "@racklet/api-kit";
import { canonicalIp } from "@racklet/net";
import type {
  InstanceNetworkInterfaceAttachment,
  InstanceNetworkInterfaceCreate,
  PrivateIpv4Stack,
} from "@racklet/api-types/nexus/v2026010300/instance";
import type { InstanceCreate } from "@racklet/api-types/nexus/v2026060800/instance";
import { invalidRequest } from "../errors.ts";
import type { ExternalIpRequest, NewInstance } from "../instance/create.ts";
import { defaultNic, type NicRequest, type StackRequest } from "../nic/plan.ts";
import { poolChoice } from "./floating-ip.ts";
import { joinRequests } from "./multicast-body.ts";
import { bodySelector } from "./selector.ts";

type Create = Infer<typeof InstanceCreate>;

export function newInstance(body: Create): NewInstance {
  refuseUnserved(body);
  return {
    columns: {
      name: body.name,
      description: body.description,
      ncpus: body.ncpus,
      memory_bytes: body.memory,
      hostname: body.hostname,
      user_data: body.user_data ?? "",
      auto_restart_policy: body.auto_restart_policy ?? null,
      cpu_platform: body.cpu_platform ?? null,
      enable_jumbo_frames: body.enable_jumbo_frames === true ? 1 : 0,
    },
    sshKeys: body.ssh_public_keys?.map(bodySelector) ?? null,
    nics: nicsOf(body.name, body.network_interfaces),
    externalIps: (body.external_ips ?? []).map((ip): ExternalIpRequest =>
      ip.type === "floating"
        ? { kind: "floating", floatingIp: bodySelector(ip.floating_ip) }
        : { kind: "ephemeral", pool: poolChoice(ip.pool_selector) },
    ),
    multicastGroups: joinRequests(body.multicast_groups ?? []),
    start: body.start ?? true,
  };
}

function refuseUnserved({ disks, boot_disk, anti_affinity_groups }: Create): void {
  if ((disks ?? []).length > 0) throw invalidRequest("disks are not served: an instance has none");
  if (boot_disk != null) throw invalidRequest("disks are not served: boot_disk must be null or absent");
  if ((anti_affinity_groups ?? []).length > 0) throw invalidRequest("anti-affinity groups are not served");
}

function nicsOf(
  instanceName: string,
  attachment: Infer<typeof InstanceNetworkInterfaceAttachment> | undefined,
): NicRequest[] {
  switch (attachment?.type) {
    case "none":
      return [];
    case "create":
      return attachment.params.map(nicRequest);
    case "default_ipv4":
      return [defaultNic(instanceName, "v4")];
    case "default_ipv6":
      return [defaultNic(instanceName, "v6")];
    case "default_dual_stack":
    case undefined:
      return [defaultNic(instanceName, "dual")];
  }
}

const AUTO: StackRequest = { ip: { type: "auto" }, transitIps: [] };

export function nicRequest(body: Infer<typeof InstanceNetworkInterfaceCreate>): NicRequest {
  const { name, description, vpc_name: vpcName, subnet_name: subnetName, ip_config: config } = body;
  const base = { name, description, vpcName, subnetName };
  switch (config?.type) {
    case undefined:
      return { ...base, v4: AUTO, v6: AUTO };
    case "v4":
      return { ...base, v4: stack(config.value), v6: null };
    case "v6":
      return { ...base, v4: null, v6: stack(config.value) };
    case "dual_stack":
      return { ...base, v4: stack(config.value.v4), v6: stack(config.value.v6) };
  }
}

interface StackBody {
  readonly ip?: { readonly type: "auto" } | { readonly type: "explicit"; readonly value: string } | undefined;
  readonly transit_ips?: PrivateIpv4Stack["transit_ips"] | undefined;
}

function stack({ ip, transit_ips: transitIps = [] }: StackBody): StackRequest {
  if (ip?.type !== "explicit") return { ip: { type: "auto" }, transitIps };
  return { ip: { type: "explicit", value: canonicalIp(ip.value) ?? ip.value }, transitIps };
}
