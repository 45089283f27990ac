/** `Bearer oxide-token-<secret>`: what the device flow hands out. Only the secret's hash is kept. */
import { unauthenticated } from "../errors.ts";
import { bearerToken, hashSecret, type Scheme } from "./scheme.ts";

export const ACCESS_TOKEN_PREFIX = "oxide-token-";

export const accessTokenScheme: Scheme = async (nexus, request) => {
  const token = bearerToken(request);
  if (token === undefined || !token.startsWith(ACCESS_TOKEN_PREFIX)) return undefined;
  const found = await nexus.store.db
    .selectFrom("device_access_token as token")
    .innerJoin("silo_user as user", "user.id", "token.silo_user_id")
    .select(["token.id", "token.time_expires", "user.id as user_id", "user.silo_id"])
    .where("token.token_hash", "=", hashSecret(token.slice(ACCESS_TOKEN_PREFIX.length)))
    .where("user.time_deleted", "is", null)
    .executeTakeFirst();
  if (found === undefined) throw unauthenticated("unknown access token");
  if (found.time_expires !== null && Date.parse(found.time_expires) < nexus.world.clock.now()) {
    throw unauthenticated(`access token ${found.id} expired at ${found.time_expires}`);
  }
  return {
    actor: { kind: "silo-user", siloUserId: found.user_id, siloId: found.silo_id },
    credential: { kind: "access-token", id: found.id, timeExpires: found.time_expires },
  };
};
