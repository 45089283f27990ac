/** A saga log that lasts as long as the process: for tests and for services that keep no state. */
import type { SagaLog } from "./log.ts";
import { FINISHED_STATES, type NodeEvent, type SagaRecord } from "./types.ts";

export function memorySagaLog(): SagaLog {
  const sagas = new Map<string, { record: SagaRecord; events: NodeEvent[] }>();
  const newestFirst = () =>
    [...sagas.values()]
      .map((saga) => saga.record)
      .sort((a, b) => compare(b.createdAt, a.createdAt) || compare(b.id, a.id));

  return {
    async create(record) {
      if (sagas.has(record.id)) throw new Error(`saga ${record.id} exists`);
      sagas.set(record.id, { record, events: [] });
    },
    async append(id, generation, { event, next, state, error, at }) {
      const saga = sagas.get(id);
      if (saga?.record.generation !== generation) return false;
      for (const each of [event, next]) {
        if (each && each.sequence === saga.events.length) saga.events.push(each);
      }
      saga.record = {
        ...saga.record,
        state: state ?? saga.record.state,
        error: error ?? saga.record.error,
        updatedAt: at,
      };
      return true;
    },
    async adopt(seen, { owner, state, at }) {
      const saga = sagas.get(seen.id);
      if (saga?.record.generation !== seen.generation || saga.record.state !== seen.state) return false;
      saga.record = { ...saga.record, owner, state, generation: seen.generation + 1, updatedAt: at };
      return true;
    },
    find: async (id) => sagas.get(id)?.record,
    events: async (id) => [...(sagas.get(id)?.events ?? [])],
    async list({ states, owners, limit, after }) {
      return newestFirst()
        .filter((saga) => (states?.includes(saga.state) ?? true) && (owners?.includes(saga.owner) ?? true))
        .filter((saga) => !after || (compare(saga.createdAt, after.createdAt) || compare(saga.id, after.id)) < 0)
        .slice(0, limit);
    },
    async prune({ before, keep }) {
      const finished = newestFirst().filter((saga) => FINISHED_STATES.includes(saga.state));
      const old = finished.filter((saga, index) => index >= keep || saga.updatedAt < before);
      for (const saga of old) sagas.delete(saga.id);
      return old.length;
    },
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
