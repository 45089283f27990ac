/**
 * Calls to sled-agents, by the newest version of their API where what they are asked needs version 49: an older sled-agent is
 * reported as such and nothing is done. What goes wrong comes back as an error of Nexus' domain.
 */
import { ApiError, ClientError, ConnectionError, UnsupportedVersionError } from "@racklet/client-runtime";
import type { SledAgentClient } from "@racklet/sled-agent-client";
import type { SledAgentClient as OldestClient } from "@racklet/sled-agent-client/v1";
import type { NexusContext } from "../context.ts";
import { NexusError, unavailable } from "../errors.ts";

export interface SledPeer {
  readonly id: string;
  /** `[ipv6]:port`. */
  readonly sled_agent_address: string;
}

export type { SledAgentClient };
export type OldestSledAgentClient = OldestClient;

/** The client of a sled's agent. Its calls throw the client's own errors: wrap them in `askSled`, or tell the cases apart. */
export function sledAgentOf(nexus: NexusContext, sled: SledPeer): SledAgentClient {
  return nexus.sledAgents.at(sled.sled_agent_address).newest;
}

/** The same by the oldest version, for what has never changed: every sled-agent answers it. */
export function oldestSledAgentOf(nexus: NexusContext, sled: SledPeer): OldestSledAgentClient {
  return nexus.sledAgents.at(sled.sled_agent_address).oldest;
}

/** The sled's agent, for a sled known by id. */
export async function findSledPeer(nexus: NexusContext, sledId: string): Promise<SledPeer> {
  const sled = await nexus.store.db
    .selectFrom("sled")
    .select(["id", "sled_agent_address"])
    .where("id", "=", sledId)
    .executeTakeFirst();
  if (sled === undefined) throw new NexusError("internal", `there is no sled ${sledId}`);
  return sled;
}

/** One call to a sled's agent, its failure in Nexus' terms. */
export async function askSled<T>(
  nexus: NexusContext,
  sledId: string,
  call: (agent: SledAgentClient) => Promise<T>,
): Promise<T> {
  const sled = await findSledPeer(nexus, sledId);
  try {
    return await call(sledAgentOf(nexus, sled));
  } catch (error) {
    throw error instanceof ClientError ? sledError(sled, error) : error;
  }
}

/** The sled-agent does not know the VMM, or is just forgetting it. */
export class NoSuchVmmError extends NexusError {
  /** It has ended, and its sled-agent is about to say how. */
  readonly isEnding: boolean;

  constructor(sled: SledPeer, cause: ApiError) {
    super("unavailable", `the sled-agent of sled ${sled.id} does not know the VMM: ${cause.message}`, cause);
    this.isEnding = cause.status === GONE;
  }
}

const GONE = 410;

export function sledError(sled: SledPeer, error: ClientError): NexusError {
  const who = `the sled-agent of sled ${sled.id} at ${sled.sled_agent_address}`;
  if (error instanceof UnsupportedVersionError) {
    const speaks = error.server === undefined ? "" : `, it has ${error.server}`;
    return unavailable(`${who} is too old: Nexus needs version ${error.wanted} of its API${speaks}`, error);
  }
  if (error instanceof ConnectionError) {
    const kind = error.kind === "timeout" ? "gateway-timeout" : "bad-gateway";
    return new NexusError(kind, `${who} could not be reached (${error.kind})`, error);
  }
  if (!(error instanceof ApiError)) return new NexusError("bad-gateway", `${who}: ${error.message}`, error);
  if (error.code === "NO_SUCH_INSTANCE") return new NoSuchVmmError(sled, error);
  if (error.retryable) return unavailable(`${who} is busy: ${error.message}`, error);
  return new NexusError("internal", `${who} answered ${error.status}: ${error.message}`, error);
}
