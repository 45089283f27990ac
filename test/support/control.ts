/**
 * Asks a running rack what its operators' commands ask, over the same socket: for tests that ask so often that a process for
 * each command would be most of what they cost.
 */
import { existsSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { until } from "./until.ts";

export interface RackControl {
  /** The names of the services that do not run. */
  down(): Promise<string[]>;
  /** SIGKILL; resolves when the rack knows that this process is gone. The service comes back by itself. */
  kill(service: string): Promise<void>;
}

export function rackControl(dataDir: string): RackControl {
  return {
    async down() {
      const all = await services(dataDir);
      return all.filter(({ phase }) => phase !== "running").map(({ name }) => name);
    },
    async kill(service) {
      // Both ends are of one program.
      const { pid } = (await ask(dataDir, { op: "service", action: "kill", name: service })) as Service;
      await until(
        `process ${pid} of ${service} is gone`,
        () => services(dataDir),
        (all) => all.every((each) => each.name !== service || each.pid !== pid),
        { everyMs: 5 },
      );
    },
  };
}

interface Service {
  readonly name: string;
  readonly phase: string;
  /** Absent while there is no process. */
  readonly pid?: number;
}

async function services(dataDir: string): Promise<Service[]> {
  return ((await ask(dataDir, { op: "status" })) as { services: Service[] }).services;
}

/** One line of JSON each way. Throws what the rack refuses. */
async function ask(dataDir: string, request: object): Promise<unknown> {
  // Written where the socket's path would have been too long.
  const link = join(dataDir, "control.path");
  const socket = connect(existsSync(link) ? readFileSync(link, "utf8").trim() : join(dataDir, "control.sock"));
  socket.write(`${JSON.stringify(request)}\n`);
  const answer = JSON.parse(await text(socket)) as { readonly ok?: unknown; readonly error?: string };
  if (answer.error !== undefined) throw new Error(`${JSON.stringify(request)}: ${answer.error}`);
  return answer.ok;
}
