/** The status of a rack as tables. */
import type { RackStatus } from "../control/protocol.ts";
import { taskError } from "../rack/task-error.ts";
import type { RackViews, SwitchNat } from "../rack/inspect.ts";
import type { Phase } from "../supervisor/machine.ts";
import type { ServiceStatus } from "../supervisor/supervisor.ts";
import { formatDuration } from "../text/duration.ts";
import { describeExit } from "../text/exit.ts";
import { displayPath } from "../text/path.ts";
import type { Style } from "../text/style.ts";
import { renderTable, type Row } from "../text/table.ts";

export function statusText(rack: RackStatus, views: RackViews, style: Style): string {
  const kind = rack.inProcess ? `process ${rack.pid}, all services in it` : `launcher ${rack.pid}`;
  const state = rack.ready ? style.good("ready") : style.warn("starting");
  return [
    `rack in ${displayPath(rack.data)}: ${state}, up ${formatDuration(rack.uptimeMs)} ${style.dim(`(${kind})`)}`,
    "",
    renderTable(
      ["SERVICE", "STATE", "PID", "UP", "RESTARTS", "API VERSION", "URL", "LAST END"],
      rack.services.map((service) => serviceRow(service, views, style)),
      style.dim,
    ),
    "",
    renderTable(
      ["SWITCH", "NAT GENERATION", "IN NEXUS", "IPV4", "IPV6", ""],
      views.nat.map((nat) => natRow(nat, style)),
      style.dim,
    ),
    "",
    taskTable(views, style),
  ].join("\n");
}

function serviceRow(service: ServiceStatus, views: RackViews, style: Style): Row {
  const { name, phase, pid, uptimeMs, restarts, url, lastExit } = service;
  const version = views.versions.get(name)?.latest;
  return [
    name,
    paintPhase(phase, style),
    pid === undefined ? "-" : String(pid),
    uptimeMs === undefined ? "-" : formatDuration(uptimeMs),
    String(restarts),
    version ?? (phase === "running" ? style.bad("no answer") : "-"),
    url,
    lastExit === undefined ? "" : describeExit(lastExit),
  ];
}

function paintPhase(phase: Phase, { good, bad, warn }: Style): string {
  if (phase === "running") return good(phase);
  return phase === "waiting" ? bad("restarting") : warn(phase);
}

function natRow({ switch: name, desired, group }: SwitchNat, { good, bad, warn, dim }: Style): Row {
  const wanted = desired === undefined ? "?" : String(desired);
  if (!group.ok) return [name, "?", wanted, "?", "?", bad(group.error)];
  if (group.value === undefined) return [name, "0", wanted, "0", "0", dim("no entries yet")];
  const { generation, ipv4_entries, ipv6_entries, drifted, missing } = group.value;
  const remark = drifted
    ? bad(`drifted, ${missing} entries missing`)
    : desired === undefined || desired === generation
      ? good("agrees")
      : warn("on its way");
  return [name, String(generation), wanted, String(ipv4_entries), String(ipv6_entries), remark];
}

function taskTable({ tasks }: RackViews, style: Style): string {
  if (!tasks.ok) return `background tasks: ${style.bad(tasks.error)}`;
  const rows = Object.values(tasks.value).map(({ name, last, current, period }): Row => {
    const every = formatDuration(period.secs * 1000 + period.nanos / 1e6);
    const now = current.current_status === "running" ? "running" : "";
    if (last.last_result !== "completed") return [name, every, "0", "-", now || "never completed"];
    const { iteration, elapsed, details } = last.details;
    const error = taskError(details);
    const took = formatDuration(elapsed.secs * 1000 + elapsed.nanos / 1e6);
    return [name, every, String(iteration), took, error === undefined ? now || style.good("ok") : style.bad(error)];
  });
  return renderTable(["TASK", "EVERY", "PASSES", "LAST TOOK", "RESULT"], rows, style.dim);
}
