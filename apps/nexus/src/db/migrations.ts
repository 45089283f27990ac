/** Every change of the schema, oldest first. A migration is never edited once released: databases remember its name. */
import { sagaMigrations } from "@racklet/saga";
import type { Migration } from "@racklet/store";
import { initial } from "./migrations/0001-initial.ts";
import { multicastAndMigration } from "./migrations/0002-multicast-and-migration.ts";
import { processName } from "./migrations/0003-process-name.ts";

export const migrations: readonly Migration[] = [initial, ...sagaMigrations, multicastAndMigration, processName];
