import type { NexusContext } from "../context.ts";
import { instanceDelete, notDeletable } from "../sagas/instance-delete.ts";
import type { InstanceRecord } from "./record.ts";

/** Only one without a VMM. */
export async function deleteInstance(nexus: NexusContext, instance: InstanceRecord): Promise<void> {
  if (instance.state !== "no_vmm" && instance.state !== "failed") throw notDeletable();
  const saga = await nexus.sagas.start(instanceDelete, { instanceId: instance.id });
  await saga.result;
}
