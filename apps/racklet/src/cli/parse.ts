/** From the command line to a command, or to a sentence that says what is wrong with it. Pure: nothing is read or started. */
import { parseArgs } from "node:util";
import {
  ASIC_ACTIONS,
  COMMANDS,
  MCAST_VIEWS,
  SERVICE_ACTIONS,
  VM_ACTIONS,
  type AsicAction,
  type Command,
  type McastView,
  type ServiceAction,
  type UpOptions,
} from "./commands.ts";
import type { VmCommand } from "../commands/vm.ts";

/** The command line makes no sense. `topic`: whose help to read. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly topic: string | undefined;
  constructor(message: string, topic?: string) {
    super(message);
    this.topic = topic;
  }
}

export const DEFAULT_DATA = ".racklet";
const MAX_SLEDS = 32;

type Env = Readonly<Record<string, string | undefined>>;

/** `argv` is what follows the program's name; `RACKLET_DATA` and `RACKLET_DATABASE` stand in for `--data` and `--database`. Throws UsageError. */
export function parseCommandLine(argv: readonly string[], env: Env): Command {
  const [name, ...rest] = argv;
  if (name === undefined || name === "--help" || name === "-h") return { command: "help", topic: undefined };
  if (name === "--version") return { command: "version" };
  if (name.startsWith("-")) throw new UsageError(`the command comes first, ${name} after it`);
  if (!isCommand(name)) throw new UsageError(`there is no command "${name}"${nearest(name)}`);
  if (rest.includes("--help") || rest.includes("-h")) return { command: "help", topic: name };
  const { values, positionals } = readFlags(name, rest);
  const text = (flag: string): string | undefined => {
    const value = values[flag];
    return typeof value === "string" ? value : undefined;
  };
  const data = nonEmpty(text("data") ?? env["RACKLET_DATA"] ?? DEFAULT_DATA, "data", name);
  const common = { data, json: values["json"] === true };
  if (!["service", "asic", "mcast", "vm", "help"].includes(name)) refuseMore(positionals, 0, name);
  switch (name) {
    case "up":
      return { command: "up", ...common, ...upOptions(values, text, env) };
    case "service":
      return { command: "service", ...common, ...serviceArguments(positionals) };
    case "asic":
      return { command: "asic", ...common, ...asicArguments(positionals) };
    case "nat":
      return { command: "nat", ...common, switch: switchOf(text("switch")) };
    case "vm":
      return { command: "vm", json: common.json, hyperv: values["hyperv"] === true, ...vmArguments(positionals, text) };
    case "mcast":
      return { command: "mcast", ...common, ...mcastArguments(positionals) };
    case "wait":
      if (values["applied"] !== true)
        throw new UsageError("wait needs --applied: there is nothing else to wait for", "wait");
      return { command: "wait", ...common, timeoutMs: timeoutOf(text("timeout") ?? "10") };
    case "help":
      refuseMore(positionals, 1, name);
      return { command: "help", topic: positionals[0] };
    case "status":
    case "token":
    case "down":
      return { command: name, ...common };
  }
}

type CommandName = keyof typeof COMMANDS;

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

interface Flags {
  readonly values: Readonly<Record<string, unknown>>;
  readonly positionals: readonly string[];
}

function readFlags(name: CommandName, args: readonly string[]): Flags {
  try {
    return parseArgs({ args: [...args], options: COMMANDS[name].flags, allowPositionals: true });
  } catch (error) {
    // Node's text goes on with advice about "--" that fits no flag of ours.
    const [sentence = ""] = (error as Error).message.split(". To specify");
    throw new UsageError(sentence.charAt(0).toLowerCase() + sentence.slice(1), name);
  }
}

function upOptions(
  values: Flags["values"],
  text: (flag: string) => string | undefined,
  env: Env,
): Omit<UpOptions, "data" | "json"> {
  const sleds = text("sleds") ?? "4";
  if (!/^\d{1,3}$/.test(sleds) || Number(sleds) < 1 || Number(sleds) > MAX_SLEDS) {
    throw new UsageError(`--sleds ${sleds}: expected a number from 1 to ${MAX_SLEDS}`, "up");
  }
  const ports = text("ports") ?? "default";
  if (ports !== "default" && ports !== "auto") {
    throw new UsageError(`--ports ${ports}: expected default or auto`, "up");
  }
  const propolis = text("propolis") ?? "embedded";
  if (propolis !== "embedded" && propolis !== "process") {
    throw new UsageError(`--propolis ${propolis}: expected embedded or process`, "up");
  }
  const ephemeral = values["ephemeral"] === true;
  if (ephemeral && (text("data") !== undefined || values["fresh"] === true)) {
    throw new UsageError("--ephemeral has a directory of its own: leave out --data and --fresh", "up");
  }
  const fresh = values["fresh"] === true;
  const database = databaseOf(text("database") ?? (env["RACKLET_DATABASE"] || undefined));
  if (database !== undefined && (fresh || ephemeral)) {
    throw new UsageError(
      `${fresh ? "--fresh" : "--ephemeral"} does not empty a PostgreSQL database: name an empty one with --database, and a new directory with --data`,
      "up",
    );
  }
  return {
    sleds: Number(sleds),
    ports,
    fresh,
    ephemeral,
    database,
    inProcess: values["in-process"] === true,
    propolis,
    pools: values["pools"] === true,
    password: nonEmpty(text("password") ?? "oxide", "password", "up"),
  };
}

// Not repeated in the message: it may hold a password.
function databaseOf(url: string | undefined): string | undefined {
  if (url === undefined || /^postgres(ql)?:\/\/./.test(url)) return url;
  throw new UsageError(
    "--database: expected postgres://…; without it Nexus has a SQLite file in the directory of the rack",
    "up",
  );
}

function serviceArguments(positionals: readonly string[]): { action: ServiceAction; service: string } {
  const [word, service] = positionals;
  const action = SERVICE_ACTIONS.find((each) => each === word);
  if (action === undefined) {
    const given = word === undefined ? "" : ` (not "${word}")`;
    throw new UsageError(`service needs an action${given}: ${SERVICE_ACTIONS.join(", ")}`, "service");
  }
  if (service === undefined) {
    throw new UsageError(`service ${action} needs the name of a service, for example dpd/switch0`, "service");
  }
  refuseMore(positionals, 2, "service");
  return { action, service };
}

function asicArguments(positionals: readonly string[]): { action: AsicAction; switch: string } {
  const [word, name] = positionals;
  const action = ASIC_ACTIONS.find((each) => each === word);
  if (action === undefined) {
    const given = word === undefined ? "" : ` (not "${word}")`;
    throw new UsageError(`asic needs an action${given}: ${ASIC_ACTIONS.join(", ")}`, "asic");
  }
  if (name !== "switch0" && name !== "switch1") {
    const given = name === undefined ? "" : ` (not "${name}")`;
    throw new UsageError(`asic ${action} needs a switch${given}: switch0 or switch1`, "asic");
  }
  refuseMore(positionals, 2, "asic");
  return { action, switch: name };
}

/** What an InstanceSpec's board can say. */
const MAX_CPUS = 255;
const MAX_MEMORY_MB = 1024 ** 3;

function vmArguments(
  positionals: readonly string[],
  text: (flag: string) => string | undefined,
): Omit<VmCommand, "json" | "hyperv"> {
  const [word, file] = positionals;
  const action = VM_ACTIONS.find((each) => each === word);
  if (action === undefined) {
    const given = word === undefined ? "" : ` (not "${word}")`;
    throw new UsageError(`vm needs an action${given}: ${VM_ACTIONS.join(", ")}`, "vm");
  }
  if (file === undefined) throw new UsageError(`vm ${action} needs a file that describes the VM, in TOML`, "vm");
  refuseMore(positionals, 2, "vm");
  const name = text("name");
  if (name !== undefined && !/^[a-zA-Z0-9][a-zA-Z0-9.-]{0,62}$/.test(name)) {
    throw new UsageError(`--name ${name}: expected 1 to 63 letters, digits, dots, dashes`, "vm");
  }
  const number = (flag: string, most: number): number | undefined => {
    const value = text(flag);
    if (value === undefined) return undefined;
    if (/^\d{1,10}$/.test(value) && Number(value) >= 1 && Number(value) <= most) return Number(value);
    throw new UsageError(`--${flag} ${value}: expected a number from 1 to ${most}`, "vm");
  };
  return {
    action,
    file,
    name,
    cpus: number("cpus", MAX_CPUS),
    memoryMb: number("memory", MAX_MEMORY_MB),
    cpuidProfile: text("cpuid-profile"),
  };
}

type McastArguments = { view: McastView } | { view: "why"; group: string; instance: string };

function mcastArguments(positionals: readonly string[]): McastArguments {
  const [word = "groups", group, instance] = positionals;
  const view = MCAST_VIEWS.find((each) => each === word);
  if (view !== undefined) {
    refuseMore(positionals, 1, `mcast ${view}`);
    return { view };
  }
  if (word !== "why") throw new UsageError(`mcast has no view "${word}": ${MCAST_VIEWS.join(", ")} or why`, "mcast");
  if (group === undefined || instance === undefined)
    throw new UsageError("mcast why needs a group and an instance", "mcast");
  refuseMore(positionals, 3, "mcast why");
  return { view: "why", group, instance };
}

const MAX_TIMEOUT_S = 60;

function timeoutOf(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (seconds > 0 && seconds <= MAX_TIMEOUT_S) return Math.ceil(seconds * 1000);
  throw new UsageError(`--timeout ${text}: expected seconds, above 0 and at most ${MAX_TIMEOUT_S}`, "wait");
}

function switchOf(text: string | undefined): string | undefined {
  if (text === undefined || text === "switch0" || text === "switch1") return text;
  throw new UsageError(`--switch ${text}: expected switch0 or switch1`, "nat");
}

function refuseMore(positionals: readonly string[], most: number, name: string): void {
  const extra = positionals[most];
  if (extra !== undefined) throw new UsageError(`${name} does not take "${extra}"`, name);
}

function nonEmpty(value: string, flag: string, name: string): string {
  if (value.trim() === "") throw new UsageError(`--${flag} is empty`, name);
  return value;
}

function nearest(name: string): string {
  const close = Object.keys(COMMANDS).find((each) => each.startsWith(name) || name.startsWith(each));
  return close === undefined ? "" : ` (did you mean ${close}?)`;
}
