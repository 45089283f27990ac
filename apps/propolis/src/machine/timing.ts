/** How long a simulated machine takes. All in milliseconds. */
export interface VmTiming {
  /** From `Starting` to `Running`, and from `Rebooting`: a time drawn evenly from these. */
  readonly bootMs: readonly [min: number, max: number];
  /** From one state to the next on the way down. */
  readonly stopMs: number;
  /** What the guest then takes to its login prompt. */
  readonly guestMs: number;
  /** Each phase of a migration, beside what it takes to send. */
  readonly phaseMs: number;
}

export const DEFAULT_TIMING: VmTiming = { bootMs: [100, 300], stopMs: 40, guestMs: 600, phaseMs: 10 };
