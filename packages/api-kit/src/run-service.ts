/** A service as a process of its own: its command line, its signals, and the line that says where it listens. */
import { UsageError, type Environment } from "./flags.ts";
import { AddressInUseError } from "./listen.ts";

export interface RunningService {
  close(): Promise<void>;
}

/** A line of JSON on standard output: the service answers at `url`, and where else if there is more to say. */
export interface ListeningEvent extends Readonly<Record<string, string>> {
  readonly event: "listening";
  readonly url: string;
}

export interface ServiceMain<Config, Running extends RunningService> {
  /** Begins every message about it: `dpd`. */
  readonly name: string;
  /** What `--help` prints, and a command line that makes no sense after what is wrong with it. */
  readonly usage: string;
  /** Throws UsageError. */
  readonly parse: (argv: readonly string[], env: Environment) => Config;
  readonly start: (config: Config) => Promise<Running>;
  /** Where the running service is reached. */
  readonly urls: (running: Running) => Readonly<Record<string, string>> & { readonly url: string };
  /** Errors of `start` for which there is no bug to look for, besides AddressInUseError, and what to do; "" where they say it. */
  readonly nextSteps?: readonly (readonly [new (...args: never[]) => Error, string])[];
}

/** What of Node's `process` and `console` is used. */
export interface ServiceHost {
  readonly process: Pick<NodeJS.Process, "argv" | "env" | "exitCode"> & {
    once(signal: "SIGTERM" | "SIGINT", handler: () => void): unknown;
  };
  /** A reader of these lines may go away: `console` does not mind. */
  readonly console: { log(text: string): void; error(text: string): void };
}

/**
 * Runs the service until SIGTERM or SIGINT, which close it. Exit codes: 2 for a command line that makes no sense, 1 for an
 * error with a next step; any other error is thrown. Answers what was printed, undefined when the service does not run.
 */
export async function runService<Config, Running extends RunningService>(
  service: ServiceMain<Config, Running>,
  { process, console }: ServiceHost,
): Promise<ListeningEvent | undefined> {
  const { name, usage, nextSteps = [] } = service;
  const argv = process.argv.slice(2);
  if (argv.includes("--help")) {
    console.log(usage);
    return undefined;
  }
  try {
    const running = await service.start(service.parse(argv, process.env));
    const stop = () => void running.close();
    process.once("SIGTERM", stop);
    process.once("SIGINT", stop);
    // Last: whoever reads it may send a signal at once.
    const listening: ListeningEvent = { event: "listening", ...service.urls(running) };
    console.log(JSON.stringify(listening));
    return listening;
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${name}: ${error.message}\n${usage}`);
      process.exitCode = 2;
      return undefined;
    }
    const known = [[AddressInUseError, ""] as const, ...nextSteps].find(([type]) => error instanceof type);
    if (known === undefined) throw error;
    const [, nextStep] = known;
    // Every known type is a class of errors.
    console.error(`${name}: ${(error as Error).message}${nextStep === "" ? "" : `: ${nextStep}`}`);
    process.exitCode = 1;
    return undefined;
  }
}
