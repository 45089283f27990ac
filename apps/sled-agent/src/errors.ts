/** What sled-agent refuses, whatever the transport. `http/errors.ts` says which HTTP answer each kind is. */
export type SledAgentErrorKind =
  /** No VMM of this id is registered. */
  | "noSuchInstance"
  /** The VMM has ended and is being torn down. */
  | "instanceGone"
  /** Too many requests for one VMM wait. */
  | "queueFull"
  /** The request makes no sense, alone or in this state. */
  | "invalid"
  /** Something else is there in its place. */
  | "conflict"
  /** The subnet is attached to the VMM already. */
  | "subnetAttached"
  | "insufficientCapacity"
  /** The VMM's propolis refused or failed; `status` is its answer, undefined when there was none. */
  | "propolis"
  /** What the simulator leaves out, as upstream's does. */
  | "notInSimulator"
  /** Answered without a reason, as upstream's simulator does. */
  | "internal";

export class SledAgentError extends Error {
  override readonly name = "SledAgentError";
  readonly kind: SledAgentErrorKind;
  readonly status: number | undefined;

  constructor(kind: SledAgentErrorKind, message: string, options: { status?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.status = options.status;
  }
}

export const invalid = (message: string): SledAgentError => new SledAgentError("invalid", message);

export const noSuchInstance = (propolisId: string): SledAgentError =>
  new SledAgentError("noSuchInstance", `no VMM ${propolisId} is registered`);

/** One line for the log or a status: failures that are expected to pass need no stack. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
