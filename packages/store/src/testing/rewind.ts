/** Takes a database in memory back to what it once held: a new one would have to prepare every statement again. */
import { sql, type RawBuilder } from "kysely";
import type { Store } from "../store.ts";

/**
 * Keeps the rows of every table, and answers what brings them back, as often as wanted. SQLite only; meanwhile nobody else may use
 * the store.
 */
export async function rewindable<DB>(store: Store<DB>): Promise<() => Promise<void>> {
  const run = async (statement: RawBuilder<unknown>): Promise<number> =>
    (await statement.execute(store.db)).rows.length;
  const tables = await sql<{ name: string }>`
    select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by rowid`.execute(store.db);
  await run(sql`attach ':memory:' as kept`);
  const emptying: RawBuilder<unknown>[] = [];
  const filling: RawBuilder<unknown>[] = [];
  for (const { name } of tables.rows) {
    const [now, kept] = [sql`main.${sql.table(name)}`, sql`kept.${sql.table(name)}`];
    await run(sql`create table ${kept} as select * from ${now}`);
    // A table refers to earlier ones.
    emptying.unshift(sql`delete from ${now}`);
    if ((await run(sql`select 1 from ${kept} limit 1`)) > 0)
      filling.push(sql`insert into ${now} select * from ${kept}`);
  }
  const statements = [...emptying, ...filling].map((statement) => statement.compile(store.db));
  return () =>
    store.transaction(async (tx) => {
      for (const statement of statements) await tx.executeQuery(statement);
    });
}
