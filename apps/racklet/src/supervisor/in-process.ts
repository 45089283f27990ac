/** Services inside the launcher's own process: less memory, and no borders between them. A kill is a stop that nobody waits for. */
import type { World } from "@racklet/world";
import { errorText } from "../failure.ts";
import type { LogFile } from "./log-file.ts";
import type { Launcher, Run, RunEvents, ServiceSpec, Signal } from "./types.ts";

/** A service that has been started by its start function. */
export interface RunningService {
  close(): Promise<void>;
}

export interface InProcessOptions {
  /** Loads the service's code and starts it with the flags of the spec. */
  readonly start: (spec: ServiceSpec, log: LogFile) => Promise<RunningService>;
  readonly logOf: (spec: ServiceSpec) => LogFile;
  readonly timers: World["timers"];
}

export function inProcessLauncher(options: InProcessOptions): Launcher {
  return { canPause: false, launch: (spec, events) => launch(spec, events, options) };
}

function launch(spec: ServiceSpec, events: RunEvents, { start, logOf, timers }: InProcessOptions): Run {
  const log = logOf(spec);
  let isOver = false;
  const end = (code: number | null, signal: string | null, lastLine: string | undefined): void => {
    if (isOver) return;
    isOver = true;
    events.exited({ code, signal, lastLine });
  };
  const fail = (what: string) => (error: unknown) => {
    const line = `${what}: ${errorText(error)}`;
    log.write(line);
    end(1, null, line);
  };
  const started = start(spec, log);
  // Exits are never told before `launch` has returned: a promise's reactions run later.
  started.then(() => {
    if (!isOver) events.listening();
  }, fail("cannot be started"));
  const signal = (name: Signal): void => {
    const closed = started.then((service) => service.close());
    if (name === "SIGKILL") {
      closed.catch((error: unknown) => log.write(`closing failed: ${errorText(error)}`));
      void timers.yield().then(() => end(null, name, undefined));
    } else {
      closed.then(() => end(0, null, undefined), fail("closing failed"));
    }
  };
  return { pid: undefined, signal };
}
