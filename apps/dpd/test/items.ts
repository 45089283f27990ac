/** Changeset items whose target is the one that `entry` of the rig makes from the same number. */
import { formatMac, macFromBytes } from "@racklet/net";
import type { ChangesetItem } from "../src/nat/changeset.ts";
import { entry } from "./rig.ts";

export interface ItemOptions {
  readonly low?: number;
  readonly high?: number;
  readonly target?: number;
  readonly deleted?: boolean;
}

export function item(generation: number, external: string, options: ItemOptions = {}): ChangesetItem {
  const { low = 0, high = 65_535, target = 1, deleted = false } = options;
  const { internal_ip, inner_mac, vni } = entry(external, low, high, target).target;
  const mac = formatMac(macFromBytes(inner_mac) ?? 0);
  return { external, low, high, internalIp: internal_ip, mac, vni, generation, deleted };
}
