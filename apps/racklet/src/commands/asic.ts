/** `racklet asic attach|detach SWITCH`: lets the ASIC of a switch of the running rack appear or disappear. */
import { deadlineSignal } from "@racklet/world";
import type { AsicAction } from "../cli/commands.ts";
import type { Io } from "../cli/io.ts";
import { askRack } from "../control/client.ts";
import { Failure, errorText } from "../failure.ts";

export interface AsicCommand {
  readonly data: string;
  readonly json: boolean;
  readonly action: AsicAction;
  readonly switch: string;
}

const DEADLINE_MS = 5_000;

/** Comes back when dpd has taken the ASIC into use, or has given it up; its clients then send their entries again. */
export async function asic({ data, json, action, switch: name }: AsicCommand, io: Io): Promise<number> {
  const rack = await askRack(data, { op: "status" }, io.world);
  const dpd = rack.dpd.find((each) => each.switch === name);
  if (dpd === undefined) {
    throw new Failure(`there is no ${name}: the rack has ${rack.dpd.map((each) => each.switch).join(" and ")}`);
  }
  const state = await control(`${dpd.url}/debug/asic/${action}`, name, io);
  const wanted = action === "attach" ? "ready" : "asic_absent";
  if (state !== wanted) throw new Failure(`${name} is ${state} now`);
  io.out(json ? JSON.stringify({ switch: name, state }) : `${name}: ${DONE[action]}`);
  return 0;
}

const DONE: Readonly<Record<AsicAction, string>> = {
  attach: "has its ASIC, with empty tables",
  detach: "has no ASIC; what would write its tables is refused with 503",
};

async function control(url: string, name: string, io: Io): Promise<string> {
  const { signal, cancel } = deadlineSignal(io.world.timers, DEADLINE_MS);
  try {
    const response = await io.world.fetch(new Request(url, { method: "POST", signal }));
    if (!response.ok) throw new Error(`${response.status} ${(await response.text()).trim()}`);
    const health: unknown = await response.json();
    if (typeof health !== "object" || health === null || !("state" in health))
      throw new Error("no state in its answer");
    return String(health.state);
  } catch (error) {
    throw new Failure(`${name} does not do it: ${errorText(error)}`);
  } finally {
    cancel();
  }
}
