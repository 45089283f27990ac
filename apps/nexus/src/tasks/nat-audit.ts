/** Proves now and then that every switch holds exactly the entries of the database; what differs is sent again as a whole. */
import { defineTask, type Task } from "@racklet/reconcile";
import type { NexusContext } from "../context.ts";
import { auditSwitch, type NatAudit } from "../nat/audit.ts";
import { SWITCH_SLOTS, type SwitchDirectory, type SwitchSlot } from "../peers/switches.ts";

const PERIOD_MS = 30_000;

export const NAT_AUDIT_TASK = "nat_audit";

export type NatAuditDetails = Readonly<Record<string, NatAudit | { readonly error: string }>>;

export function natAuditTask(
  nexus: NexusContext,
  switches: SwitchDirectory,
  distrust: (slot: SwitchSlot) => void,
): Task<NatAuditDetails> {
  const audit = async (slot: SwitchSlot, signal: AbortSignal): Promise<NatAudit | { error: string }> => {
    try {
      const { dpd } = await switches.get(slot, signal);
      const result = await auditSwitch(nexus, dpd, signal);
      if (result.outcome === "differs") distrust(slot);
      return result;
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  };
  return defineTask({
    name: NAT_AUDIT_TASK,
    description: "compares the NAT entries of every switch with the database, one by one",
    periodMs: PERIOD_MS,
    run: async ({ signal }) => {
      const results = await Promise.all(
        SWITCH_SLOTS.map(async (slot) => [`switch${slot}`, await audit(slot, signal)] as const),
      );
      return Object.fromEntries(results);
    },
  });
}
