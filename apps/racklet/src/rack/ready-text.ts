/** What `racklet up` prints when the rack is ready: a line of JSON for scripts, or what a newcomer needs next. */
import type { Style } from "../text/style.ts";
import { displayPath } from "../text/path.ts";
import { renderTable } from "../text/table.ts";
import type { Rack } from "./layout.ts";
import { SILO, USER } from "./first-user.ts";

export interface Ready {
  readonly rack: Rack;
  readonly token: string;
  readonly dir: string;
  /** Since the launcher's process began. */
  readonly startupMs: number;
  readonly password: string;
}

export function readyLine({ rack, token, dir, startupMs }: Ready): string {
  return JSON.stringify({
    event: "ready",
    startup_ms: Math.round(startupMs),
    token,
    nexus: rack.nexus,
    dpd: rack.dpd,
    sled_agents: rack.sledAgents,
    data: dir,
  });
}

export function readyText({ rack, token, dir, startupMs, password }: Ready, style: Style): string {
  const { good, dim, strong } = style;
  const { external, internal, lockstep } = rack.nexus;
  const rows = [
    ["nexus", external, "the API: SDKs, CLI, Terraform, console"],
    ["", internal, "internal API"],
    ["", lockstep, "lockstep API"],
    ...rack.dpd.map((each) => [`dpd/${each.switch}`, each.url, ""]),
    ...rack.sledAgents.map(({ url, scrimlet }, sled) => [`sled-agent/${sled}`, url, scrimlet ? "scrimlet" : ""]),
  ];
  const data = displayPath(dir);
  return [
    `${good("✓")} ${strong(`The rack is ready`)} ${dim(`(${(startupMs / 1000).toFixed(2)} s)`)}`,
    "",
    renderTable(["SERVICE", "URL", ""], rows, dim),
    "",
    `login  silo ${SILO}, user ${USER}, password ${password}`,
    `data   ${data} ${dim(`(logs: ${data}/logs)`)}`,
    "",
    dim("Use it from another terminal:"),
    `  export OXIDE_HOST=${external} OXIDE_TOKEN=${token}`,
    `  curl -H "authorization: Bearer $OXIDE_TOKEN" $OXIDE_HOST/v1/me`,
    `  npm run racklet -- status`,
    "",
    dim("Ctrl-C stops the rack."),
  ].join("\n");
}
