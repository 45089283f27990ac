/** What a Nexus process is told when it starts. */
import type { ListenAddress } from "@racklet/api-kit";

export interface NexusConfig {
  readonly external: ListenAddress;
  readonly internal: ListenAddress;
  readonly lockstep: ListenAddress;
  /** `sqlite:PATH`, `sqlite::memory:` or `postgres://…`. */
  readonly database: string;
  /** dpd base URLs known from the start, besides those that scrimlets report. */
  readonly dpdUrls: readonly string[];
  readonly rackId: string;
  /** Password of the first user (`test-privileged` in `test-suite-silo`). */
  readonly initialPassword: string;
  /** Accept `oxide-spoof-…` tokens: tests only. */
  readonly allowSpoof: boolean;
  /** Age at which a browser session ends. */
  readonly sessionMaxAgeMs: number;
  readonly sessionIdleMs: number;
}
