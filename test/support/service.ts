/** Runs one service as the process it is in production. */
import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

export interface ServiceProcess {
  readonly child: ChildProcess;
  readonly url: string;
  /** The whole `listening` event. */
  readonly event: Readonly<Record<string, string>>;
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

/** Resolves with the `listening` event. */
export async function startService(main: string, args: readonly string[]): Promise<ServiceProcess> {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, RACKLET_LOG: "error" },
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const end = (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    return exited;
  };
  const { stdout } = child;
  if (stdout === null) throw new Error(`${main} has no standard output`);
  for await (const line of createInterface({ input: stdout })) {
    const event = JSON.parse(line) as Record<string, string>;
    if (event["event"] !== "listening") continue;
    return {
      child,
      url: event["url"] ?? "",
      event,
      stop: () => end("SIGTERM"),
      kill: () => end("SIGKILL"),
    };
  }
  throw new Error(`${main} ended before it listened`);
}
