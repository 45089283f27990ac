/** Where sagas are recorded. Every write names the generation it was made under; an outdated one changes nothing. */
import type { NodeEvent, SagaErrorInfo, SagaRecord, SagaState } from "./types.ts";

export interface SagaChange {
  readonly event?: NodeEvent;
  /** The event after it, when both are recorded at once. */
  readonly next?: NodeEvent | undefined;
  readonly state?: SagaState;
  readonly error?: SagaErrorInfo;
  /** ISO 8601. */
  readonly at: string;
}

export interface SagaAdoption {
  readonly owner: string;
  /** What the saga goes on as. */
  readonly state: SagaState;
  readonly at: string;
}

export interface SagaListOptions {
  readonly states?: readonly SagaState[];
  readonly owners?: readonly string[];
  /** At most 1,000. */
  readonly limit: number;
  /** Continue after this one; newest first. */
  readonly after?: { readonly createdAt: string; readonly id: string };
}

export interface SagaLog {
  create(saga: SagaRecord): Promise<void>;
  /** Atomically all of the change, or none and false when the saga's generation is not `generation` any more. Repeating it is harmless. */
  append(id: string, generation: number, change: SagaChange): Promise<boolean>;
  /** Takes over the saga as it was `seen`, under the next generation; false when it has changed hands or state since. */
  adopt(seen: SagaRecord, adoption: SagaAdoption): Promise<boolean>;
  find(id: string): Promise<SagaRecord | undefined>;
  /** In the order of their sequence. */
  events(id: string): Promise<NodeEvent[]>;
  /** Newest first. */
  list(options: SagaListOptions): Promise<SagaRecord[]>;
  /** Forgets finished sagas last changed before `before`, and all but the `keep` newest. Says how many. */
  prune(options: { before: string; keep: number }): Promise<number>;
}
