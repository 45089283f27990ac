/**
 * Propolis servers in processes of their own, as on a real sled. They outlive this process when it is killed, and are found
 * again by their number and the time they began.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { formatHostPort } from "@racklet/api-kit";
import type { World } from "@racklet/world";
import { reasonOf } from "../errors.ts";
import { isRunning, signalProcess, startOf, stopProcess } from "./process-table.ts";
import type { PropolisHost, PropolisProcess, PropolisRequest, PropolisServer } from "./server.ts";

export interface ProcessHostOptions {
  readonly world: Pick<World, "timers" | "log">;
  /** Propolis' entry point. */
  readonly main: string;
  /** Flags beside where it listens. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the processes write their logs. Created if need be. */
  readonly directory: string;
}

/** For Node to start and load the code, on a machine that starts many at once. */
const START_DEADLINE_MS = 30_000;

export function processHost(options: ProcessHostOptions): PropolisHost {
  return {
    start: (request) => start(request, options),
    find: (propolisId, process) => {
      if (!isRunning(process)) return undefined;
      if (process.url !== undefined) return serverOf(process, process.url, options, propolisId);
      // It was not ready when its sled-agent ended: nobody has asked anything of it.
      signalProcess(process, "SIGKILL");
      return undefined;
    },
  };
}

async function start(request: PropolisRequest, options: ProcessHostOptions): Promise<PropolisServer> {
  const { world } = options;
  const child = launch(request, options);
  const ending = endOf(child);
  const { pid } = child;
  const startedAt = pid === undefined ? undefined : startOf(pid);
  if (pid === undefined || startedAt === undefined) throw new Error(`propolis did not start: ${await ending}`);
  const process = { pid, startedAt };
  request.onProcess({ ...process, url: undefined });
  try {
    const url = await listening(child, ending, world);
    const server = serverOf({ ...process, url }, url, options, request.propolisId);
    request.onProcess({ ...process, url });
    return {
      ...server,
      // Its connections break a moment before its exit is known here.
      howItEnded: async () => (isRunning(process) ? undefined : await ending),
      onEnd: (listener) => void ending.then((how) => server.isStopped() || listener(how)),
    };
  } catch (error) {
    signalProcess(process, "SIGKILL");
    throw error;
  }
}

function launch({ propolisId, listen }: PropolisRequest, options: ProcessHostOptions): ChildProcess {
  mkdirSync(options.directory, { recursive: true });
  const log = openSync(logPath(options.directory, propolisId), "a");
  try {
    const args = [options.main, "--listen", formatHostPort(listen.host, listen.port), ...options.args];
    return spawn(process.execPath, args, {
      env: options.env,
      // A group of its own: neither Ctrl-C nor the end of this process is meant for it. So its output is no pipe to here.
      detached: true,
      stdio: ["ignore", log, log, "ipc"],
    });
  } finally {
    closeSync(log);
  }
}

const logPath = (directory: string, propolisId: string): string => join(directory, `${propolisId}.log`);

/** Resolves with how it ended. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => {
      if (child.pid === undefined) resolve(reasonOf(error));
    });
    child.once("exit", (code, signal) => {
      resolve(`its propolis (process ${child.pid}) ended ${signal === null ? `with code ${code}` : `by ${signal}`}`);
    });
  });
}

/** The URL that it says. After that nothing holds the two processes together. */
async function listening(child: ChildProcess, ending: Promise<string>, world: Pick<World, "timers">): Promise<string> {
  let cancel = (): void => {};
  const late = new Promise<never>((_, reject) => {
    cancel = world.timers.after(START_DEADLINE_MS, () =>
      reject(new Error(`propolis did not start within ${START_DEADLINE_MS / 1000} s`)),
    );
  });
  const said = new Promise<string>((resolve) => {
    child.on("message", (message: { readonly url?: unknown }) => resolve(String(message.url)));
  });
  const ended = ending.then((how) => Promise.reject(new Error(`propolis did not start: ${how}`)));
  try {
    return await Promise.race([said, ended, late]);
  } finally {
    cancel();
    if (child.connected) child.disconnect();
    child.unref();
  }
}

interface ProcessServer extends PropolisServer {
  isStopped(): boolean;
}

function serverOf(
  process: PropolisProcess,
  url: string,
  { world, directory }: ProcessHostOptions,
  propolisId: string,
): ProcessServer {
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    // What one that died by itself has written says why.
    if (!isRunning(process)) return;
    await stopProcess(process, world);
    rmSync(logPath(directory, propolisId), { force: true });
  };
  return {
    url,
    fetch: undefined,
    process,
    isStopped: () => stopping !== undefined,
    howItEnded: async () => (isRunning(process) ? undefined : `its propolis (process ${process.pid}) is gone`),
    // Of one that was found nobody tells: whoever watches it sees the connection break, and asks.
    onEnd: () => undefined,
    stop: () => (stopping ??= stop()),
  };
}
