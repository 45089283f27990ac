/** Logging in and out, and the device flow. OAuth answers have bodies of their own, which are not the API's error body. */
import { Reply, type Handlers, type RequestInfo } from "@racklet/api-kit";
import type { authOperations } from "@racklet/api-types/nexus/operations/auth";
import { authenticate } from "../authn/authenticate.ts";
import { confirmDevice, fetchDeviceToken, REQUEST_LIFETIME_S, startDeviceFlow } from "../authn/device-flow.ts";
import { login, logout } from "../authn/login.ts";
import { sessionCookie, sessionSecret } from "../authn/session-cookie.ts";
import type { NexusContext } from "../context.ts";

const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code";
// RFC 6749 asks for it wherever a token may be in the body.
const NOT_KEPT = [["cache-control", "no-store"]] as const;

export const authHandlers: Handlers<NexusContext, typeof authOperations> = {
  login_local: async (nexus, { params, body }) => {
    const secret = await login(nexus, { siloName: params.silo_name, ...body });
    return setCookie(sessionCookie(secret, nexus.config.sessionMaxAgeMs));
  },

  logout: async (nexus, { request }) => {
    const secret = sessionSecret(request);
    if (secret !== undefined) await logout(nexus, secret);
    return setCookie(sessionCookie("", 0));
  },

  device_auth_request: async (nexus, { body, request }) => {
    const codes = await startDeviceFlow(nexus, { clientId: body.client_id, ttlSeconds: body.ttl_seconds ?? null });
    return oauth(200, {
      device_code: codes.deviceCode,
      user_code: codes.userCode,
      verification_uri: `${originOf(request)}/device/verify`,
      expires_in: REQUEST_LIFETIME_S,
    });
  },

  device_auth_confirm: async (nexus, { body, request }) => {
    const op = await authenticate(nexus, request);
    await confirmDevice(nexus, op, body.user_code);
  },

  device_access_token: async (nexus, { body }) => {
    if (body.grant_type !== GRANT_TYPE) return oauth(400, { error: "unsupported_grant_type" });
    const answer = await fetchDeviceToken(nexus, { clientId: body.client_id, deviceCode: body.device_code });
    if ("error" in answer) return oauth(400, { error: answer.error });
    const { token, id, timeExpires } = answer.granted;
    return oauth(200, { access_token: token, token_type: "bearer", token_id: id, time_expires: timeExpires });
  },
};

function setCookie(cookie: string): Reply<void> {
  return new Reply<void>(undefined, { headers: [["set-cookie", cookie]] });
}

// Freeform operations declare no response type: their whole answer is the Reply.
function oauth(status: number, body: object): Reply<void> {
  return new Reply<unknown>(body, { status, headers: NOT_KEPT }) as Reply<void>;
}

/** Scheme and host as the client sees them. */
function originOf(request: RequestInfo): string {
  const { protocol, host } = new URL(request.url);
  return `${protocol}//${request.header("host") ?? host}`;
}
