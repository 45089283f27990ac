/** The life of a rack, in a directory that is already ours: start, initialise, run, stop. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { UpOptions } from "../cli/commands.ts";
import type { Io } from "../cli/io.ts";
import { serveControl } from "../control/server.ts";
import { Failure } from "../failure.ts";
import { inProcessLauncher } from "../supervisor/in-process.ts";
import { LogFile } from "../supervisor/log-file.ts";
import { processLauncher } from "../supervisor/child-process.ts";
import { Supervisor } from "../supervisor/supervisor.ts";
import type { Launcher, ServiceSpec } from "../supervisor/types.ts";
import { childEnv } from "./child-env.ts";
import { rackControl } from "./control.ts";
import { openIdentity, sledDataDir, writeIdentity } from "./data-dir.ts";
import { defaultAddresses, layOut } from "./layout.ts";
import { endLeftoverVms } from "./leftover-vms.ts";
import { checkFree, freeAddresses } from "./ports.ts";
import { readyLine, readyText } from "./ready-text.ts";
import { Reporter } from "./reporter.ts";
import { mainOf, startService } from "./start-service.ts";
import { stopOnSignals } from "./stop.ts";

/** Resolves with the exit code when the rack has been told to stop and has. Throws Failure when it cannot be started. */
export async function runRack(options: UpOptions, dir: string, io: Io): Promise<number> {
  const { world } = io;
  const database = options.database === undefined ? "sqlite" : "postgres";
  const identity = openIdentity(dir, options.sleds, database, () => world.ids.uuid());
  const addresses = options.ports === "auto" ? await freeAddresses(options.sleds) : defaultAddresses(options.sleds);
  if (options.ports === "default") await checkFree(addresses);
  const rack = layOut({
    addresses,
    rackId: identity.rackId,
    sledIds: identity.sledIds,
    database: options.database ?? `sqlite:${join(dir, "nexus.db")}`,
    password: options.password,
    sledDataDir: (sled) => sledDataDir(dir, sled),
    propolis: options.propolis,
  });
  const reporter = new Reporter(io, rack.services.length, options.json);
  const logs = new Map(rack.services.map(({ name }) => [name, new LogFile(logPath(dir, name))]));
  const supervisor = new Supervisor({
    world,
    launcher: launcherFor(options, dir, logs, io),
    services: rack.services,
    startsAtOnce: availableParallelism(),
    onChange: (service, previous) => reporter.changed(service, previous),
  });
  const stop = stopOnSignals(supervisor, io, () => reporter.stopping());
  let token: string | undefined;
  const control = await serveControl(
    dir,
    rackControl({ io, dir, rack, supervisor, inProcess: options.inProcess, token: () => token, stop: stop.request }),
    (error) => io.err(`racklet: ${error instanceof Error ? error.stack : String(error)}\n`),
  );
  try {
    supervisor.start();
    const createPools = options.pools && !identity.poolsCreated;
    // Loaded while the services start.
    const { initialise } = await import("./initialise.ts");
    const { password } = options;
    const onStep = (step: string) => reporter.step(step);
    const initialised = await initialise({
      world,
      rack,
      supervisor,
      dir,
      password,
      createPools,
      onStep,
      signal: stop.signal,
    });
    token = initialised.token;
    if (createPools) writeIdentity(dir, { ...identity, poolsCreated: true });
    const ready = { rack, token, dir, startupMs: world.clock.monotonicMs(), password: options.password };
    reporter.ready();
    io.out(options.json ? readyLine(ready) : readyText(ready, io.style));
    await stop.requested;
  } catch (error) {
    if (!stop.signal.aborted) {
      reporter.failed();
      throw withLogs(error, dir);
    }
  } finally {
    await supervisor.stopAll();
    await endLeftoverVms(dir, world);
    control.close();
    stop.release();
    for (const log of logs.values()) log.close();
  }
  reporter.stopped();
  return stop.exitCode();
}

function launcherFor(options: UpOptions, dir: string, logs: ReadonlyMap<string, LogFile>, io: Io): Launcher {
  const logOf = (spec: ServiceSpec): LogFile => logs.get(spec.name) ?? new LogFile(logPath(dir, spec.name));
  if (options.inProcess) return inProcessLauncher({ start: startService, logOf, timers: io.world.timers });
  return processLauncher({ mainOf, logOf, env: childEnv(io.env) });
}

function logPath(dir: string, name: string): string {
  return join(dir, "logs", `${name.replaceAll("/", "-")}.log`);
}

function withLogs(error: unknown, dir: string): unknown {
  return error instanceof Failure ? new Failure(`${error.message}\nThe logs are in ${join(dir, "logs")}.`) : error;
}
