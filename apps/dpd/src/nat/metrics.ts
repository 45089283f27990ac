/** Counts of what NAT did, as plain numbers for whoever prints them. */
export interface NatMetrics {
  /** Successful changes by kind of operation. */
  readonly applied: Record<NatOperation, number>;
  /** Changes that failed at the ASIC and were undone completely. */
  rollbacks: number;
  /** Changes that failed and could not be undone. */
  rollbackFailures: number;
  /** Table writes that were planned and carried out. */
  tableWrites: number;
  /** Changeset items that a group's entry kept out, that failed, and that made no sense. */
  feedBlocked: number;
  feedFailed: number;
  feedInvalid: number;
}

export type NatOperation = "create" | "delete" | "reset" | "ensure" | "changes" | "groupDelete" | "feed";

export function natMetrics(): NatMetrics {
  return {
    applied: { create: 0, delete: 0, reset: 0, ensure: 0, changes: 0, groupDelete: 0, feed: 0 },
    rollbacks: 0,
    rollbackFailures: 0,
    tableWrites: 0,
    feedBlocked: 0,
    feedFailed: 0,
    feedInvalid: 0,
  };
}
