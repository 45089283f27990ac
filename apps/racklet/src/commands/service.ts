/** `racklet service ACTION NAME`: acts on one service of the running rack. */
import type { ServiceAction } from "../cli/commands.ts";
import type { Io } from "../cli/io.ts";
import { askRack } from "../control/client.ts";
import { serviceToJson } from "./status-json.ts";

export interface ServiceCommand {
  readonly data: string;
  readonly json: boolean;
  readonly action: ServiceAction;
  readonly service: string;
}

/** Comes back when the action has been taken; `racklet status` shows what comes of it. */
export async function service({ data, json, action, service: name }: ServiceCommand, io: Io): Promise<number> {
  const status = await askRack(data, { op: "service", action, name }, io.world);
  io.out(json ? JSON.stringify(serviceToJson(status)) : `${name}: ${DONE[action]}`);
  return 0;
}

const DONE: Readonly<Record<ServiceAction, string>> = {
  start: "is starting",
  stop: "is stopping, and stays down until it is started",
  kill: "was sent SIGKILL, and comes back by itself",
  pause: "is paused",
  resume: "goes on",
};
