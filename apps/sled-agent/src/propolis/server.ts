/** A propolis server that serves one VMM, wherever it is hosted, and what hosts them. */
import type { ListenAddress } from "@racklet/api-kit";
import type { FetchLike } from "@racklet/world";
import type { ProcessId } from "./process-table.ts";

/** Finds the process of a propolis server again in another life of this sled-agent. */
export interface PropolisProcess extends ProcessId {
  /** Undefined while it starts. */
  readonly url: string | undefined;
}

export interface PropolisServer {
  /** `http://ip:port`. */
  readonly url: string;
  /** Of one in this process: asks it without a connection, which for each VM would cost 75 KB. Undefined: over the network. */
  readonly fetch: FetchLike | undefined;
  /** Undefined: it ends with this process. */
  readonly process: PropolisProcess | undefined;
  /** Undefined while it lives, as far as can be told; then how it ended, in a sentence. */
  howItEnded(): Promise<string | undefined>;
  /** Calls back once, with a sentence, when it has ended without being stopped. */
  onEnd(listener: (how: string) => void): void;
  /** Ends it whatever it is doing. Resolves when it has ended; may be called again. */
  stop(): Promise<void>;
}

export interface PropolisRequest {
  readonly propolisId: string;
  /** Port 0 picks a free one. */
  readonly listen: ListenAddress;
  /** Called as soon as there is a process to be found again. */
  readonly onProcess: (process: PropolisProcess) => void;
}

export interface PropolisHost {
  /** Resolves when its API answers. Rejects, leaving nothing behind, when that does not come about. */
  start(request: PropolisRequest): Promise<PropolisServer>;
  /** One that an earlier life of this sled-agent started. Undefined when it has ended, or never served. */
  find(propolisId: string, process: PropolisProcess): PropolisServer | undefined;
}
