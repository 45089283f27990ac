/** Browser sessions: begun by a password, ended by logging out or by age. */
import type { NexusContext } from "../context.ts";
import { nowText } from "../db/now.ts";
import { notFoundByName, unauthenticated } from "../errors.ts";
import { hashSecret, newSecret } from "./scheme.ts";

export interface LoginAttempt {
  readonly siloName: string;
  readonly username: string;
  readonly password: string;
}

/**
 * Answers with the secret of a new session. An unknown silo, an unknown user and a wrong password are told apart in the log
 * only. Throws not-found for a silo whose users have no passwords.
 */
export async function login(nexus: NexusContext, { siloName, username, password }: LoginAttempt): Promise<string> {
  const silo = await nexus.store.db
    .selectFrom("silo")
    .select("identity_mode")
    .where("name", "=", siloName)
    .where("time_deleted", "is", null)
    .executeTakeFirst();
  if (silo !== undefined && silo.identity_mode !== "local_only") throw notFoundByName("identity-provider", "local");
  const user = await nexus.store.db
    .selectFrom("silo_user as user")
    .innerJoin("silo", "silo.id", "user.silo_id")
    .select(["user.id", "user.password_hash"])
    .where("silo.name", "=", siloName)
    .where("silo.time_deleted", "is", null)
    .where("user.external_id", "=", username)
    .where("user.time_deleted", "is", null)
    .executeTakeFirst();
  const verified = await nexus.passwords.verify(password, user?.password_hash ?? null);
  if (!verified || user === undefined) {
    const why = user === undefined ? "no such user or silo" : "wrong password";
    throw unauthenticated(`login of ${username} in ${siloName}: ${why}`);
  }
  return createSession(nexus, user.id);
}

async function createSession(nexus: NexusContext, siloUserId: string): Promise<string> {
  const secret = newSecret(nexus.world);
  const now = nowText(nexus);
  const oldest = new Date(nexus.world.clock.now() - nexus.config.sessionMaxAgeMs).toISOString();
  await nexus.store.transaction(async (tx) => {
    // What a browser never logged out of would otherwise stay for ever.
    await tx
      .deleteFrom("console_session")
      .where("silo_user_id", "=", siloUserId)
      .where("time_created", "<", oldest)
      .execute();
    await tx
      .insertInto("console_session")
      .values({
        id: nexus.world.ids.uuid(),
        token_hash: hashSecret(secret),
        silo_user_id: siloUserId,
        time_created: now,
        time_last_used: now,
      })
      .execute();
  });
  return secret;
}

/** Whoever has the secret may end its session; an unknown one is no error. */
export async function logout(nexus: NexusContext, secret: string): Promise<void> {
  await nexus.store.db.deleteFrom("console_session").where("token_hash", "=", hashSecret(secret)).execute();
}
