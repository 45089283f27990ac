/** What drives one VM, shaped like propolis' API: a propolis server behind its client. */
import type {
  InstanceProperties,
  InstanceSpec,
  InstanceStateRequested,
  ReplacementComponent,
} from "@racklet/api-types/propolis/latest";
import type { PropolisProcess } from "../propolis/server.ts";
import type { Observation } from "./status.ts";

export type VmInit =
  | { readonly method: "Spec"; readonly spec: InstanceSpec }
  | {
      readonly method: "MigrationTarget";
      readonly migrationId: string;
      readonly sourceAddr: string;
      readonly replaceComponents: Readonly<Record<string, ReplacementComponent>>;
    };

export interface VmEnsureRequest {
  readonly properties: InstanceProperties;
  readonly init: VmInit;
}

export interface VmmBackend {
  /** `ip:port` where its propolis serves. */
  readonly address: string;
  /** What another life of this sled-agent finds it by; undefined: it ends with this one. */
  readonly process: PropolisProcess | undefined;
  /** Creates the VM; resolves when its objects exist. Rejects with `AlreadyInitialized` when there is one. */
  ensure(request: VmEnsureRequest): Promise<void>;
  putState(request: InstanceStateRequested): Promise<void>;
  /** Resolves with the newest state once its generation is at least `gen`. */
  monitor(gen: number, signal: AbortSignal): Promise<Observation>;
  /** Removes the VM and its process, whatever they are doing; what is under way rejects. May be called again. */
  destroy(): Promise<void>;
}

export interface BackendRequest {
  readonly propolisId: string;
  /** Where Nexus would have it serve, `ip:port`. */
  readonly addr: string;
  /** Called with what it can be found by, before anything can go wrong with it. */
  readonly onProcess: (process: PropolisProcess) => void;
}

export interface VmmBackends {
  /** Starts what `ensure` is then sent to. */
  start(request: BackendRequest): Promise<VmmBackend>;
  /** The one of an earlier life; undefined when it has ended. */
  adopt(propolisId: string, process: PropolisProcess): VmmBackend | undefined;
}

export type BackendErrorCode = "NoInstance" | "AlreadyInitialized" | "AlreadyRunning" | "CreateFailed";

/** The backend answered with a refusal or a failure. */
export class BackendError extends Error {
  override readonly name = "BackendError";
  readonly status: number;
  readonly code: BackendErrorCode | undefined;
  constructor(status: number, message: string, code?: BackendErrorCode) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The backend did not answer. */
export class BackendUnreachableError extends Error {
  override readonly name = "BackendUnreachableError";
  /** Its process no longer exists, so it never will. */
  readonly isGone: boolean;
  constructor(message: string, isGone: boolean, cause?: unknown) {
    super(message, { cause });
    this.isGone = isGone;
  }
}
