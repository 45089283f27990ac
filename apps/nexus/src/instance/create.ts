/** Creating an instance: everything the request names is looked up and checked first, then one saga makes it all. */
import type { NexusContext } from "../context.ts";
import { literal } from "../db/literal.ts";
import { invalidRequest, NexusError, notFoundById, notFoundByName } from "../errors.ts";
import { MAX_EXTERNAL_IPS_PER_INSTANCE } from "../external-ip/attachable.ts";
import { choosePool, type PoolChoice } from "../external-ip/pool-choice.ts";
import type { Selector } from "../lookup/selector.ts";
import { checkJoinRequests, planMemberships } from "../multicast/instance-create.ts";
import type { JoinRequest } from "../multicast/join.ts";
import { MAX_NICS, MAX_NICS_MESSAGE, planNics, type NicRequest } from "../nic/plan.ts";
import type { OpContext } from "../op-context.ts";
import { lookupProjectFor } from "../project/lookup.ts";
import { instanceCreate, type ExternalIpPlan, type InstanceCreateParams } from "../sagas/instance-create.ts";
import { checkSize, checkUserData, MAX_SSH_KEYS } from "./limits.ts";
import { getInstance, type InstanceRecord } from "./record.ts";
import { startInstance } from "./start.ts";

export type ExternalIpRequest =
  | { readonly kind: "ephemeral"; readonly pool: PoolChoice }
  | { readonly kind: "floating"; readonly floatingIp: Selector };

export interface NewInstance {
  readonly columns: Omit<InstanceCreateParams["columns"], "project_id">;
  /** Null: all the caller's. */
  readonly sshKeys: readonly Selector[] | null;
  readonly nics: readonly NicRequest[];
  readonly externalIps: readonly ExternalIpRequest[];
  readonly multicastGroups: readonly JoinRequest[];
  readonly start: boolean;
}

export async function createInstance(
  nexus: NexusContext,
  op: OpContext,
  project: Selector,
  request: NewInstance,
): Promise<InstanceRecord> {
  const { id: projectId, silo_id: siloId } = await lookupProjectFor(nexus, op, project, "create_child", "compute");
  check(request);
  await checkEphemeralPools(nexus, siloId, request.externalIps);
  const nics = await planNics(nexus, projectId, request.nics);
  const { uuid } = nexus.world.ids;
  const instanceId = uuid();
  const params: InstanceCreateParams = {
    instanceId,
    siloId,
    columns: { ...request.columns, project_id: projectId },
    sshKeyIds: await findSshKeys(nexus, op, request.sshKeys),
    nics,
    snatIpId: nics[0]?.v4 == null ? null : uuid(),
    externalIps: await planExternalIps(nexus, projectId, request.externalIps),
    multicastGroups: planMemberships(nexus, request.multicastGroups),
  };
  const saga = await nexus.sagas.start(instanceCreate, params);
  await saga.result;
  const created = await getInstance(nexus, instanceId);
  if (!request.start) return created;
  try {
    return await startInstance(nexus, created);
  } catch (error) {
    // The instance exists, which is what was asked for; that it is stopped shows why not everything was.
    if (!(error instanceof NexusError)) throw error;
    op.log.warn({ instance: instanceId, err: error }, "a new instance could not be started");
    return getInstance(nexus, instanceId);
  }
}

function check({ columns, nics, externalIps, multicastGroups }: NewInstance): void {
  checkSize({ ncpus: columns.ncpus, memory: columns.memory_bytes });
  checkUserData(columns.user_data);
  if (nics.length > MAX_NICS) throw invalidRequest(MAX_NICS_MESSAGE);
  if (externalIps.length > MAX_EXTERNAL_IPS_PER_INSTANCE) {
    throw invalidRequest(`An instance may not have more than ${MAX_EXTERNAL_IPS_PER_INSTANCE} external IP addresses`);
  }
  checkEphemeral(poolsOfEphemeral(externalIps));
  checkJoinRequests(multicastGroups);
}

function poolsOfEphemeral(requests: readonly ExternalIpRequest[]): PoolChoice[] {
  return requests.flatMap((ip) => (ip.kind === "ephemeral" ? ip.pool : []));
}

function checkEphemeral(pools: readonly PoolChoice[]): void {
  if (pools.length > 2) throw invalidRequest("An instance may not have more than 2 ephemeral IP addresses");
  const [a, b] = pools;
  if (a === undefined || b === undefined) return;
  if ([a, b].some((pool) => pool.kind === "auto" && pool.ipVersion === null)) {
    throw invalidRequest(
      "when requesting two ephemeral IPs, IP version or explicit pool name must be specified on each",
    );
  }
  if (a.kind === "auto" && b.kind === "auto" && a.ipVersion === b.ipVersion) throw sameVersion(a.ipVersion);
}

/** Which pool and version a choice means shows only in the pool: by name, by id, or as the default. */
async function checkEphemeralPools(
  nexus: NexusContext,
  siloId: string,
  requests: readonly ExternalIpRequest[],
): Promise<void> {
  const [a, b] = poolsOfEphemeral(requests);
  if (a === undefined || b === undefined) return;
  const first = await choosePool(nexus.store.db, siloId, a);
  const second = await choosePool(nexus.store.db, siloId, b);
  if (first.id === second.id && a.kind === "explicit" && b.kind === "explicit") {
    throw invalidRequest("cannot request two ephemeral IPs from the same pool");
  }
  if (first.ip_version === second.ip_version) throw sameVersion(first.ip_version);
}

function sameVersion(version: "v4" | "v6" | null): NexusError {
  return invalidRequest(`cannot request two ephemeral IPs of the same version (${version})`);
}

async function planExternalIps(
  nexus: NexusContext,
  projectId: string,
  requests: readonly ExternalIpRequest[],
): Promise<ExternalIpPlan[]> {
  const plans: ExternalIpPlan[] = [];
  for (const request of requests) {
    plans.push(
      request.kind === "ephemeral"
        ? { ...request, id: nexus.world.ids.uuid() }
        : { kind: "floating", id: await findFloatingIp(nexus, projectId, request.floatingIp) },
    );
  }
  if (new Set(plans.map(({ id }) => id)).size !== plans.length) throw invalidRequest("a floating IP is named twice");
  return plans;
}

async function findFloatingIp(nexus: NexusContext, projectId: string, selector: Selector): Promise<string> {
  const all = nexus.store.db
    .selectFrom("external_ip")
    .select(["id", "project_id"])
    .where("kind", "=", literal("floating"))
    .where("time_deleted", "is", null);
  if ("name" in selector) {
    const found = await all.where("name", "=", selector.name).where("project_id", "=", projectId).executeTakeFirst();
    if (found === undefined) throw notFoundByName("floating-ip", selector.name);
    return found.id;
  }
  const found = await all.where("id", "=", selector.id).executeTakeFirst();
  if (found === undefined) throw notFoundById("floating-ip", selector.id);
  if (found.project_id !== projectId) {
    throw invalidRequest("floating IP must be in the same project as the instance");
  }
  return found.id;
}

async function findSshKeys(
  nexus: NexusContext,
  op: OpContext,
  selectors: readonly Selector[] | null,
): Promise<string[]> {
  if (op.actor.kind !== "silo-user") return [];
  if (selectors !== null && selectors.length > MAX_SSH_KEYS) {
    throw invalidRequest(`an instance may not have more than ${MAX_SSH_KEYS} SSH keys`);
  }
  const keys = await nexus.store.db
    .selectFrom("ssh_key")
    .select(["id", "name"])
    .where("silo_user_id", "=", op.actor.siloUserId)
    .where("time_deleted", "is", null)
    .orderBy("id")
    .execute();
  if (selectors === null) return keys.slice(0, MAX_SSH_KEYS).map(({ id }) => id);
  const chosen = selectors.map((selector) => {
    const key = keys.find(({ id, name }) => ("id" in selector ? id === selector.id : name === selector.name));
    if (key !== undefined) return key.id;
    throw "id" in selector ? notFoundById("ssh-key", selector.id) : notFoundByName("ssh-key", selector.name);
  });
  return [...new Set(chosen)];
}
