/**
 * Brings a new group onto every switch that can be reached, and only then calls it active: all of them or none. A switch
 * that was away gets the group when it is back, as after any other drift.
 */
import { ApiError, ClientError } from "@racklet/client-runtime";
import { defineSaga, type SagaBuilder } from "@racklet/saga";
import type { NexusContext } from "../context.ts";
import { nowText } from "../db/now.ts";
import { conflict, NexusError } from "../errors.ts";
import type { SwitchSlot } from "../peers/switches.ts";
import { takeMulticastGeneration } from "../multicast/generation.ts";
import { sourcesOf, switchGroup } from "../multicast/reconcile/compile.ts";
import { diffGroup } from "../multicast/reconcile/diff-switch.ts";
import type { SwitchGroup } from "../multicast/reconcile/intent.ts";
import { multicastPeers } from "../multicast/reconcile/peers.ts";
import { readRows } from "../multicast/reconcile/rows.ts";
import { doStep, findHeld } from "../multicast/reconcile/switch.ts";

export interface MulticastGroupDpdEnsureParams {
  readonly groupId: string;
  /** Those that could be reached when the saga was made; at least one. */
  readonly slots: readonly SwitchSlot[];
}

type Builder = SagaBuilder<MulticastGroupDpdEnsureParams, NexusContext>;

export const multicastGroupDpdEnsure = defineSaga("multicast-group-dpd-ensure", (saga: Builder) => {
  const { groupId, slots } = saga.params;
  const fetched = saga.node("fetch", { do: ({ services }) => fetchGroup(services, groupId) });
  saga.parallel(() => {
    for (const slot of slots) {
      saga.node(`switch${slot}`, {
        do: ({ services, output, signal }) => ensureOnSwitch(services, slot, output(fetched), signal),
        undo: ({ services, output, signal }) => clearSwitch(services, slot, output(fetched), signal),
      });
    }
  });
  saga.node("activate", { do: ({ services }) => activate(services, groupId) });
});

/** Without members: ports follow once the group is active. */
async function fetchGroup(nexus: NexusContext, groupId: string): Promise<SwitchGroup> {
  const { groups, members } = await readRows(nexus, groupId);
  const group = groups[0];
  if (group === undefined || group.state === "deleting") throw conflict(`multicast group ${groupId} is gone`);
  if (group.underlayIp === null) throw new NexusError("internal", `multicast group ${groupId} is not mapped`);
  const sources = sourcesOf(
    group,
    members.filter(({ deleted }) => !deleted),
  );
  if (sources === undefined) throw conflict(`nobody has named a source for the group ${group.ip}`);
  return switchGroup(group, group.underlayIp, sources, []);
}

async function ensureOnSwitch(
  nexus: NexusContext,
  slot: SwitchSlot,
  group: SwitchGroup,
  signal: AbortSignal,
): Promise<void> {
  const peers = multicastPeers(nexus);
  const peer = await peers.switchAt(slot, signal);
  const plan = async (isNew: boolean) =>
    diffGroup(
      group,
      isNew ? undefined : await findHeld(peer, group.ip, signal),
      isNew ? undefined : await findHeld(peer, group.underlayIp, signal),
      () => undefined,
    );
  try {
    try {
      for (const step of (await plan(true)).steps) await doStep(peer, step, signal);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409) throw error;
      // Something is there already, as when the step is repeated.
      for (const step of (await plan(false)).steps) {
        // Ports are not this saga's: another one may have come to its end already.
        if (step.do !== "set-members") await doStep(peer, step, signal);
      }
    }
  } catch (error) {
    await clearSwitch(nexus, slot, group, signal);
    throw error;
  }
}

/** An active group is another saga's: it stays. What cannot be cleared now, the reconciler finds. */
async function clearSwitch(
  nexus: NexusContext,
  slot: SwitchSlot,
  { groupId, tag }: SwitchGroup,
  signal: AbortSignal,
): Promise<void> {
  const row = await nexus.store.db
    .selectFrom("multicast_group")
    .select("state")
    .where("id", "=", groupId)
    .executeTakeFirst();
  if (row?.state === "active") return;
  try {
    const peer = await multicastPeers(nexus).switchAt(slot, signal);
    await doStep(peer, { do: "reset-tag", tag }, signal);
  } catch (error) {
    if (!(error instanceof ClientError) && !(error instanceof NexusError)) throw error;
    nexus.world.log.warn(
      { group: groupId, switch: `switch${slot}`, err: error },
      "a multicast group stays on a switch",
    );
  }
}

async function activate(nexus: NexusContext, groupId: string): Promise<void> {
  await nexus.store.transaction(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable("multicast_group")
      .set({ state: "active", time_modified: nowText(nexus) })
      .where("id", "=", groupId)
      .where("state", "=", "creating")
      .executeTakeFirst();
    if (numUpdatedRows > 0n) {
      await takeMulticastGeneration(tx);
      return;
    }
    const row = await tx.selectFrom("multicast_group").select("state").where("id", "=", groupId).executeTakeFirst();
    if (row?.state !== "active") throw conflict(`multicast group ${groupId} is being deleted`);
  });
}
