/** What `racklet mcast` shows to people. */
import type { Schemas } from "@racklet/nexus-internal-client/lockstep";
import { formatDuration } from "../text/duration.ts";
import type { Style } from "../text/style.ts";
import { renderTable } from "../text/table.ts";

export function groupsText(groups: readonly Schemas["MulticastGroupStatus"][], style: Style): string {
  if (groups.length === 0) return "no multicast groups";
  return renderTable(
    ["GROUP", "NAME", "UNDERLAY", "STATE", "JOINED", "SOURCES", "NOW"],
    groups.map((group) => [
      group.multicast_ip,
      group.name,
      group.underlay_ip ?? style.dim("(none)"),
      stateText(group.state, style),
      `${group.joined}/${group.members}`,
      sourcesText(group.sources ?? []),
      group.condition,
    ]),
    style.dim,
  );
}

export function membersText(members: readonly Schemas["MulticastMemberStatus"][], style: Style): string {
  if (members.length === 0) return "no members of multicast groups";
  return renderTable(
    ["GROUP", "INSTANCE", "STATE", "SLED", "SOURCES", "NOW"],
    members.map((member) => [
      member.multicast_ip,
      member.instance_name ?? member.instance_id,
      member.ended ? style.dim("ended") : stateText(member.state, style),
      member.sled_id ?? style.dim("(none)"),
      sourcesText(member.source_ips),
      member.condition,
    ]),
    style.dim,
  );
}

export function targetsText(targets: readonly Schemas["MulticastTargetStatus"][], now: number, style: Style): string {
  const table = renderTable(
    ["TARGET", "OUTCOME", "ENTRIES", "GENERATION", "SINCE", "LAST ERROR"],
    targets.map((target) => [
      target.target,
      target.outcome === "in_sync" ? style.good("in sync") : style.bad(target.outcome),
      String(target.checked),
      target.acknowledged_generation === target.generation
        ? String(target.generation)
        : style.warn(`${target.acknowledged_generation} of ${target.generation}`),
      ago(target.failing_since ?? target.time_acknowledged ?? null, now),
      target.last_error ?? "",
    ]),
    style.dim,
  );
  const differences = targets.flatMap(({ target, differences: each }) =>
    each.map((text) => `${target}  ${style.warn(text)}`),
  );
  return differences.length === 0 ? table : `${table}\n\n${differences.join("\n")}`;
}

export function whyText({ complete, steps }: Schemas["MulticastWhy"], now: number, style: Style): string {
  const table = renderTable(
    ["", "STEP", "DETAIL", "SINCE"],
    steps.map(({ step, ok, detail, since }) => [
      ok ? style.good("yes") : style.bad("no"),
      step,
      detail,
      ago(since ?? null, now),
    ]),
    style.dim,
  );
  const first = steps.find(({ ok }) => !ok);
  const verdict = complete
    ? style.good("every step is as it must be")
    : style.bad(`it ends at: ${first?.step ?? "the last step"}`);
  return `${table}\n\n${verdict}`;
}

function stateText(state: string, style: Style): string {
  return state === "active" || state === "joined"
    ? style.good(state)
    : state === "left"
      ? style.dim(state)
      : style.warn(state);
}

const sourcesText = (sources: readonly string[]): string => (sources.length === 0 ? "any" : sources.join(" "));

const ago = (time: string | null, now: number): string =>
  time === null ? "" : `${formatDuration(now - Date.parse(time))} ago`;
