/** What a sled does for the switch it is attached to. */
import type { World } from "@racklet/world";
import type { SledAgentConfig } from "../config.ts";
import type { NetworkConfigStore } from "./network-config.ts";
import { ServiceNatReconciler, type ReconcilerStatus } from "./reconciler.ts";

export type ScrimletStatus =
  | { readonly state: "inert"; readonly reason: string }
  | ({ readonly state: "active" } & ReconcilerStatus);

export interface Scrimlet {
  start(): void;
  stop(): Promise<void>;
  status(): ScrimletStatus;
}

export function createScrimlet(
  { scrimlet, dpd }: Pick<SledAgentConfig, "scrimlet" | "dpd">,
  world: World,
  config: NetworkConfigStore,
): Scrimlet {
  if (!scrimlet) return inert("the sled is no scrimlet");
  if (dpd === undefined) return inert("nobody said where the switch's dpd is");
  const reconciler = new ServiceNatReconciler({ world, dpdUrl: dpd, config });
  return {
    start: () => reconciler.start(),
    stop: () => reconciler.stop(),
    status: () => ({ state: "active", ...reconciler.status() }),
  };
}

const inert = (reason: string): Scrimlet => ({
  start: () => undefined,
  stop: async () => undefined,
  status: () => ({ state: "inert", reason }),
});
