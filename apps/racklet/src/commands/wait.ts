/** `racklet wait --applied`: returns when every switch and sled that can be reached holds what was decided so far. */
import { ApiError } from "@racklet/nexus-internal-client";
import { nexusLockstepClient } from "@racklet/nexus-internal-client/lockstep";
import type { Io } from "../cli/io.ts";
import { askRack } from "../control/client.ts";
import { Failure, errorText } from "../failure.ts";

export interface WaitCommand {
  readonly data: string;
  readonly json: boolean;
  readonly timeoutMs: number;
}

/** Longer than Nexus may take to say that it waited in vain. */
const MARGIN_MS = 5_000;

/** Throws Failure, naming who lags, when it takes too long. */
export async function wait({ data, json, timeoutMs }: WaitCommand, io: Io): Promise<number> {
  const { world } = io;
  const rack = await askRack(data, { op: "status" }, world);
  const client = nexusLockstepClient({
    baseUrl: rack.nexus.lockstep,
    world,
    deadlineMs: timeoutMs + MARGIN_MS,
    retries: { attempts: 0 },
  });
  const begun = world.clock.monotonicMs();
  try {
    const answer = await client.multicast_wait({ query: { timeout_ms: timeoutMs } });
    const { generation, applied, exempt } = answer;
    if (json) io.out(JSON.stringify({ ...answer, waited_ms: Math.round(world.clock.monotonicMs() - begun) }));
    else io.out(`generation ${generation} is applied on ${applied.length} switches and sleds`);
    if (!json) for (const { target, reason } of exempt) io.err(`racklet: ${target} was not waited for: ${reason}\n`);
    return 0;
  } catch (error) {
    throw error instanceof ApiError ? new Failure(error.message) : new Failure(`Nexus: ${errorText(error)}`);
  }
}
