import { describe, expect, test } from "vitest";
import { COMMANDS, helpText } from "../src/cli/commands.ts";
import { UsageError, parseCommandLine } from "../src/cli/parse.ts";

const UP = {
  command: "up",
  data: ".racklet",
  json: false,
  sleds: 4,
  ports: "default",
  fresh: false,
  ephemeral: false,
  database: undefined,
  inProcess: false,
  propolis: "embedded",
  pools: false,
  password: "oxide",
};

const VM = {
  command: "vm",
  file: "vm.toml",
  json: false,
  name: undefined,
  cpus: undefined,
  memoryMb: undefined,
  cpuidProfile: undefined,
  hyperv: false,
};

const NO_DATABASE =
  "--database: expected postgres://…; without it Nexus has a SQLite file in the directory of the rack";
const NOT_EMPTIED =
  "does not empty a PostgreSQL database: name an empty one with --database, and a new directory with --data";

const parse = (line: string, env = {}) => parseCommandLine(line.split(" ").filter(Boolean), env);

describe("the command line", () => {
  test.each([
    ["up", UP],
    [
      "up --sleds 32 --ports auto --data d --fresh --in-process --json --pools --password x --propolis process",
      {
        ...UP,
        sleds: 32,
        ports: "auto",
        data: "d",
        fresh: true,
        inProcess: true,
        propolis: "process",
        json: true,
        pools: true,
        password: "x",
      },
    ],
    ["up --ephemeral --sleds=1", { ...UP, ephemeral: true, sleds: 1 }],
    ["up --database postgres://me:x@h/db", { ...UP, database: "postgres://me:x@h/db" }],
    ["status --json", { command: "status", data: ".racklet", json: true }],
    ["token --data x", { command: "token", data: "x", json: false }],
    ["down", { command: "down", data: ".racklet", json: false }],
    ["nat --switch switch1", { command: "nat", data: ".racklet", json: false, switch: "switch1" }],
    [
      "service kill dpd/switch0",
      { command: "service", data: ".racklet", json: false, action: "kill", service: "dpd/switch0" },
    ],
    ["vm spec vm.toml", { ...VM, action: "spec" }],
    [
      "vm run vm.toml --name web --cpus 2 --memory 512 --cpuid-profile p --hyperv --json",
      { ...VM, action: "run", name: "web", cpus: 2, memoryMb: 512, cpuidProfile: "p", hyperv: true, json: true },
    ],
    ["", { command: "help", topic: undefined }],
    ["help nat", { command: "help", topic: "nat" }],
    ["up --help --sleds 99", { command: "help", topic: "up" }],
    ["--version", { command: "version" }],
  ])("%s", (line, command) => {
    expect(parse(line)).toEqual(command);
  });

  test.each([
    ["upp", 'there is no command "upp" (did you mean up?)'],
    ["frobnicate", 'there is no command "frobnicate"'],
    ["constructor", 'there is no command "constructor"'],
    ["--json status", "the command comes first, --json after it"],
    ["up --sled 3", "unknown option '--sled'"],
    ["up --sleds 0", "--sleds 0: expected a number from 1 to 32"],
    ["up --sleds 33", "--sleds 33: expected a number from 1 to 32"],
    ["up --sleds two", "--sleds two: expected a number from 1 to 32"],
    ["up --ports 1234", "--ports 1234: expected default or auto"],
    ["up --propolis thread", "--propolis thread: expected embedded or process"],
    ["up --ephemeral --data x", "--ephemeral has a directory of its own: leave out --data and --fresh"],
    ["up --database sqlite:x.db", NO_DATABASE],
    ["up --database=", NO_DATABASE],
    ["up --database postgres://h/db --fresh", `--fresh ${NOT_EMPTIED}`],
    ["up --ephemeral --database postgresql://h/db", `--ephemeral ${NOT_EMPTIED}`],
    ["up now", 'up does not take "now"'],
    ["up --data=", "--data is empty"],
    ["service", "service needs an action: start, stop, kill, pause, resume"],
    ["service restart nexus", 'service needs an action (not "restart"): start, stop, kill, pause, resume'],
    ["service kill", "service kill needs the name of a service, for example dpd/switch0"],
    ["service kill nexus now", 'service does not take "now"'],
    ["vm", "vm needs an action: spec, run"],
    ["vm start x", 'vm needs an action (not "start"): spec, run'],
    ["vm run", "vm run needs a file that describes the VM, in TOML"],
    ["vm run x y", 'vm does not take "y"'],
    ["vm run x --cpus 0", "--cpus 0: expected a number from 1 to 255"],
    ["vm run x --memory lots", "--memory lots: expected a number from 1 to 1073741824"],
    ["vm run x --name=-x", "--name -x: expected 1 to 63 letters, digits, dots, dashes"],
    ["nat --switch switch2", "--switch switch2: expected switch0 or switch1"],
    ["status --sleds 3", "unknown option '--sleds'"],
  ])("%s is refused: %s", (line, message) => {
    expect(() => parse(line)).toThrow(expect.objectContaining({ name: "UsageError", message }));
  });

  test("takes the directory from RACKLET_DATA unless --data says otherwise", () => {
    expect(parse("status", { RACKLET_DATA: "there" })).toMatchObject({ data: "there" });
    expect(parse("status --data here", { RACKLET_DATA: "there" })).toMatchObject({ data: "here" });
  });
});

test("up takes the database from RACKLET_DATABASE unless it is empty or --database says otherwise", () => {
  const env = { RACKLET_DATABASE: "postgres://there/db" };
  expect(parse("up", env)).toMatchObject({ database: "postgres://there/db" });
  expect(parse("up --database postgres://here/db", env)).toMatchObject({ database: "postgres://here/db" });
  expect(parse("up --fresh", { RACKLET_DATABASE: "" })).toMatchObject({ database: undefined, fresh: true });
  expect(() => parse("up --fresh", env)).toThrow(`--fresh ${NOT_EMPTIED}`);
});

describe("help", () => {
  test("lists every command, and every flag of a command", () => {
    for (const [name, { flags }] of Object.entries(COMMANDS)) {
      expect(helpText(undefined)).toContain(`  ${name}`);
      for (const flag of Object.keys(flags)) expect(helpText(name)).toContain(`--${flag}`);
    }
  });
});

test("asic needs an action and a switch", () => {
  expect(parseCommandLine(["asic", "attach", "switch1"], {})).toMatchObject({
    command: "asic",
    action: "attach",
    switch: "switch1",
  });
  for (const argv of [["asic"], ["asic", "pull", "switch0"], ["asic", "detach"], ["asic", "detach", "dpd/switch0"]]) {
    expect(() => parseCommandLine(argv, {})).toThrow(UsageError);
  }
});
