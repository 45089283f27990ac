/** Joining and leaving: the group is found, or made, and the membership with it, all in one transaction. */
import { ipToBigint, ipVersion } from "@racklet/net";
import type { NexusContext } from "../context.ts";
import type { MulticastGroupTable } from "../db/schema.ts";
import { ownSilo } from "../lookup/own-silo.ts";
import type { OpContext } from "../op-context.ts";
import { insertGroup } from "./groups.ts";
import { findGroup, getGroup, groupNotFound, type GroupIdentifier } from "./identifier.ts";
import { findMember } from "./member-rows.ts";
import { attachMember, endMembers, type Joined } from "./members.ts";
import { choosePlace, placeOfAddress } from "./pool-choice.ts";
import { checkSourceList, checkSourcesFor } from "./sources.ts";
import { writeMulticast, type MulticastWriter } from "./writer.ts";

export interface JoinRequest {
  readonly group: GroupIdentifier;
  /** Null: not said. */
  readonly sources: readonly string[] | null;
  /** Of a new group that is given by name. */
  readonly ipVersion: "v4" | "v6" | null;
}

/** The caller may modify the instance. */
export async function joinGroup(
  nexus: NexusContext,
  op: OpContext,
  instanceId: string,
  request: JoinRequest,
): Promise<Joined> {
  checkSourceList(request.sources);
  const { uuid } = nexus.world.ids;
  const ids = { groupId: uuid(), memberId: uuid() };
  return writeMulticast(nexus, async (writer) => {
    const group = await findOrMakeGroup(writer, () => ownSilo(op), request, ids.groupId);
    return attachMember(writer, { instanceId, group, sources: request.sources, memberId: ids.memberId });
  });
}

/** The caller may modify the instance. Leaving a group the instance is not in changes nothing; the group must exist. */
export async function leaveGroup(nexus: NexusContext, instanceId: string, identifier: GroupIdentifier): Promise<void> {
  await writeMulticast(nexus, async (writer) => {
    const { id } = await getGroup(writer.tx, identifier);
    const member = await findMember(writer, id, instanceId);
    if (member !== undefined) await endMembers(writer, [member]);
  });
}

/** A group given by id must exist. `newId` is that of the group, if one is made; the silo's pools are asked only then. */
export async function findOrMakeGroup(
  writer: MulticastWriter,
  siloId: () => string,
  { group: identifier, sources, ipVersion: version }: JoinRequest,
  newId: string,
): Promise<MulticastGroupTable> {
  const { tx } = writer;
  const known = await findGroup(tx, identifier);
  if (known !== undefined) return known;
  if ("id" in identifier) throw groupNotFound(identifier);
  if ("ip" in identifier) {
    const { ip } = identifier;
    // Of an address that cannot be joined so, no pool is asked.
    checkSourcesFor(ip, sources);
    const place = await placeOfAddress(tx, siloId(), ip);
    const description = `Implicitly created multicast group for ${ip}`;
    return insertGroup(writer, { id: newId, name: impliedName(ip), description, place });
  }
  const { name } = identifier;
  const hasSources = (sources ?? []).length > 0;
  const place = await choosePlace(tx, siloId(), { hasSources, ipVersion: version });
  return insertGroup(writer, {
    id: newId,
    name,
    description: "Implicitly created for instance attachment",
    place,
  });
}

/** `mcast-224-1-2-3`, `mcast-ff0e-0-0-0-0-0-0-1`. */
function impliedName(ip: string): string {
  if (ipVersion(ip) === 4) return `mcast-${ip.replaceAll(".", "-")}`;
  const address = ipToBigint(ip);
  const segments = Array.from({ length: 8 }, (_, i) => (address >> BigInt(112 - 16 * i)) & 0xffffn);
  return `mcast-${segments.map((segment) => segment.toString(16)).join("-")}`;
}
