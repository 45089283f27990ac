/** The network configuration on disk: a sled that starts anew must not forget it, nor take an older one for news. */
import type { Log } from "@racklet/world";
import { readJson, writeJson } from "../data/files.ts";
import { reasonOf } from "../errors.ts";
import type { NetworkConfig, NetworkConfigFile } from "./network-config.ts";

const FORMAT = 1;

export function networkConfigAt(path: string, log: Log): NetworkConfigFile {
  return {
    load: () => {
      try {
        const value = readJson(path) as (NetworkConfig & { readonly format?: unknown }) | undefined;
        if (value === undefined) return undefined;
        const { format, ...config } = value;
        if (format !== FORMAT) throw new Error(`format ${String(format)}, this sled-agent knows ${FORMAT}`);
        return config;
      } catch (error) {
        // Whoever wrote it writes it again: better to serve without it than not at all.
        log.error({ path, reason: reasonOf(error) }, "the network configuration that was kept cannot be read");
        return undefined;
      }
    },
    save: (config) => writeJson(path, { format: FORMAT, ...config }),
  };
}
