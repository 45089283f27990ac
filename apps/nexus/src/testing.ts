/** For tests across services: a Nexus context without listeners, its first rows, and the parts of the NAT domain that sagas call. */
import type { World } from "@racklet/world";
import { createPasswords, type Passwords } from "./authn/passwords.ts";

export { contextOn, type NexusContext } from "./context.ts";
export type { NexusConfig } from "./config.ts";
export { migrations } from "./db/migrations.ts";
export type { NexusTables } from "./db/schema.ts";
export type { NatEntry } from "./nat/entry.ts";
export { putEntries, removeEntries } from "./nat/rows.ts";
export { NAT_GROUP } from "./nat/sync-switch.ts";
export { populate } from "./populate/populate.ts";
export { NAT_AUDIT_TASK } from "./tasks/nat-audit.ts";

/** Hashes and checks as in production at next to no cost: most tests only need the first user to be there. */
export const cheapPasswords = (world: World): Passwords => createPasswords(world, { ln: 4, r: 8, p: 1 });
