/** Public keys of users, put into the instances they create. */
import { resultsPageOf, s, type Infer } from "@racklet/api-kit";
import { identity, identityCreate } from "../common.ts";

const publicKey = s.described("for example `ssh-ed25519 AAAAC3NzaC...`", s.string());

export const SshKey = s.named(
  "SshKey",
  s.object({
    ...identity,
    public_key: publicKey,
    silo_user_id: s.described("the user to whom the key belongs", s.uuid()),
  }),
  "A public key of a user",
);
export type SshKey = Infer<typeof SshKey>;
export const SshKeyResultsPage = resultsPageOf("SshKey", SshKey);

export const SshKeyCreate = s.named(
  "SshKeyCreate",
  s.object({ ...identityCreate, public_key: publicKey }),
  "Create-time parameters of an SSH key",
);
export type SshKeyCreate = Infer<typeof SshKeyCreate>;
