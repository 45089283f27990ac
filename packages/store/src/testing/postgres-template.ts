/**
 * Databases that are on the schema of a list of migrations already: copied from one that was migrated once. A copy costs a
 * third of what making a database and migrating it does.
 */
import type { Migration } from "../migrate.ts";
import { openStore, type StoreOptions } from "../store.ts";
import type { FreshDatabase } from "./legs.ts";
import { createDatabase } from "./postgres-database.ts";

/** By list; undefined: it was asked for once, which is not worth a template yet. */
const templates = new WeakMap<readonly Migration[], Promise<string> | undefined>();

/** For `openStore` with the same options. The templates stay on the server. */
export async function migratedDatabase(
  serverUrl: string,
  options: Pick<StoreOptions, "migrations" | "world">,
): Promise<FreshDatabase> {
  const { migrations } = options;
  if (!templates.has(migrations)) {
    templates.set(migrations, undefined);
    return createDatabase(serverUrl);
  }
  let template = templates.get(migrations);
  if (template === undefined) templates.set(migrations, (template = makeTemplate(serverUrl, options)));
  return createDatabase(serverUrl, await template);
}

/** Answers its name. Nobody is connected to it, or it could not be copied. */
async function makeTemplate(serverUrl: string, options: Pick<StoreOptions, "migrations" | "world">): Promise<string> {
  const { url } = await createDatabase(serverUrl);
  const store = await openStore({ ...options, url });
  await store.close();
  return new URL(url).pathname.slice(1);
}
