/** The commands as data: what can be asked for, with which flags, and the help that says so. */
import type { VmCommand } from "../commands/vm.ts";

export const SERVICE_ACTIONS = ["start", "stop", "kill", "pause", "resume"] as const;
export type ServiceAction = (typeof SERVICE_ACTIONS)[number];

export const ASIC_ACTIONS = ["attach", "detach"] as const;
export type AsicAction = (typeof ASIC_ACTIONS)[number];

export const VM_ACTIONS = ["spec", "run"] as const;
export type VmAction = (typeof VM_ACTIONS)[number];

export const MCAST_VIEWS = ["groups", "members", "targets"] as const;
export type McastView = (typeof MCAST_VIEWS)[number];

interface Common {
  /** Directory of the rack. */
  readonly data: string;
  readonly json: boolean;
}

export interface UpOptions extends Common {
  readonly sleds: number;
  readonly ports: "default" | "auto";
  readonly fresh: boolean;
  readonly ephemeral: boolean;
  /** A PostgreSQL URL for Nexus; undefined: an SQLite file in `data`. */
  readonly database: string | undefined;
  readonly inProcess: boolean;
  /** Where the VMs' propolis servers run. */
  readonly propolis: "embedded" | "process";
  /** Create the default IP pools when the rack is new. */
  readonly pools: boolean;
  readonly password: string;
}

export type Command =
  | ({ readonly command: "up" } & UpOptions)
  | ({ readonly command: "status" | "token" | "down" } & Common)
  | ({ readonly command: "service"; readonly action: ServiceAction; readonly service: string } & Common)
  | ({ readonly command: "nat"; readonly switch: string | undefined } & Common)
  | ({ readonly command: "mcast"; readonly view: McastView } & Common)
  | ({ readonly command: "mcast"; readonly view: "why"; readonly group: string; readonly instance: string } & Common)
  | ({ readonly command: "wait"; readonly timeoutMs: number } & Common)
  | ({ readonly command: "asic"; readonly action: AsicAction; readonly switch: string } & Common)
  | ({ readonly command: "vm" } & VmCommand)
  | { readonly command: "help"; readonly topic: string | undefined }
  | { readonly command: "version" };

interface Flag {
  readonly type: "string" | "boolean";
}

interface CommandHelp {
  readonly usage: string;
  readonly summary: string;
  readonly details: readonly string[];
  readonly flags: Readonly<Record<string, Flag>>;
}

const COMMON = { data: { type: "string" }, json: { type: "boolean" } } as const;
const COMMON_DETAILS = [
  "--data DIR            which rack (default .racklet, or the variable RACKLET_DATA)",
  "--json                one line of JSON on standard output instead of text",
];

export const COMMANDS = {
  up: {
    usage: "racklet up [flags]",
    summary: "start a rack and keep it running until Ctrl-C",
    details: [
      "--sleds N             number of sleds, 1 to 32 (default 4; the first two are scrimlets)",
      "--ports default|auto  the documented ports, or free ones",
      "--data DIR            where the rack keeps its data (default .racklet, or the variable RACKLET_DATA)",
      "--fresh               begin with an empty rack: deletes what DIR has of the last one",
      "--ephemeral           use a temporary directory, deleted at the end",
      "--database URL        keep Nexus' data in the PostgreSQL database postgres://… (or the variable RACKLET_DATABASE)",
      "                      instead of a SQLite file in DIR; then without --fresh and --ephemeral, which do not empty it",
      "--in-process          run all services in this one process: less memory, but none can be killed for real",
      "--propolis embedded|process  the server of each VM in its sled-agent (default), or in a process of its own",
      "--pools               give a new rack the IP pools `default` and `default-ipv6`, as the silo's defaults",
      "--password P          password of test-privileged in a new rack (default oxide)",
      "--json                print one line of JSON when ready, nothing else on standard output",
    ],
    flags: {
      ...COMMON,
      sleds: { type: "string" },
      ports: { type: "string" },
      fresh: { type: "boolean" },
      ephemeral: { type: "boolean" },
      database: { type: "string" },
      "in-process": { type: "boolean" },
      propolis: { type: "string" },
      pools: { type: "boolean" },
      password: { type: "string" },
    },
  },
  status: {
    usage: "racklet status [flags]",
    summary: "services, versions, background tasks and NAT generations of the running rack",
    details: COMMON_DETAILS,
    flags: COMMON,
  },
  nat: {
    usage: "racklet nat [--switch switch0|switch1] [flags]",
    summary: "the NAT entries of the switches and who owns them",
    details: ["--switch NAME         only this switch", ...COMMON_DETAILS],
    flags: { ...COMMON, switch: { type: "string" } },
  },
  mcast: {
    usage: `racklet mcast [${MCAST_VIEWS.join("|")}] [flags]\n       racklet mcast why GROUP INSTANCE [flags]`,
    summary: "multicast groups, members, and what switches and sleds hold",
    details: [
      "groups                every group, with what becomes of it (default)",
      "members               every membership",
      "targets               every switch and sled: what differs and why; exit code 1 when something does",
      "why GROUP INSTANCE    each step from intent to table; exit code 1 when one is not as it must be",
      ...COMMON_DETAILS,
    ],
    flags: COMMON,
  },
  wait: {
    usage: "racklet wait --applied [--timeout S] [flags]",
    summary: "wait until switches and sleds hold what was decided",
    details: [
      "--applied             multicast groups, members and sources, as decided up to now",
      "--timeout S           give up after S seconds, at most 60 (default 10); exit code 1, naming who lags",
      ...COMMON_DETAILS,
    ],
    flags: { ...COMMON, applied: { type: "boolean" }, timeout: { type: "string" } },
  },
  service: {
    usage: `racklet service ${SERVICE_ACTIONS.join("|")} NAME [flags]`,
    summary: "act on one service of the running rack, for example dpd/switch0",
    details: [
      "start                 bring a stopped service back",
      "stop                  end it and keep it down until start",
      "kill                  SIGKILL; the supervisor brings it back",
      "pause, resume         SIGSTOP and SIGCONT: it keeps its connections and does not answer",
      ...COMMON_DETAILS,
    ],
    flags: COMMON,
  },
  asic: {
    usage: `racklet asic ${ASIC_ACTIONS.join("|")} SWITCH [flags]`,
    summary: "let the ASIC of switch0 or switch1 appear or disappear",
    details: [
      "attach                it appears, with empty tables",
      "detach                it disappears: dpd keeps answering, and refuses what would write a table",
      ...COMMON_DETAILS,
    ],
    flags: COMMON,
  },
  vm: {
    usage: `racklet vm ${VM_ACTIONS.join("|")} FILE [flags]`,
    summary: "make a specification of a VM described in TOML, or run it here without a rack",
    details: [
      "spec                  print the specification that propolis takes",
      "run                   run it, with its serial console in this terminal; Ctrl-C stops it",
      "--name NAME           its host name (default the name of FILE)",
      "--cpus N              virtual CPUs, 1 to 255 (default 4)",
      "--memory MB           memory (default 1024)",
      "--cpuid-profile NAME  a [cpuid.NAME] section of FILE",
      "--hyperv              show the guest Hyper-V's interface",
      "--json                spec: one line; run: a line of JSON for each thing that happens",
    ],
    flags: {
      json: { type: "boolean" },
      name: { type: "string" },
      cpus: { type: "string" },
      memory: { type: "string" },
      "cpuid-profile": { type: "string" },
      hyperv: { type: "boolean" },
    },
  },
  token: { usage: "racklet token [flags]", summary: "print an access token", details: COMMON_DETAILS, flags: COMMON },
  down: { usage: "racklet down [flags]", summary: "stop the running rack", details: COMMON_DETAILS, flags: COMMON },
  help: { usage: "racklet help [COMMAND]", summary: "this text, or that of a command", details: [], flags: {} },
} as const satisfies Readonly<Record<string, CommandHelp>>;

/** Help on a command, or the list of commands for anything else. */
export function helpText(topic: string | undefined): string {
  const command = Object.entries(COMMANDS).find(([name]) => name === topic)?.[1];
  if (command !== undefined) {
    const details = command.details.map((line) => `  ${line}`);
    return [`usage: ${command.usage}`, `  ${command.summary}`, ...(details.length > 0 ? ["", ...details] : [])].join(
      "\n",
    );
  }
  const rows = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(9)}${summary}`);
  return [
    "usage: racklet COMMAND [flags]      (npm start is `racklet up`; npm run racklet -- COMMAND runs the others)",
    "",
    ...rows,
    "",
    "racklet help COMMAND lists the flags of a command.",
  ].join("\n");
}
