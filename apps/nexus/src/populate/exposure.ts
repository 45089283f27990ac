/** Refuses to serve the network what everybody can read in the documentation. */
import { isLoopbackHost } from "@racklet/api-kit";
import type { NexusConfig } from "../config.ts";
import type { NexusContext } from "../context.ts";
import { DEFAULT_PASSWORD } from "../config.ts";
import { FIRST_SILO, FIRST_USER } from "./populate.ts";

export class ExposedError extends Error {
  override readonly name = "ExposedError";
}

/** Throws ExposedError when a listener is not on loopback while the first user's password is the documented one, or spoofing is on. */
export async function refuseExposure(nexus: NexusContext): Promise<void> {
  const host = remoteHost(nexus.config);
  if (host === undefined) return;
  if (nexus.config.allowSpoof)
    throw new ExposedError(`refusing to listen on ${host} while --spoof lets anybody be anyone`);
  const user = await nexus.store.db
    .selectFrom("silo_user as user")
    .innerJoin("silo", "silo.id", "user.silo_id")
    .select("user.password_hash")
    .where("silo.name", "=", FIRST_SILO)
    .where("user.external_id", "=", FIRST_USER)
    .where("user.time_deleted", "is", null)
    .executeTakeFirst();
  if (await nexus.passwords.verify(DEFAULT_PASSWORD, user?.password_hash ?? null)) {
    throw new ExposedError(
      `refusing to listen on ${host} while ${FIRST_USER} has the documented password: start a new database with --initial-password, or set another password over loopback first`,
    );
  }
}

function remoteHost({ external, internal, lockstep }: NexusConfig): string | undefined {
  return [external, internal, lockstep].map(({ host }) => host).find((host) => !isLoopbackHost(host));
}
