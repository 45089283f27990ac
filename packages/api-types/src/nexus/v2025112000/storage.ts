/** Disks, images and snapshots. There are none here yet: only their lists are served, in their newest shape. */
import { resultsPageOf } from "@racklet/api-kit/pagination";
import { s } from "@racklet/api-kit/schema";
import { ByteCount } from "../../common/network.ts";
import { identity } from "../common.ts";

const BlockSize = s.named("BlockSize", s.integer("int64", { minimum: 512, maximum: 4096 }), "512, 2048 or 4096 bytes.");
const inState = <const T extends string>(state: T) => s.object({ state: s.literal(state) });
const ofInstance = <const T extends string>(state: T) => s.object({ instance: s.uuid(), state: s.literal(state) });

const DiskState = s.named(
  "DiskState",
  s.oneOf([
    inState("creating"),
    inState("detached"),
    inState("import_ready"),
    inState("importing_from_url"),
    inState("importing_from_bulk_writes"),
    inState("finalizing"),
    inState("maintenance"),
    ofInstance("attaching"),
    ofInstance("attached"),
    ofInstance("detaching"),
    inState("destroyed"),
    inState("faulted"),
  ]),
);

export const Disk = s.named(
  "Disk",
  s.object({
    ...identity,
    block_size: BlockSize,
    device_path: s.string(),
    disk_type: s.named("DiskType", s.enum(["distributed", "local"])),
    image_id: s.nullish(s.uuid()),
    project_id: s.uuid(),
    read_only: s.boolean(),
    size: ByteCount,
    snapshot_id: s.nullish(s.uuid()),
    state: DiskState,
  }),
);
export const DiskResultsPage = resultsPageOf("Disk", Disk);

const Digest = s.named("Digest", s.oneOf([s.object({ type: s.literal("sha256"), value: s.string() })]));

export const Image = s.named(
  "Image",
  s.object({
    ...identity,
    block_size: BlockSize,
    digest: s.nullish(Digest),
    os: s.string(),
    project_id: s.nullish(s.described("Absent when the whole silo has it.", s.uuid())),
    size: ByteCount,
    version: s.string(),
  }),
);
export const ImageResultsPage = resultsPageOf("Image", Image);

export const Snapshot = s.named(
  "Snapshot",
  s.object({
    ...identity,
    disk_id: s.uuid(),
    project_id: s.uuid(),
    size: ByteCount,
    state: s.named("SnapshotState", s.enum(["creating", "ready", "faulted", "destroyed"])),
  }),
);
export const SnapshotResultsPage = resultsPageOf("Snapshot", Snapshot);
