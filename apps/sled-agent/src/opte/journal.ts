/** Carries out a plan completely or not at all: what was done is undone in reverse when a later step fails. */
export interface Step {
  /** Throws and changes nothing, or does it. */
  readonly apply: () => void;
  /** Takes back what `apply` did. Must not throw. */
  readonly undo: () => void;
}

/** Throws what the failing step threw, after undoing the steps before it. */
export function applyAll(steps: readonly Step[]): void {
  const done: Step[] = [];
  try {
    for (const step of steps) {
      step.apply();
      done.push(step);
    }
  } catch (error) {
    for (const step of done.toReversed()) step.undo();
    throw error;
  }
}
