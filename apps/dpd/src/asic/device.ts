/** Steps of a plan that are no table operations: multicast groups and ports of the ASIC, each with its inverse. */
import type { AsicBackend, GroupMember, PortConfig } from "./backend.ts";

export type GroupStep =
  | { readonly kind: "createGroup"; readonly group: number }
  /** `members` are those it has; a plan that removes them first leaves it out. */
  | { readonly kind: "destroyGroup"; readonly group: number; readonly members?: readonly GroupMember[] }
  | { readonly kind: "addGroupPort"; readonly group: number; readonly member: GroupMember }
  | { readonly kind: "removeGroupPort"; readonly group: number; readonly member: GroupMember };

export type PortStep =
  | { readonly kind: "createPort"; readonly config: PortConfig }
  /** `prior` is the configuration it has. */
  | { readonly kind: "updatePort"; readonly config: PortConfig; readonly prior: PortConfig }
  | { readonly kind: "deletePort"; readonly config: PortConfig };

/** One operation each. */
export type DeviceStep = GroupStep | PortStep;

export function performDevice(asic: AsicBackend, step: DeviceStep): void {
  switch (step.kind) {
    case "createGroup":
      return asic.groups.create(step.group);
    case "destroyGroup":
      return asic.groups.destroy(step.group);
    case "addGroupPort":
      return asic.groups.addPort(step.group, step.member);
    case "removeGroupPort":
      return asic.groups.removePort(step.group, step.member.port);
    case "createPort":
      return asic.ports.create(step.config);
    case "updatePort":
      return asic.ports.update(step.config);
    case "deletePort":
      return asic.ports.delete(step.config.port);
  }
}

/** Brings back what was there before the step, whether it took effect or not. Throws when it cannot. */
export function restoreDevice(asic: AsicBackend, step: DeviceStep): void {
  switch (step.kind) {
    case "createGroup":
      if (asic.groups.find(step.group) !== undefined) asic.groups.destroy(step.group);
      return;
    case "destroyGroup":
      return restoreGroup(asic, step.group, step.members ?? []);
    case "addGroupPort":
      return restoreMember(asic, step.group, step.member, false);
    case "removeGroupPort":
      return restoreMember(asic, step.group, step.member, true);
    case "createPort":
      return restorePort(asic, step.config.port, undefined);
    case "updatePort":
      return restorePort(asic, step.config.port, step.prior);
    case "deletePort":
      return restorePort(asic, step.config.port, step.config);
  }
}

/** One line, for logs and people. */
export function describeDevice(step: DeviceStep): string {
  switch (step.kind) {
    case "createGroup":
      return `create multicast group ${step.group}`;
    case "destroyGroup":
      return `destroy multicast group ${step.group}`;
    case "addGroupPort":
      return `add port ${step.member.port} to multicast group ${step.group}`;
    case "removeGroupPort":
      return `remove port ${step.member.port} from multicast group ${step.group}`;
    case "createPort":
      return `create port ${step.config.port}`;
    case "updatePort":
      return `update port ${step.config.port}`;
    case "deletePort":
      return `delete port ${step.config.port}`;
  }
}

function restoreGroup(asic: AsicBackend, group: number, members: readonly GroupMember[]): void {
  if (asic.groups.find(group) === undefined) asic.groups.create(group);
  for (const member of members) restoreMember(asic, group, member, true);
}

function restoreMember(asic: AsicBackend, group: number, member: GroupMember, wanted: boolean): void {
  const present = asic.groups.find(group)?.some(({ port }) => port === member.port) ?? false;
  if (wanted && !present) asic.groups.addPort(group, member);
  if (!wanted && present) asic.groups.removePort(group, member.port);
}

function restorePort(asic: AsicBackend, port: number, prior: PortConfig | undefined): void {
  const current = asic.ports.find(port);
  if (current === prior) return;
  if (prior === undefined) asic.ports.delete(port);
  else if (current === undefined) asic.ports.create(prior);
  else asic.ports.update(prior);
}
