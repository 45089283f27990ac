/** Changing an instance: its size only while it is off. All of the change, or nothing. */
import type { NexusContext } from "../context.ts";
import type { InstanceTable } from "../db/schema.ts";
import { conflict, notFoundById } from "../errors.ts";
import { checkJoinRequests } from "../multicast/instance-create.ts";
import { replaceMemberships, type GroupSet } from "../multicast/replace.ts";
import { writeMulticast } from "../multicast/writer.ts";
import { checkSize } from "./limits.ts";
import { getInstance, type InstanceRecord } from "./record.ts";

export interface InstanceChange {
  readonly ncpus: number;
  readonly memory: number;
  readonly autoRestartPolicy: InstanceTable["auto_restart_policy"];
  readonly cpuPlatform: string | null;
  /** Undefined: as it is. */
  readonly enableJumboFrames: boolean | undefined;
  /** The groups it is to be a member of, all others being left; null: as it is. */
  readonly multicastGroups: GroupSet | null;
}

export async function updateInstance(
  nexus: NexusContext,
  { id }: InstanceRecord,
  change: InstanceChange,
): Promise<InstanceRecord> {
  checkSize(change);
  if (change.multicastGroups !== null) checkJoinRequests(change.multicastGroups.requests);
  await writeMulticast(nexus, async (writer) => {
    const { tx } = writer;
    const now = await tx
      .selectFrom("instance")
      .select(["ncpus", "memory_bytes", "cpu_platform", "enable_jumbo_frames", "state"])
      .where("id", "=", id)
      .where("time_deleted", "is", null)
      .executeTakeFirst();
    if (now === undefined) throw notFoundById("instance", id);
    const jumbo = change.enableJumboFrames === undefined ? now.enable_jumbo_frames : change.enableJumboFrames ? 1 : 0;
    if (now.state !== "no_vmm" && now.state !== "failed") {
      if (now.ncpus !== change.ncpus || now.memory_bytes !== change.memory) {
        throw conflict("instance must be stopped to change CPU or memory");
      }
      if (now.cpu_platform !== change.cpuPlatform) throw conflict("instance must be stopped to change CPU platform");
      if (now.enable_jumbo_frames !== jumbo) throw conflict("instance must be stopped to change jumbo frames");
    }
    await tx
      .updateTable("instance")
      .set({
        ncpus: change.ncpus,
        memory_bytes: change.memory,
        auto_restart_policy: change.autoRestartPolicy,
        cpu_platform: change.cpuPlatform,
        enable_jumbo_frames: jumbo,
        time_modified: writer.now,
      })
      .where("id", "=", id)
      .execute();
    if (change.multicastGroups !== null) await replaceMemberships(writer, id, change.multicastGroups);
  });
  return getInstance(nexus, id);
}
