/** What the supervisor runs, and what it needs of the thing that runs it. */

export type ServiceKind = "nexus" | "dpd" | "sled-agent";

export interface ServiceSpec {
  /** For example `nexus`, `dpd/switch0`, `sled-agent/0`. */
  readonly name: string;
  readonly kind: ServiceKind;
  readonly args: readonly string[];
  /** What is not for everybody to see in the list of processes. */
  readonly env: Readonly<Record<string, string>>;
  /** Where its API answers. */
  readonly url: string;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  /** Of the last lines it wrote the one that says most. */
  readonly lastLine: string | undefined;
}

export type Signal = "SIGTERM" | "SIGKILL" | "SIGSTOP" | "SIGCONT";

/** One run of a service. */
export interface Run {
  readonly pid: number | undefined;
  signal(signal: Signal): void;
}

export interface RunEvents {
  listening(): void;
  /** Once, the last of the events, and never before `launch` has returned. */
  exited(exit: Exit): void;
}

export interface Launcher {
  /** Whether runs can be stopped and continued. */
  readonly canPause: boolean;
  /** Never throws: what cannot be started has exited. */
  launch(spec: ServiceSpec, events: RunEvents): Run;
}
