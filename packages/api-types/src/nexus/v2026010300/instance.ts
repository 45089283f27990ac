/** Network interfaces with an IPv4 stack, an IPv6 stack, or both. */
import { HttpError } from "@racklet/api-kit/errors";
import { s, type Infer } from "@racklet/api-kit/schema";
import { ipVersion, isIpv4, parseIpNet } from "@racklet/net";
import { Ipv4Net, Ipv6Net, MacAddr } from "../../common/network.ts";
import { identity, identityCreate, Name, NameOrId } from "../common.ts";
import * as v2025112000 from "../v2025112000/instance.ts";
import * as v2025122300 from "../v2025122300/instance.ts";

const privateStackV4 = s.named("PrivateIpv4Stack", s.object({ ip: s.ipv4(), transit_ips: s.array(Ipv4Net) }));
const privateStackV6 = s.named("PrivateIpv6Stack", s.object({ ip: s.ipv6(), transit_ips: s.array(Ipv6Net) }));
export type PrivateIpv4Stack = Infer<typeof privateStackV4>;
export type PrivateIpv6Stack = Infer<typeof privateStackV6>;

export const PrivateIpStack = s.named(
  "PrivateIpStack",
  s.oneOf([
    s.object({ type: s.literal("v4"), value: privateStackV4 }),
    s.object({ type: s.literal("v6"), value: privateStackV6 }),
    s.object({ type: s.literal("dual_stack"), value: s.object({ v4: privateStackV4, v6: privateStackV6 }) }),
  ]),
  "The private addresses of a network interface.",
);
export type PrivateIpStack = Infer<typeof PrivateIpStack>;

export const InstanceNetworkInterface = s.named(
  "InstanceNetworkInterface",
  s.object({
    ...identity,
    instance_id: s.uuid(),
    ip_stack: PrivateIpStack,
    mac: MacAddr,
    primary: s.boolean(),
    subnet_id: s.uuid(),
    vpc_id: s.uuid(),
  }),
  "A network interface of an instance.",
);
export type InstanceNetworkInterface = Infer<typeof InstanceNetworkInterface>;

const assignment = <A extends "ipv4" | "ipv6">(name: string, address: A) =>
  s.named(
    name,
    s.oneOf([
      s.object({ type: s.literal("auto") }),
      s.object({ type: s.literal("explicit"), value: s.format(address) }),
    ]),
    "How an address is chosen.",
  );
const Ipv4Assignment = assignment("Ipv4Assignment", "ipv4");
const Ipv6Assignment = assignment("Ipv6Assignment", "ipv6");
const stackCreateV4 = s.named(
  "PrivateIpv4StackCreate",
  s.object({ ip: s.optional(Ipv4Assignment, { type: "auto" }), transit_ips: s.optional(s.array(Ipv4Net), []) }),
);
const stackCreateV6 = s.named(
  "PrivateIpv6StackCreate",
  s.object({ ip: s.optional(Ipv6Assignment, { type: "auto" }), transit_ips: s.optional(s.array(Ipv6Net), []) }),
);
export const PrivateIpStackCreate = s.named(
  "PrivateIpStackCreate",
  s.oneOf([
    s.object({ type: s.literal("v4"), value: stackCreateV4 }),
    s.object({ type: s.literal("v6"), value: stackCreateV6 }),
    s.object({ type: s.literal("dual_stack"), value: s.object({ v4: stackCreateV4, v6: stackCreateV6 }) }),
  ]),
);
export type PrivateIpStackCreate = Infer<typeof PrivateIpStackCreate>;

export const InstanceNetworkInterfaceCreate = s.named(
  "InstanceNetworkInterfaceCreate",
  s.object({
    ...identityCreate,
    ip_config: s.optional(PrivateIpStackCreate, {
      type: "dual_stack",
      value: { v4: { ip: { type: "auto" }, transit_ips: [] }, v6: { ip: { type: "auto" }, transit_ips: [] } },
    }),
    subnet_name: Name,
    vpc_name: Name,
  }),
  "A network interface to be made.",
);
export type InstanceNetworkInterfaceCreate = Infer<typeof InstanceNetworkInterfaceCreate>;

export const InstanceNetworkInterfaceAttachment = s.named(
  "InstanceNetworkInterfaceAttachment",
  s.oneOf([
    s.object({ params: s.array(InstanceNetworkInterfaceCreate), type: s.literal("create") }),
    s.object({ type: s.literal("default_ipv4") }),
    s.object({ type: s.literal("default_ipv6") }),
    s.object({ type: s.literal("default_dual_stack") }),
    s.object({ type: s.literal("none") }),
  ]),
  "Which network interfaces an instance is made with.",
);
export type InstanceNetworkInterfaceAttachment = Infer<typeof InstanceNetworkInterfaceAttachment>;

export const InstanceCreate = s.named(
  "InstanceCreate",
  s.object({
    ...v2025112000.instanceCreateFields,
    cpu_platform: s.nullish(v2025112000.InstanceCpuPlatform),
    external_ips: s.optional(s.array(v2025122300.ExternalIpCreate), []),
    multicast_groups: s.optional(s.array(NameOrId), []),
    network_interfaces: s.optional(InstanceNetworkInterfaceAttachment, { type: "default_dual_stack" }),
  }),
);
export type InstanceCreate = Infer<typeof InstanceCreate>;

export function networkInterfaceCreateUp(
  body: v2025112000.InstanceNetworkInterfaceCreate,
): InstanceNetworkInterfaceCreate {
  const { ip, transit_ips = [], ...rest } = body;
  // Before there were two stacks, an interface without an address got an IPv4 one.
  const family = ip != null && !isIpv4(ip) ? "v6" : "v4";
  for (const prefix of transit_ips) {
    const net = parseIpNet(prefix);
    if (net !== null && `v${ipVersion(net.address)}` !== family) {
      throw HttpError.badRequest(`transit_ips: ${prefix} is not of the IP version of the interface, ${family}`);
    }
  }
  const chosen = ip == null ? ({ type: "auto" } as const) : ({ type: "explicit", value: ip } as const);
  return { ...rest, ip_config: { type: family, value: { ip: chosen, transit_ips } } };
}

export function attachmentUp(
  attachment: v2025112000.InstanceNetworkInterfaceAttachment | undefined,
): InstanceNetworkInterfaceAttachment {
  switch (attachment?.type) {
    case "none":
      return { type: "none" };
    case "create":
      return { type: "create", params: attachment.params.map(networkInterfaceCreateUp) };
    case "default":
    case undefined:
      return { type: "default_ipv4" };
  }
}

export const instanceCreateUp = (body: v2025122300.InstanceCreate): InstanceCreate => ({
  ...body,
  network_interfaces: attachmentUp(body.network_interfaces),
});

// The older form has room for one address: the IPv4 one where there are two.
export function networkInterfaceDown(nic: InstanceNetworkInterface): v2025112000.InstanceNetworkInterface {
  const { ip_stack, ...rest } = nic;
  const { ip, transit_ips } = ip_stack.type === "dual_stack" ? ip_stack.value.v4 : ip_stack.value;
  return { ...rest, ip, transit_ips };
}
