/** The saga log in a store. The program adds `sagaMigrations` to its own. */
import type { Migration, Store } from "@racklet/store";
import type { SagaLog } from "./log.ts";
import {
  FINISHED_STATES,
  type NodeEvent,
  type NodeEventKind,
  type NodeShape,
  type SagaErrorInfo,
  type SagaRecord,
  type SagaState,
} from "./types.ts";

export interface SagaTables {
  saga: {
    id: string;
    name: string;
    params: string;
    nodes: string;
    state: SagaState;
    owner: string;
    generation: number;
    error: string | null;
    created_at: string;
    updated_at: string;
  };
  saga_node_event: {
    saga_id: string;
    sequence: number;
    node: string;
    kind: NodeEventKind;
    at: string;
    output: string | null;
    error: string | null;
  };
}

export const sagaMigrations: readonly Migration[] = [
  {
    name: "saga_0001_tables",
    async up(db) {
      await db.schema
        .createTable("saga")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("name", "text", (column) => column.notNull())
        .addColumn("params", "text", (column) => column.notNull())
        .addColumn("nodes", "text", (column) => column.notNull())
        .addColumn("state", "text", (column) => column.notNull())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("generation", "integer", (column) => column.notNull())
        .addColumn("error", "text")
        .addColumn("created_at", "text", (column) => column.notNull())
        .addColumn("updated_at", "text", (column) => column.notNull())
        .execute();
      await db.schema.createIndex("saga_by_age").on("saga").columns(["created_at", "id"]).execute();
      await db.schema.createIndex("saga_by_state").on("saga").columns(["state", "updated_at"]).execute();
      await db.schema
        .createTable("saga_node_event")
        .addColumn("saga_id", "text", (column) => column.notNull().references("saga.id").onDelete("cascade"))
        .addColumn("sequence", "integer", (column) => column.notNull())
        .addColumn("node", "text", (column) => column.notNull())
        .addColumn("kind", "text", (column) => column.notNull())
        .addColumn("at", "text", (column) => column.notNull())
        .addColumn("output", "text")
        .addColumn("error", "text")
        .addPrimaryKeyConstraint("saga_node_event_key", ["saga_id", "sequence"])
        .execute();
    },
  },
];

export function sqlSagaLog<DB extends SagaTables>(programStore: Store<DB>): SagaLog {
  // DB has these tables, but kysely's types cannot be narrowed from a type parameter.
  const store = programStore as unknown as Store<SagaTables>;
  return {
    async create(saga) {
      await store.db.insertInto("saga").values(toRow(saga)).execute();
    },

    append: (id, generation, { event, next, state, error, at }) =>
      store.transaction(async (tx) => {
        const { numUpdatedRows } = await tx
          .updateTable("saga")
          .set({ updated_at: at, ...(state && { state }), ...(error && { error: JSON.stringify(error) }) })
          .where("id", "=", id)
          .where("generation", "=", generation)
          .executeTakeFirstOrThrow();
        if (numUpdatedRows === 0n) return false;
        const rows = [event, next].flatMap((each) => (each === undefined ? [] : toEventRow(id, each)));
        if (rows.length > 0) {
          // A conflict can only be the same event, from a try whose answer was lost: nobody else writes under this generation.
          await tx
            .insertInto("saga_node_event")
            .values(rows)
            .onConflict((conflict) => conflict.doNothing())
            .execute();
        }
        return true;
      }),

    async adopt(seen, { owner, state, at }) {
      const { numUpdatedRows } = await store.db
        .updateTable("saga")
        .set({ owner, state, generation: seen.generation + 1, updated_at: at })
        .where("id", "=", seen.id)
        .where("generation", "=", seen.generation)
        .where("state", "=", seen.state)
        .executeTakeFirstOrThrow();
      return numUpdatedRows === 1n;
    },

    async find(id) {
      const row = await store.db.selectFrom("saga").selectAll().where("id", "=", id).executeTakeFirst();
      return row && fromRow(row);
    },

    async events(id) {
      const query = store.db.selectFrom("saga_node_event").selectAll().where("saga_id", "=", id).orderBy("sequence");
      return (await query.execute()).map(toEvent);
    },

    async list({ states, owners, limit, after }) {
      // SQLite takes an empty list in SQL, PostgreSQL does not.
      if (states?.length === 0 || owners?.length === 0) return [];
      let query = store.db
        .selectFrom("saga")
        .selectAll()
        .orderBy("created_at", "desc")
        .orderBy("id", "desc")
        .limit(limit);
      if (states) query = query.where("state", "in", states);
      if (owners) query = query.where("owner", "in", owners);
      if (after) {
        query = query.where((is) =>
          is.or([
            is("created_at", "<", after.createdAt),
            is.and([is("created_at", "=", after.createdAt), is("id", "<", after.id)]),
          ]),
        );
      }
      return (await query.execute()).map(fromRow);
    },

    async prune({ before, keep }) {
      const finished = store.db.selectFrom("saga").select("id").where("state", "in", FINISHED_STATES);
      const newest = finished.orderBy("created_at", "desc").orderBy("id", "desc").limit(keep);
      const { numDeletedRows } = await store.db
        .deleteFrom("saga")
        .where("state", "in", FINISHED_STATES)
        .where((is) => is.or([is("updated_at", "<", before), is("id", "not in", newest)]))
        .executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },
  };
}

function toRow(saga: SagaRecord): SagaTables["saga"] {
  const { nodes, error, createdAt, updatedAt, ...same } = saga;
  return {
    ...same,
    nodes: JSON.stringify(nodes),
    error: error && JSON.stringify(error),
    created_at: createdAt,
    updated_at: updatedAt,
  };
}

function toEventRow(sagaId: string, event: NodeEvent): SagaTables["saga_node_event"] {
  return { ...event, saga_id: sagaId, error: event.error && JSON.stringify(event.error) };
}

/** The JSON columns hold what `toRow` and `append` wrote. */
function fromRow(row: SagaTables["saga"]): SagaRecord {
  const { nodes, error, created_at: createdAt, updated_at: updatedAt, ...same } = row;
  return { ...same, nodes: JSON.parse(nodes) as NodeShape[], error: toError(error), createdAt, updatedAt };
}

function toEvent(row: SagaTables["saga_node_event"]): NodeEvent {
  const { saga_id: _saga, error, ...same } = row;
  return { ...same, error: toError(error) };
}

function toError(json: string | null): SagaErrorInfo | null {
  return json === null ? null : (JSON.parse(json) as SagaErrorInfo);
}
