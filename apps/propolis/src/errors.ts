/** What propolis refuses, whatever the transport. `http/errors.ts` says which HTTP answer each kind is. */
export type PropolisErrorKind =
  /** There is no VM, or (where one must be active) it has ended. */
  | "noInstance"
  | "alreadyInitialized"
  /** The specification does not hold together. */
  | "badSpec"
  /** The VM's objects could not be made, or the migration into it failed before they were. */
  | "createFailed"
  /** The VM's state does not allow it. */
  | "stateChangeRefused"
  /** The VM has ended: the awaited generation will never come. */
  | "neverReached"
  | "noSuchDisk"
  /** The volume refuses the change. */
  | "volumeRefused"
  /** The VM ended before the request's turn. */
  | "destroyedFirst"
  | "invalid"
  /** Too many wait already. */
  | "tooMany";

export class PropolisError extends Error {
  override readonly name = "PropolisError";
  readonly kind: PropolisErrorKind;

  constructor(kind: PropolisErrorKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

export const noInstance = (): PropolisError => new PropolisError("noInstance", "Server not initialized (no instance)");

export const badSpec = (reason: string): PropolisError =>
  new PropolisError("badSpec", `failed to generate internal instance spec: ${reason}`);

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
