/** `racklet mcast`: multicast groups, members, and what each switch and sled holds of them; `why` follows one membership. */
import { ApiError } from "@racklet/nexus-internal-client";
import { nexusLockstepClient, type NexusLockstepClient } from "@racklet/nexus-internal-client/lockstep";
import type { McastView } from "../cli/commands.ts";
import type { Io } from "../cli/io.ts";
import { askRack } from "../control/client.ts";
import { Failure, errorText } from "../failure.ts";
import { groupsText, membersText, targetsText, whyText } from "./mcast-text.ts";

export type McastCommand = { readonly data: string; readonly json: boolean } & (
  | { readonly view: McastView }
  | { readonly view: "why"; readonly group: string; readonly instance: string }
);

/** Every switch and sled is read for an answer, and each may take its time. */
const DEADLINE_MS = 15_000;

/** Exit code 1 from `targets` and `why` when something is not as it must be. */
export async function mcast(command: McastCommand, io: Io): Promise<number> {
  const rack = await askRack(command.data, { op: "status" }, io.world);
  const client = nexusLockstepClient({
    baseUrl: rack.nexus.lockstep,
    world: io.world,
    deadlineMs: DEADLINE_MS,
    retries: { attempts: 0 },
  });
  try {
    return await show(command, client, io);
  } catch (error) {
    throw error instanceof ApiError ? new Failure(error.message) : new Failure(`Nexus: ${errorText(error)}`);
  }
}

async function show(command: McastCommand, client: NexusLockstepClient, io: Io): Promise<number> {
  const print = <T>(value: T, text: (value: T) => string): void =>
    io.out(command.json ? JSON.stringify(value) : text(value));
  const now = io.world.clock.now();
  switch (command.view) {
    case "groups":
      print(await client.multicast_group_status_list(), (groups) => groupsText(groups, io.style));
      return 0;
    case "members":
      print(await client.multicast_member_status_list(), (members) => membersText(members, io.style));
      return 0;
    case "targets": {
      const targets = await client.multicast_target_status_list();
      print(targets, (all) => targetsText(all, now, io.style));
      return targets.every(({ outcome }) => outcome === "in_sync") ? 0 : 1;
    }
    case "why": {
      const { group, instance } = command;
      const answer = await client.multicast_why({ path: { group, instance } });
      print(answer, (why) => whyText(why, now, io.style));
      return answer.complete ? 0 : 1;
    }
  }
}
