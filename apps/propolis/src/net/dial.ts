/** Opens the link from the target of a migration to its source. */
import type { Channel } from "@racklet/world";

/** `address` is `ip:port`. Rejects when the source does not answer, or refuses, with its reason. */
export type Dial = (address: string, migrationId: string, deadlineMs: number) => Promise<Channel>;
