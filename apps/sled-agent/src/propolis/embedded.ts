/** Propolis servers inside this process, each with a listener of its own: a thousand VMs fit a laptop. */
import type { ListenAddress } from "@racklet/api-kit";
import type { FetchLike } from "@racklet/world";
import type { PropolisHost, PropolisServer } from "./server.ts";

export interface HostedPropolis {
  readonly url: string;
  readonly fetch: FetchLike;
  close(): Promise<void>;
  /** Resolves when it has ended, by `close` or otherwise, with how. Never rejects. */
  readonly ended: Promise<string>;
}

/** Starts a server in this process. Rejects when it cannot listen. */
export type StartPropolis = (propolisId: string, listen: ListenAddress) => Promise<HostedPropolis>;

export function embeddedHost(start: StartPropolis): PropolisHost {
  return {
    start: async ({ propolisId, listen }) => serverOf(await start(propolisId, listen)),
    // What this process hosted in an earlier life ended with it.
    find: () => undefined,
  };
}

function serverOf({ url, fetch, close, ended }: HostedPropolis): PropolisServer {
  let isStopped = false;
  let end: string | undefined;
  const listeners: ((how: string) => void)[] = [];
  void ended.then((how) => {
    end = how;
    if (isStopped) return;
    for (const listener of listeners) listener(how);
  });
  return {
    url,
    fetch,
    process: undefined,
    howItEnded: async () => end,
    onEnd: (listener) => void listeners.push(listener),
    stop: () => {
      isStopped = true;
      return close();
    },
  };
}
