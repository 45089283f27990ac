/** Detaches an external IP from its instance; an ephemeral one is given back. Live, when the instance runs. */
import { defineSaga, type SagaBuilder } from "@racklet/saga";
import type { NexusContext } from "../context.ts";
import { NexusError } from "../errors.ts";
import { beginDetach, completeDetach, undoDetach } from "../external-ip/attach.ts";
import { ensureInstanceNat, removeInstanceNat } from "../nat/instance.ts";
import { deleteAtSled, putAtSled, vmmToTell, type WorkingIp } from "./external-ip-sled.ts";

export interface ExternalIpDetachParams {
  readonly instanceId: string;
  readonly ipId: string;
}

export const externalIpDetach = defineSaga(
  "external-ip-detach",
  (saga: SagaBuilder<ExternalIpDetachParams, NexusContext>) => {
    const { instanceId, ipId } = saga.params;
    const begun = saga.node("begin_detach", {
      do: async ({ services }): Promise<WorkingIp | null> => {
        const begin = await beginDetach(services, { id: ipId, instanceId });
        return begin?.proceed === true ? { id: begin.ip.id, ip: begin.ip.ip, kind: begin.ip.kind } : null;
      },
      undo: async ({ services }, ip) => {
        if (ip !== null) await undoDetach(services, ip.id);
      },
    });
    const vmm = saga.node("instance_state", {
      do: async ({ services, output }) => (output(begun) === null ? null : vmmToTell(services, instanceId, "detach")),
    });
    saga.node("nat", {
      do: async ({ services, output }) => {
        if (output(begun) !== null) await removeInstanceNat(services, { instanceId, externalIpId: ipId });
      },
      undo: async ({ services, output }) => {
        if (output(begun) === null || output(vmm) === null) return;
        await ensureInstanceNat(services, { instanceId, externalIpId: ipId });
      },
    });
    saga.node("delete_opte_port", {
      do: ({ services, output }) => deleteAtSled(services, output(vmm), output(begun)),
      undo: async ({ services, output }) => {
        try {
          await putAtSled(services, output(vmm), output(begun));
        } catch (error) {
          if (!(error instanceof NexusError)) throw error;
          services.world.log.warn(
            { instance: instanceId, err: error },
            "an external IP could not be put back at a sled",
          );
        }
      },
    });
    saga.node("complete_detach", {
      do: async ({ services, output }) => {
        const ip = output(begun);
        if (ip !== null) await completeDetach(services, ip.id);
      },
    });
  },
);
