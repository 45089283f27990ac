/** A volume tells how it is built and how each part of it is, instead of only whether it is active. */
import { s, type Infer, type Schema } from "@racklet/api-kit/schema";
import type { DiskActive } from "../v1/disk.ts";

const UpstairsInfoStatus = s.named(
  "UpstairsInfoStatus",
  s.enum(["initializing", "go_active", "active", "deactivating", "disabled"]),
);

const DownstairsInfoStatus = s.named(
  "DownstairsInfoStatus",
  s.oneOf([
    s.object({
      mode: s.named("DownstairsInfoConnectionMode", s.enum(["new", "offline", "faulted", "replaced"])),
      state: s.named(
        "DownstairsInfoNegotiationStatus",
        s.enum(["wait_connect", "negotiating", "wait_quorum", "reconcile", "live_repair_ready"]),
      ),
      type: s.literal("connecting"),
    }),
    s.object({ type: s.literal("active") }),
    s.object({ type: s.literal("live_repair") }),
    s.object({ type: s.literal("stopping") }),
  ]),
);

const DownstairsInfo = s.named(
  "DownstairsInfo",
  s.object({
    region_id: s.nullish(s.uuid()),
    repair_addr: s.nullish(s.string()),
    state: DownstairsInfoStatus,
    target_addr: s.nullish(s.string()),
  }),
);

const UpstairsInfo = s.object({
  block_size: s.nullish(s.u64()),
  encrypted: s.boolean(),
  generation: s.u64(),
  live_repair_in_progress: s.boolean(),
  read_only: s.boolean(),
  reconcile_in_progress: s.boolean(),
  session_id: s.uuid(),
  state: UpstairsInfoStatus,
  targets: s.array(DownstairsInfo),
  upstairs_id: s.uuid(),
});

export type VolumeInfo =
  | { volume: { read_only_parent?: VolumeInfo | null | undefined; sub_volumes: VolumeInfo[] } }
  | { upstairs: Infer<typeof UpstairsInfo> };

// A volume is made of volumes: the shape refers to itself through this.
const parts: Schema<VolumeInfo> = {
  get node() {
    return VolumeInfo.node;
  },
};

export const VolumeInfo: Schema<VolumeInfo> = s.named(
  "VolumeInfo",
  s.oneOf([
    s.closed({ volume: s.object({ read_only_parent: s.nullish(parts), sub_volumes: s.array(parts) }) }),
    s.closed({ upstairs: UpstairsInfo }),
  ]),
  "A volume and its parts, and how each is.",
);

export const VolumeStatus = s.named("VolumeStatus", s.object({ volume_info: VolumeInfo }));
export type VolumeStatus = Infer<typeof VolumeStatus>;

export const volumeStatusDownToV4 = ({ volume_info: info }: VolumeStatus): DiskActive => ({ active: isActive(info) });

function isActive(info: VolumeInfo): boolean {
  if ("upstairs" in info) return info.upstairs.state === "active";
  const { sub_volumes: subVolumes, read_only_parent: parent } = info.volume;
  return subVolumes.every(isActive) && (parent == null || isActive(parent));
}
