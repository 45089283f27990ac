/** Attaches an external IP to an instance: a floating one that exists, or a new ephemeral one. Live, when the instance runs. */
import { defineSaga, type SagaBuilder } from "@racklet/saga";
import type { NexusContext } from "../context.ts";
import { NexusError } from "../errors.ts";
import { allocateEphemeral } from "../external-ip/allocate.ts";
import { beginAttachFloating, completeAttach, undoAttach } from "../external-ip/attach.ts";
import { ensureInstanceNat, removeInstanceNat } from "../nat/instance.ts";
import { deleteAtSled, putAtSled, vmmToTell, type WorkingIp } from "./external-ip-sled.ts";
import type { ExternalIpPlan } from "./instance-create.ts";

export interface ExternalIpAttachParams {
  readonly instanceId: string;
  readonly siloId: string;
  readonly ip: ExternalIpPlan;
}

export const externalIpAttach = defineSaga(
  "external-ip-attach",
  (saga: SagaBuilder<ExternalIpAttachParams, NexusContext>) => {
    const { instanceId } = saga.params;
    const begun = saga.node("begin_attach", {
      do: ({ services, params }) => begin(services, params),
      undo: async ({ services }, { working }) => {
        if (working !== null) await undoAttach(services, working.id);
      },
    });
    const vmm = saga.node("instance_state", {
      do: async ({ services, output }) =>
        output(begun).working === null ? null : vmmToTell(services, instanceId, "attach"),
    });
    saga.node("nat", {
      do: async ({ services, output }) => {
        const ip = output(begun).working;
        // Without naming the sled: should the VMM end in the meantime, then nothing is added.
        if (ip !== null && output(vmm) !== null) await ensureInstanceNat(services, { instanceId, externalIpId: ip.id });
      },
      undo: async ({ services, output }) => {
        const ip = output(begun).working;
        if (ip !== null) await removeInstanceNat(services, { instanceId, externalIpId: ip.id });
      },
    });
    saga.node("ensure_opte_port", {
      do: ({ services, output }) => putAtSled(services, output(vmm), output(begun).working),
      undo: async ({ services, output }) => {
        try {
          await deleteAtSled(services, output(vmm), output(begun).working);
        } catch (error) {
          if (!(error instanceof NexusError)) throw error;
          // The port keeps an address that no switch sends it; it goes with the VMM at the latest.
          services.world.log.warn({ instance: instanceId, err: error }, "an external IP stays at a sled");
        }
      },
    });
    saga.node("complete_attach", {
      do: async ({ services, output }) => {
        const ip = output(begun).working;
        if (ip !== null) await completeAttach(services, ip.id);
      },
    });
    return begun;
  },
);

async function begin(
  nexus: NexusContext,
  { instanceId, siloId, ip }: ExternalIpAttachParams,
): Promise<{ readonly ipId: string; readonly working: WorkingIp | null }> {
  const { ip: row, proceed } =
    ip.kind === "ephemeral"
      ? await allocateEphemeral(nexus, { id: ip.id, instanceId, siloId, pool: ip.pool })
      : await beginAttachFloating(nexus, { id: ip.id, instanceId });
  return { ipId: row.id, working: proceed ? { id: row.id, ip: row.ip, kind: row.kind } : null };
}
