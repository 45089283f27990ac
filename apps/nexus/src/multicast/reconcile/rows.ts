/** All that multicast on the switches and sleds follows from, read from the database at one moment. */
import type { Transaction } from "kysely";
import type { NexusContext } from "../../context.ts";
import type {
  InstanceState,
  MulticastGroupState,
  MulticastMemberState,
  NexusTables,
  VmmState,
} from "../../db/schema.ts";
import { currentMulticastGeneration } from "../generation.ts";

export interface GroupRow {
  readonly id: string;
  readonly name: string;
  readonly ip: string;
  readonly vni: number;
  readonly mvlan: number | null;
  readonly tag: string;
  readonly state: MulticastGroupState;
  readonly explicit: boolean;
  readonly defaultSources: readonly string[];
  /** Null until it is mapped. */
  readonly underlayId: string | null;
  readonly underlayIp: string | null;
  readonly versionAdded: number;
  readonly timeCreated: string;
}

/** A VMM as far as memberships depend on it. */
export interface VmmRow {
  readonly id: string;
  readonly sledId: string;
  readonly state: VmmState;
}

export interface MemberRow {
  readonly id: string;
  readonly groupId: string;
  readonly groupIp: string;
  readonly instanceId: string;
  /** Null when the instance's row is gone or deleted. */
  readonly instanceState: InstanceState | null;
  readonly vmm: VmmRow | null;
  /** Where it is moving to. */
  readonly target: VmmRow | null;
  readonly state: MulticastMemberState;
  /** Where it was put last. */
  readonly sledId: string | null;
  readonly sources: readonly string[];
  readonly deleted: boolean;
  readonly versionAdded: number;
}

export interface SledRow {
  readonly id: string;
  /** `[ipv6]:port` of the sled-agent. */
  readonly address: string;
  readonly underlayAddress: string;
  readonly cubby: number | null;
  readonly inService: boolean;
  readonly scrimlet: boolean;
  readonly dpdUrl: string | null;
}

/** `switch0`, `switch1` or `sled:{id}`. */
export type TargetName = string;

export interface TargetRow {
  readonly target: TargetName;
  readonly acknowledged: number;
  readonly timeAcknowledged: string | null;
  /** When the last error, or its end, was first seen. */
  readonly timeAttempted: string;
  readonly lastError: string | null;
}

export interface MulticastRows {
  /** Everything decided up to here is in the rows. */
  readonly generation: number;
  readonly groups: readonly GroupRow[];
  readonly members: readonly MemberRow[];
  readonly sleds: readonly SledRow[];
  readonly targets: readonly TargetRow[];
}

/** `groupId`: only that group and its members. */
export function readRows(nexus: NexusContext, groupId?: string): Promise<MulticastRows> {
  return nexus.store.transaction(async (tx) => {
    const generation = await currentMulticastGeneration(tx);
    const groupQuery = tx
      .selectFrom("multicast_group as g")
      .leftJoin("underlay_multicast_group as u", "u.id", "g.underlay_group_id")
      .select(["g.id", "g.name", "g.multicast_ip", "g.vni", "g.mvlan", "g.tag", "g.state", "g.explicitly_created"])
      .select(["g.default_source_ips", "u.id as underlay_id", "u.multicast_ip as underlay_ip"])
      .select(["g.version_added", "g.time_created"])
      .orderBy("g.id");
    const groups = await (groupId === undefined ? groupQuery : groupQuery.where("g.id", "=", groupId)).execute();
    const memberQuery = tx
      .selectFrom("multicast_group_member as m")
      .leftJoin("instance as i", (join) => join.onRef("i.id", "=", "m.parent_id").on("i.time_deleted", "is", null))
      .leftJoin("vmm as v", "v.id", "i.active_propolis_id")
      .leftJoin("vmm as t", "t.id", "i.target_propolis_id")
      .select(["m.id", "m.external_group_id", "m.multicast_ip", "m.parent_id", "m.state", "m.sled_id", "m.source_ips"])
      .select(["m.time_deleted", "m.version_added", "i.state as instance_state"])
      .select(["v.id as vmm_id", "v.sled_id as vmm_sled", "v.state as vmm_state"])
      .select(["t.id as target_id", "t.sled_id as target_sled", "t.state as target_state"])
      .orderBy("m.id");
    const members = await (
      groupId === undefined ? memberQuery : memberQuery.where("m.external_group_id", "=", groupId)
    ).execute();
    return {
      generation,
      groups: groups.map((row) => ({
        id: row.id,
        name: row.name,
        ip: row.multicast_ip,
        vni: row.vni,
        mvlan: row.mvlan,
        tag: row.tag,
        state: row.state,
        explicit: row.explicitly_created === 1,
        defaultSources: JSON.parse(row.default_source_ips) as string[],
        underlayId: row.underlay_id,
        underlayIp: row.underlay_ip,
        versionAdded: row.version_added,
        timeCreated: row.time_created,
      })),
      members: members.map((row) => ({
        id: row.id,
        groupId: row.external_group_id,
        groupIp: row.multicast_ip,
        instanceId: row.parent_id,
        instanceState: row.instance_state,
        vmm: vmmOf(row.vmm_id, row.vmm_sled, row.vmm_state),
        target: vmmOf(row.target_id, row.target_sled, row.target_state),
        state: row.state,
        sledId: row.sled_id,
        sources: JSON.parse(row.source_ips) as string[],
        deleted: row.time_deleted !== null,
        versionAdded: row.version_added,
      })),
      ...(await readTargets(tx)),
    };
  });
}

/** What is held to the intent, and how far it is; without groups and members. */
export function readProgress(nexus: NexusContext): Promise<Pick<MulticastRows, "generation" | "sleds" | "targets">> {
  return nexus.store.transaction(async (tx) => ({
    generation: await currentMulticastGeneration(tx),
    ...(await readTargets(tx)),
  }));
}

async function readTargets(tx: Transaction<NexusTables>): Promise<Pick<MulticastRows, "sleds" | "targets">> {
  const sleds = await tx
    .selectFrom("sled")
    .select(["id", "sled_agent_address", "underlay_address", "slot", "policy", "state", "is_scrimlet", "dpd_url"])
    .orderBy("id")
    .execute();
  const targets = await tx.selectFrom("multicast_target").selectAll().orderBy("target").execute();
  return {
    sleds: sleds.map((row) => ({
      id: row.id,
      address: row.sled_agent_address,
      underlayAddress: row.underlay_address,
      cubby: row.slot,
      inService: row.policy === "in_service" && row.state === "active",
      scrimlet: row.is_scrimlet === 1,
      dpdUrl: row.dpd_url,
    })),
    targets: targets.map((row) => ({
      target: row.target,
      acknowledged: row.acknowledged_generation,
      timeAcknowledged: row.time_acknowledged,
      timeAttempted: row.time_attempted,
      lastError: row.last_error,
    })),
  };
}

function vmmOf(id: string | null, sledId: string | null, state: VmmState | null): VmmRow | null {
  return id === null || sledId === null || state === null ? null : { id, sledId, state };
}
