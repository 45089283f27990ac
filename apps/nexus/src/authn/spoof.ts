/** `Bearer oxide-spoof-<user id>`: trusted without proof, so only where the configuration allows it. */
import { HttpError } from "@racklet/api-kit";
import { canonicalUuid } from "@racklet/net";
import { unauthenticated } from "../errors.ts";
import { bearerToken, type Scheme } from "./scheme.ts";

const PREFIX = "oxide-spoof-";
/** Suffixes that upstream reserves to provoke its two kinds of failure. */
const UNKNOWN_ACTOR = "Jack-Donaghy";
const BAD_CREDENTIALS = "this-fake-ID-it-is-truly-excellent";

export const spoofScheme: Scheme = async (nexus, request) => {
  const token = bearerToken(request);
  if (!nexus.config.allowSpoof || token === undefined || !token.startsWith(PREFIX)) return undefined;
  const claimed = token.slice(PREFIX.length);
  if (claimed === UNKNOWN_ACTOR || claimed === BAD_CREDENTIALS) throw unauthenticated(`spoofed as ${claimed}`);
  const id = canonicalUuid(claimed);
  if (id === null) throw HttpError.badRequest("bad authentication header: the spoofed actor is not a UUID");
  const user = await nexus.store.db
    .selectFrom("silo_user")
    .select(["id", "silo_id"])
    .where("id", "=", id)
    .where("time_deleted", "is", null)
    .executeTakeFirst();
  if (user === undefined) throw unauthenticated(`spoofed as the unknown user ${id}`);
  return {
    actor: { kind: "silo-user", siloUserId: user.id, siloId: user.silo_id },
    credential: { kind: "spoof" },
  };
};
