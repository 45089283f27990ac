/**
 * The OAuth 2.0 device authorization grant (RFC 8628): a device asks for a pair of codes, a logged-in person confirms the
 * short one, and the device exchanges the long one for an access token, once.
 */
import { UniqueViolation } from "@racklet/store";
import type { World } from "@racklet/world";
import type { NexusContext } from "../context.ts";
import { nowText } from "../db/now.ts";
import { invalidRequest, notFound, unavailable } from "../errors.ts";
import type { OpContext } from "../op-context.ts";
import { ACCESS_TOKEN_PREFIX } from "./access-token.ts";
import { callingUser } from "./caller.ts";
import { hashSecret, newSecret } from "./scheme.ts";

/** How long a person has to confirm. */
export const REQUEST_LIFETIME_S = 300;
/** Requests are free to make, so unconfirmed ones must not pile up. */
const MAX_OPEN_REQUESTS = 10_000;
const FORGET_EXPIRED_AFTER_MS = 600_000;
/** No vowels and nothing that looks like another letter, as RFC 8628 suggests. */
const USER_CODE_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ";
const USER_CODE_TRIES = 5;

export interface DeviceCodes {
  readonly deviceCode: string;
  readonly userCode: string;
}

/** Throws `unavailable` when too many requests are open. */
export async function startDeviceFlow(
  nexus: NexusContext,
  request: { readonly clientId: string; readonly ttlSeconds: number | null },
): Promise<DeviceCodes> {
  const { world, store } = nexus;
  const now = world.clock.now();
  await store.db
    .deleteFrom("device_auth_request")
    .where("time_expires", "<", new Date(now - FORGET_EXPIRED_AFTER_MS).toISOString())
    .execute();
  const { open } = await store.db
    .selectFrom("device_auth_request")
    .select((eb) => eb.fn.countAll<number>().as("open"))
    .executeTakeFirstOrThrow();
  if (open >= MAX_OPEN_REQUESTS) throw unavailable(`${open} device authorization requests are open`);
  for (let attempt = 1; ; attempt++) {
    const codes = { deviceCode: newSecret(world), userCode: newUserCode(world) };
    try {
      await store.db
        .insertInto("device_auth_request")
        .values({
          client_id: request.clientId,
          device_code: codes.deviceCode,
          user_code: codes.userCode,
          time_created: new Date(now).toISOString(),
          time_expires: new Date(now + REQUEST_LIFETIME_S * 1000).toISOString(),
          token_ttl_seconds: request.ttlSeconds,
        })
        .execute();
      return codes;
    } catch (error) {
      // A user code is short enough to come up twice.
      if (!(error instanceof UniqueViolation) || attempt >= USER_CODE_TRIES) throw error;
    }
  }
}

/** The device gets a token of the caller. Throws not-found for an unknown code, invalid-request for an expired one. */
export async function confirmDevice(nexus: NexusContext, op: OpContext, typedCode: string): Promise<void> {
  const { siloUserId } = callingUser(op);
  const userCode = canonicalUserCode(typedCode);
  const now = nexus.world.clock.now();
  const refusal = await nexus.store.transaction(async (tx) => {
    const request = await tx
      .selectFrom("device_auth_request")
      .selectAll()
      .where("user_code", "=", userCode)
      .executeTakeFirst();
    if (request === undefined) return notFound(`device-auth-request with user code "${typedCode}"`);
    if (Date.parse(request.time_expires) < now) return invalidRequest("device authorization request expired");
    const timeExpires = tokenExpiry(op, now, request.token_ttl_seconds);
    await tx.deleteFrom("device_auth_request").where("user_code", "=", userCode).execute();
    const token = newSecret(nexus.world);
    await tx
      .insertInto("device_access_token")
      .values({
        id: nexus.world.ids.uuid(),
        token,
        token_hash: hashSecret(token),
        client_id: request.client_id,
        device_code: request.device_code,
        silo_user_id: siloUserId,
        time_requested: request.time_created,
        time_created: new Date(now).toISOString(),
        time_expires: timeExpires,
      })
      .execute();
    return undefined;
  });
  if (refusal !== undefined) throw refusal;
}

/** A token cannot beget one that outlives it; a session can. */
function tokenExpiry(op: OpContext, now: number, ttlSeconds: number | null): string | null {
  const limit = op.credential?.kind === "access-token" ? op.credential.timeExpires : null;
  if (ttlSeconds === null) return limit;
  const wanted = now + ttlSeconds * 1000;
  if (limit !== null && wanted > Date.parse(limit)) {
    throw invalidRequest(
      `Requested token TTL would exceed the expiration time (${limit}) of the token that confirms it: confirm with a web console session, or ask for no lifetime`,
    );
  }
  return new Date(wanted).toISOString();
}

export type DeviceTokenAnswer =
  | { readonly granted: { readonly token: string; readonly id: string; readonly timeExpires: string | null } }
  | { readonly error: "authorization_pending" | "expired_token" | "invalid_grant" };

/** Hands a token out once: from then on only its hash exists. */
export async function fetchDeviceToken(
  nexus: NexusContext,
  { clientId, deviceCode }: { readonly clientId: string; readonly deviceCode: string },
): Promise<DeviceTokenAnswer> {
  return nexus.store.transaction(async (tx) => {
    const granted = await tx
      .selectFrom("device_access_token")
      .select(["id", "token", "time_expires"])
      .where("client_id", "=", clientId)
      .where("device_code", "=", deviceCode)
      .executeTakeFirst();
    if (granted !== undefined) {
      const { id, token, time_expires: timeExpires } = granted;
      if (token === null) return { error: "invalid_grant" };
      await tx.updateTable("device_access_token").set({ token: null }).where("id", "=", id).execute();
      return { granted: { token: `${ACCESS_TOKEN_PREFIX}${token}`, id, timeExpires } };
    }
    const request = await tx
      .selectFrom("device_auth_request")
      .select("time_expires")
      .where("client_id", "=", clientId)
      .where("device_code", "=", deviceCode)
      .executeTakeFirst();
    // Upstream calls an unknown code pending too.
    const expired = request !== undefined && request.time_expires < nowText(nexus);
    return { error: expired ? "expired_token" : "authorization_pending" };
  });
}

function newUserCode(world: World): string {
  // Bytes of 240 and more would favour the first letters.
  const letters: string[] = [];
  while (letters.length < 8) {
    for (const byte of world.random.bytes(8)) {
      if (byte < 240 && letters.length < 8) letters.push(USER_CODE_ALPHABET.charAt(byte % USER_CODE_ALPHABET.length));
    }
  }
  return withHyphen(letters.join(""));
}

/** What people type: case and separators do not matter. */
function canonicalUserCode(typed: string): string {
  const letters = [...typed.toUpperCase()].filter((letter) => USER_CODE_ALPHABET.includes(letter)).join("");
  return letters.length === 8 ? withHyphen(letters) : typed;
}

const withHyphen = (letters: string): string => `${letters.slice(0, 4)}-${letters.slice(4)}`;
