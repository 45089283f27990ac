/**
 * Long pure computations are generators that yield every SLICE entries; whoever runs them decides what a yield means.
 * Counting entries instead of time keeps a run repeatable. A slice takes about a millisecond.
 */
export const SLICE = 2048;

/** Of computations that only compare: more entries in the same time. */
export const COMPARE_SLICE = 16_384;

/** Runs to the end, calling `pause` at each yield. */
export async function drive<T>(steps: Generator<void, T>, pause: () => Promise<void>): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await pause();
  }
}

/** Runs to the end without a pause. */
export function drain<T>(steps: Generator<void, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
