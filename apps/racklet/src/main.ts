/** `racklet COMMAND`: starts a rack, or talks to a running one. Each command's code is loaded when it is asked for. */
import process from "node:process";
import { realWorld } from "@racklet/world";
import { helpText, type Command } from "./cli/commands.ts";
import type { Io } from "./cli/io.ts";
import { UsageError, parseCommandLine } from "./cli/parse.ts";
import { rackletVersion } from "./cli/version.ts";
import { Failure } from "./failure.ts";
import { styleFor } from "./text/style.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const io: Io = {
  world: realWorld({ name: "racklet", log: { level: "silent" } }),
  env: process.env,
  pid: process.pid,
  out: (line) => void process.stdout.write(`${line}\n`),
  raw: (bytes) => void process.stdout.write(bytes),
  err: (text) => void process.stderr.write(text),
  style: styleFor(process.stdout, process.env),
  errStyle: styleFor(process.stderr, process.env),
  isLive: process.stderr.isTTY === true,
  onSignal: (handler) => {
    for (const signal of SIGNALS) process.on(signal, handler);
    return () => SIGNALS.forEach((signal) => process.off(signal, handler));
  },
  onInput: (handler) => {
    const { stdin } = process;
    const setRaw = (isRaw: boolean) => stdin.isTTY === true && stdin.setRawMode(isRaw);
    setRaw(true);
    stdin.on("data", handler);
    return () => {
      setRaw(false);
      stdin.off("data", handler);
      stdin.pause();
    };
  },
};

async function run(command: Command): Promise<number> {
  switch (command.command) {
    case "help":
      io.out(helpText(command.topic));
      return 0;
    case "version":
      io.out(rackletVersion());
      return 0;
    case "up":
      return (await import("./commands/up.ts")).up(command, io);
    case "status":
      return (await import("./commands/status.ts")).status(command, io);
    case "nat":
      return (await import("./commands/nat.ts")).nat(command, io);
    case "mcast":
      return (await import("./commands/mcast.ts")).mcast(command, io);
    case "wait":
      return (await import("./commands/wait.ts")).wait(command, io);
    case "service":
      return (await import("./commands/service.ts")).service(command, io);
    case "asic":
      return (await import("./commands/asic.ts")).asic(command, io);
    case "vm":
      return (await import("./commands/vm.ts")).vm(command, io);
    case "token":
      return (await import("./commands/token.ts")).token(command, io);
    case "down":
      return (await import("./commands/down.ts")).down(command, io);
  }
}

// A reader that stops early (`racklet nat | head`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});
try {
  process.exitCode = await run(parseCommandLine(process.argv.slice(2), process.env));
} catch (error) {
  if (error instanceof UsageError) {
    const help = error.topic === undefined ? "racklet help" : `racklet help ${error.topic}`;
    io.err(`racklet: ${error.message}\n${help} says what there is.\n`);
    process.exitCode = 2;
  } else if (error instanceof Failure) {
    io.err(`racklet: ${error.message}\n`);
    process.exitCode = 1;
  } else {
    throw error;
  }
}
