/** `racklet vm spec|run FILE`: makes a specification of a described VM, or runs the VM here, without a rack. */
import { readFileSync } from "node:fs";
import { basename, extname } from "node:path";
import type { specFromToml } from "@racklet/propolis";
import type { VmAction } from "../cli/commands.ts";
import type { Io } from "../cli/io.ts";
import { Failure, errorText } from "../failure.ts";

export interface VmCommand {
  readonly json: boolean;
  readonly action: VmAction;
  /** A description in TOML. */
  readonly file: string;
  /** Undefined: that of the file. */
  readonly name: string | undefined;
  readonly cpus: number | undefined;
  readonly memoryMb: number | undefined;
  readonly cpuidProfile: string | undefined;
  readonly hyperv: boolean;
}

type Spec = ReturnType<typeof specFromToml>;

/** Resolves with the exit code: of `run`, when the VM has ended. Throws Failure for a description that makes no VM. */
export async function vm(command: VmCommand, io: Io): Promise<number> {
  const spec = await specOf(command);
  if (command.action === "run") return run(command, spec, io);
  io.out(command.json ? JSON.stringify(spec) : JSON.stringify(spec, null, 2));
  return 0;
}

async function specOf({ file, cpus, memoryMb, cpuidProfile, hyperv }: VmCommand): Promise<Spec> {
  const { VmConfigError, specFromToml: convert } = await import("@racklet/propolis");
  try {
    return convert(readFileSync(file, "utf8"), {
      hyperv,
      ...(cpus === undefined ? {} : { cpus }),
      ...(memoryMb === undefined ? {} : { memoryMb }),
      ...(cpuidProfile === undefined ? {} : { cpuidProfile }),
    });
  } catch (error) {
    if (error instanceof VmConfigError) throw new Failure(`${file}: ${error.message}`);
    if ((error as NodeJS.ErrnoException).code !== undefined) throw new Failure(`cannot read ${errorText(error)}`);
    throw error;
  }
}

// A pipe ends lines otherwise than a keyboard does.
const typed = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => (byte === LINE_FEED ? RETURN : byte));
const LINE_FEED = 10;
const RETURN = 13;

/** What Ctrl-C sends where the terminal hands every key on. */
const CTRL_C = 3;

async function run(command: VmCommand, spec: Spec, io: Io): Promise<number> {
  const name = command.name ?? (basename(command.file, extname(command.file)) || "vm");
  const show = command.json ? eventsOn(io) : textOn(io, name);
  show.starting();
  const machine = await start(name, spec, (bytes) => show.serial(bytes));
  show.running(machine.url);
  let asked = 0;
  const stop = (): void => {
    asked += 1;
    if (asked === 1) show.stopping();
    machine.stop();
    // Whoever asks twice will not wait for the guest.
    if (asked === 2) void machine.close();
  };
  const releaseSignals = io.onSignal(stop);
  const releaseInput = io.onInput((bytes) => (bytes.includes(CTRL_C) ? stop() : machine.input(typed(bytes))));
  const state = await machine.ended;
  releaseInput();
  releaseSignals();
  await machine.close();
  show.ended(state);
  return state === "Destroyed" ? 0 : 1;
}

async function start(name: string, spec: Spec, output: (bytes: Uint8Array) => void) {
  const [{ DEFAULT_CONFIG, PropolisError, startLocalVm }, { realWorld }] = await Promise.all([
    import("@racklet/propolis"),
    import("@racklet/world"),
  ]);
  const config = { ...DEFAULT_CONFIG, listen: { host: "127.0.0.1", port: 0 } };
  try {
    return await startLocalVm(config, realWorld({ name: "racklet vm", log: { level: "silent" } }), {
      name,
      spec,
      output,
    });
  } catch (error) {
    if (error instanceof PropolisError) throw new Failure(error.message);
    throw error;
  }
}

interface Show {
  starting(): void;
  running(url: string): void;
  serial(bytes: Uint8Array): void;
  stopping(): void;
  ended(state: string): void;
}

/** The console on standard output; what happens to the VM beside it. */
function textOn({ errStyle: { good, bad, dim }, err, raw }: Io, name: string): Show {
  return {
    starting: () => err(`${dim("…")} ${name} is starting\n`),
    running: (url) => err(`${good("✓")} ${name} runs, its propolis serves at ${url}; Ctrl-C stops it\n`),
    serial: raw,
    stopping: () => err(`\n${dim("…")} ${name} is stopping; Ctrl-C again to wait no longer\n`),
    ended: (state) =>
      err(state === "Destroyed" ? `${good("✓")} ${name} has ended\n` : `${bad("✗")} ${name} ended as ${state}\n`),
  };
}

/** A line of JSON for each. */
function eventsOn({ out }: Io): Show {
  const decoder = new TextDecoder();
  const say = (event: string, fields: object = {}): void => out(JSON.stringify({ event, ...fields }));
  return {
    starting: () => say("starting"),
    running: (url) => say("running", { url }),
    serial: (bytes) => say("serial", { text: decoder.decode(bytes, { stream: true }) }),
    stopping: () => say("stopping"),
    ended: (state) => say("ended", { state }),
  };
}
