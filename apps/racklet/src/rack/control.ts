/** What a running rack answers on its control socket. */
import type { Io } from "../cli/io.ts";
import type { ControlHandler } from "../control/server.ts";
import { Failure } from "../failure.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import type { Rack } from "./layout.ts";

export interface RackControlOptions {
  readonly io: Pick<Io, "pid" | "world">;
  readonly dir: string;
  readonly rack: Rack;
  readonly supervisor: Pick<Supervisor, "act" | "list">;
  readonly inProcess: boolean;
  /** Undefined until the rack is ready. */
  readonly token: () => string | undefined;
  readonly stop: () => void;
}

export function rackControl(options: RackControlOptions): ControlHandler {
  const { io, dir, rack, supervisor, inProcess, stop } = options;
  return async (request) => {
    const token = options.token();
    switch (request.op) {
      case "status":
        return {
          pid: io.pid,
          data: dir,
          inProcess,
          ready: token !== undefined,
          uptimeMs: io.world.clock.monotonicMs(),
          nexus: rack.nexus,
          dpd: rack.dpd,
          sledAgents: rack.sledAgents,
          services: supervisor.list(),
        };
      case "token":
        if (token === undefined) throw new Failure("the rack is still starting: there is no token yet");
        return { token };
      case "service":
        return supervisor.act(request.action, request.name);
      case "down":
        stop();
        return { pid: io.pid };
    }
  };
}
