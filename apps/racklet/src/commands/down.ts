/** `racklet down`: stops the running rack and waits until it is gone. */
import { resolve } from "node:path";
import { deadlineSignal } from "@racklet/world";
import type { Io } from "../cli/io.ts";
import { askRack } from "../control/client.ts";
import { isAnswering } from "../control/socket-path.ts";
import { Failure } from "../failure.ts";

const DEADLINE_MS = 15_000;
const POLL_MS = 25;

export async function down(options: { readonly data: string; readonly json: boolean }, io: Io): Promise<number> {
  const { pid } = await askRack(options.data, { op: "down" }, io.world);
  const { signal, cancel } = deadlineSignal(io.world.timers, DEADLINE_MS);
  while (isAlive(pid) && (await isAnswering(resolve(options.data))) !== "unknown") {
    if (signal.aborted) throw new Failure(`the rack (process ${pid}) has not stopped after ${DEADLINE_MS / 1000} s`);
    await io.world.timers.sleep(POLL_MS);
  }
  cancel();
  io.out(options.json ? JSON.stringify({ stopped: true, pid }) : "the rack is stopped");
  return 0;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
