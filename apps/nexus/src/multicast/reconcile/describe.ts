/** Steps in words, for errors and operators. */
import type { SledStep } from "./diff-sled.ts";
import type { HeldMember, SwitchStep } from "./diff-switch.ts";

export function describeSwitchStep(step: SwitchStep): string {
  switch (step.do) {
    case "reset-tag":
      return "remove what is left of it";
    case "delete":
      return `remove ${step.ip}, which another owner has`;
    case "create-underlay":
      return `create ${step.ip} with ports ${portsText(step.members)}`;
    case "set-members":
      return `give ${step.ip} the ports ${portsText(step.members)}`;
    case "create-external":
      return `create it, from ${sourcesOf(step.group.sources)}, leading to ${step.group.underlayIp}`;
    case "update-external":
      return `change it, from ${sourcesOf(step.group.sources)}, leading to ${step.group.underlayIp}`;
  }
}

export function describeSledStep(step: SledStep): string {
  switch (step.do) {
    case "leave":
      return `end the subscription of VMM ${step.propolisId} to ${step.groupIp}`;
    case "join":
      return `subscribe VMM ${step.propolisId} to ${step.groupIp} from ${sourcesOf(step.sources)}`;
    case "clear-m2p":
      return `remove the mapping ${step.group} → ${step.underlay}`;
    case "set-m2p":
      return `map ${step.group} → ${step.underlay}`;
    case "clear-forwarding":
      return `remove the next hops of ${step.underlay}`;
    case "set-forwarding":
      return `forward ${step.underlay} to ${step.nextHop}`;
  }
}

const portsText = (members: readonly HeldMember[]): string =>
  members.length === 0 ? "(none)" : members.map(({ port_id }) => port_id).join(", ");

const sourcesOf = (sources: readonly string[] | null): string =>
  sources === null || sources.length === 0 ? "any source" : sources.join(", ");
