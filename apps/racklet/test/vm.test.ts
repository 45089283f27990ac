/** `racklet vm`: a described VM as a specification, and running at a terminal that a test plays. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { realWorld } from "@racklet/world";
import { afterAll, describe, expect, test } from "vitest";
import { parseCommandLine } from "../src/cli/parse.ts";
import type { Io } from "../src/cli/io.ts";
import { vm, type VmCommand } from "../src/commands/vm.ts";
import { PLAIN } from "../src/text/style.ts";

const directory = mkdtempSync(join(tmpdir(), "racklet-vm-"));
const FILE = join(directory, "web.toml");
writeFileSync(FILE, "");
afterAll(() => rmSync(directory, { recursive: true }));

/** Types and interrupts when it sees a text. */
function terminal(
  reactions: readonly (readonly [sees: string, does: "interrupt" | { readonly types: string }])[] = [],
) {
  const lines: string[] = [];
  let console = "";
  let said = "";
  let interrupt = (_signal: string): void => {};
  let type = (_bytes: Uint8Array): void => {};
  const pending = [...reactions];
  const look = (): void => {
    const [next] = pending;
    if (next === undefined || ![console, lines.join("\n")].some((text) => text.includes(next[0]))) return;
    pending.shift();
    const [, does] = next;
    if (does === "interrupt") interrupt("SIGINT");
    else type(Buffer.from(does.types));
  };
  const io: Io = {
    world: realWorld({ name: "test", log: { level: "silent" } }),
    env: {},
    pid: 1,
    out: (line) => {
      lines.push(line);
      look();
    },
    raw: (bytes) => {
      console += Buffer.from(bytes).toString();
      look();
    },
    err: (text) => (said += text),
    style: PLAIN,
    errStyle: PLAIN,
    isLive: false,
    onSignal: (handler) => {
      interrupt = handler;
      return () => (interrupt = () => {});
    },
    onInput: (handler) => {
      type = handler;
      return () => (type = () => {});
    },
  };
  return { io, lines, console: () => console, said: () => said };
}

const parse = (...argv: string[]): VmCommand => {
  const command = parseCommandLine(["vm", ...argv], {});
  if (command.command !== "vm") throw new Error("not that command");
  return command;
};

describe("racklet vm spec", () => {
  test("prints the specification, in one line when asked to", async () => {
    const [pretty, line] = [terminal(), terminal()];
    expect(await vm(parse("spec", FILE, "--cpus", "2"), pretty.io)).toBe(0);
    await vm(parse("spec", FILE, "--cpus", "2", "--json"), line.io);
    expect(JSON.parse(line.lines[0] ?? "")).toMatchObject({ board: { cpus: 2, memory_mb: 1024 } });
    expect(JSON.parse(pretty.lines.join("\n"))).toEqual(JSON.parse(line.lines[0] ?? ""));
    expect(line.lines[0]).not.toContain("\n");
  });

  test("says what is wrong with the description, and with the file", async () => {
    const bad = join(directory, "bad.toml");
    writeFileSync(bad, '[dev.x]\ndriver = "floppy"');
    await expect(vm(parse("spec", bad), terminal().io)).rejects.toThrow(/bad\.toml: .*floppy/);
    await expect(vm(parse("run", join(directory, "none.toml")), terminal().io)).rejects.toThrow(/cannot read ENOENT/);
  });
});

describe("racklet vm run", () => {
  test("shows the console, hands on what is typed, and ends with the VM", async () => {
    const it = terminal([
      ["web login: ", { types: "me\n" }],
      ["me@web:~$ ", { types: "poweroff\n" }],
    ]);
    expect(await vm(parse("run", FILE), it.io)).toBe(0);
    expect(it.console()).toContain("me@web:~$ poweroff");
    expect(it.said()).toMatch(
      /… web is starting\n✓ web runs, its propolis serves at http:\S+; Ctrl-C stops it\n✓ web has/,
    );
  });

  test.each([
    ["a signal", "interrupt" as const],
    ["the key, where the terminal hands it on", { types: "\u0003" }],
  ])("stops on %s, and says each thing in JSON", async (_, how) => {
    const it = terminal([["login: ", how]]);
    expect(await vm(parse("run", FILE, "--name", "db", "--json"), it.io)).toBe(0);
    const events = it.lines.map((line) => JSON.parse(line) as { event: string; text?: string; state?: string });
    expect([...new Set(events.map(({ event }) => event))]).toEqual([
      "starting",
      "running",
      "serial",
      "stopping",
      "ended",
    ]);
    expect(events.map(({ text }) => text ?? "").join("")).toContain("db login: ");
    expect(events.at(-1)).toEqual({ event: "ended", state: "Destroyed" });
  });
});
