/**
 * Who sends a request. Schemes are tried in upstream's order (spoofed bearer token, session cookie, access token); the first
 * one the request asks for decides, and a request that asks for none is refused like one with a wrong credential.
 */
import type { RequestInfo } from "@racklet/api-kit";
import type { NexusContext } from "../context.ts";
import { unauthenticated } from "../errors.ts";
import type { OpContext } from "../op-context.ts";
import { accessTokenScheme } from "./access-token.ts";
import type { Scheme } from "./scheme.ts";
import { sessionCookieScheme } from "./session-cookie.ts";
import { spoofScheme } from "./spoof.ts";

const SCHEMES: readonly Scheme[] = [spoofScheme, sessionCookieScheme, accessTokenScheme];

// The table of handlers authenticates every request before its handler runs, which then asks again: one look-up serves both.
const known = new WeakMap<RequestInfo, Promise<OpContext>>();

/** Throws `unauthenticated`; a request is looked up once, however often this is asked. */
export function authenticate(nexus: NexusContext, request: RequestInfo): Promise<OpContext> {
  let answer = known.get(request);
  if (answer === undefined) known.set(request, (answer = identify(nexus, request)));
  return answer;
}

async function identify(nexus: NexusContext, request: RequestInfo): Promise<OpContext> {
  for (const scheme of SCHEMES) {
    const found = await scheme(nexus, request);
    if (found === undefined) continue;
    const { actor, credential } = found;
    return { actor, credential, log: request.log.child({ req_id: request.id, silo_user_id: actor.siloUserId }) };
  }
  throw unauthenticated("the request carries no credentials");
}
