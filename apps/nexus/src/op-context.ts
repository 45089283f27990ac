/** Who is asking, and for which request: made once per request, given to every domain function that reads or changes something. */
import type { Log } from "@racklet/world";

export type Actor =
  | { readonly kind: "silo-user"; readonly siloUserId: string; readonly siloId: string }
  /** Nexus itself: background tasks, sagas and the internal API. May do everything. */
  | { readonly kind: "internal"; readonly name: string };

/** What the request was authenticated with. */
export type Credential =
  | { readonly kind: "session"; readonly id: string }
  | { readonly kind: "access-token"; readonly id: string; readonly timeExpires: string | null }
  /** A test's word for who it is. */
  | { readonly kind: "spoof" };

export interface OpContext {
  readonly actor: Actor;
  /** Absent for internal actors. */
  readonly credential?: Credential;
  readonly log: Log;
}

export function internalOpContext(name: string, log: Log): OpContext {
  return { actor: { kind: "internal", name }, log: log.child({ actor: name }) };
}
