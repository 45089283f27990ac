/** `Cookie: session=<secret>`: a browser's session. It ends when unused for the idle time and, in any case, at its greatest age. */
import type { RequestInfo } from "@racklet/api-kit";
import type { NexusContext } from "../context.ts";
import { unauthenticated } from "../errors.ts";
import { hashSecret, type Scheme } from "./scheme.ts";

const COOKIE = "session";
/** A use is only written down when the last one written is older, so that reads stay reads. */
const TOUCH_AFTER_MS = 60_000;

/** The secret in the session cookie; undefined without one. */
export function sessionSecret(request: RequestInfo): string | undefined {
  for (const pair of (request.header("cookie") ?? "").split(";")) {
    const equals = pair.indexOf("=");
    if (equals >= 0 && pair.slice(0, equals).trim() === COOKIE) return pair.slice(equals + 1).trim();
  }
  return undefined;
}

/** The value of `Set-Cookie`. An empty secret with an age of 0 makes the browser forget. */
export function sessionCookie(secret: string, maxAgeMs: number): string {
  return `${COOKIE}=${secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${Math.floor(maxAgeMs / 1000)}`;
}

export const sessionCookieScheme: Scheme = async (nexus, request) => {
  const secret = sessionSecret(request);
  if (secret === undefined) return undefined;
  const found = await nexus.store.db
    .selectFrom("console_session as session")
    .innerJoin("silo_user as user", "user.id", "session.silo_user_id")
    .select(["session.id", "session.time_created", "session.time_last_used", "user.id as user_id", "user.silo_id"])
    .where("session.token_hash", "=", hashSecret(secret))
    .where("user.time_deleted", "is", null)
    .executeTakeFirst();
  if (found === undefined) throw unauthenticated("unknown session");
  await checkAge(nexus, found);
  return {
    actor: { kind: "silo-user", siloUserId: found.user_id, siloId: found.silo_id },
    credential: { kind: "session", id: found.id },
  };
};

async function checkAge(
  { store, world, config }: NexusContext,
  session: { readonly id: string; readonly time_created: string; readonly time_last_used: string },
): Promise<void> {
  const now = world.clock.now();
  const unusedMs = now - Date.parse(session.time_last_used);
  const ended =
    unusedMs > config.sessionIdleMs
      ? `unused since ${session.time_last_used}`
      : now - Date.parse(session.time_created) > config.sessionMaxAgeMs
        ? `begun at ${session.time_created}`
        : undefined;
  if (ended !== undefined) {
    await store.db.deleteFrom("console_session").where("id", "=", session.id).execute();
    throw unauthenticated(`session ${session.id} expired: ${ended}`);
  }
  if (unusedMs < Math.min(TOUCH_AFTER_MS, config.sessionIdleMs / 10)) return;
  await store.db
    .updateTable("console_session")
    .set({ time_last_used: new Date(now).toISOString() })
    .where("id", "=", session.id)
    .execute();
}
