/** dpd and its switch: who they are and how they are. */
import type { infoOperations } from "@racklet/api-types/dpd/operations/info";
import type { DpdHandlers } from "./handlers.ts";
import { healthToWire } from "./health.ts";

export const infoHandlers: DpdHandlers<typeof infoOperations> = {
  dpd_version: ({ build }) => build.version,
  build_info: ({ build }) => ({
    version: build.version,
    git_sha: build.gitSha,
    git_commit_timestamp: build.gitCommitTimestamp,
    git_branch: build.gitBranch,
    rustc_semver: build.rustcSemver,
    rustc_channel: build.rustcChannel,
    rustc_host_triple: build.rustcHostTriple,
    rustc_commit_sha: build.rustcCommitSha,
    cargo_triple: build.cargoTriple,
    debug: build.debug,
    opt_level: build.optLevel,
    sde_commit_sha: build.sdeCommitSha,
  }),
  dpd_uptime: (ctx) => ctx.switch.uptimeSeconds(),
  switch_identifiers: (ctx) => {
    const known = ctx.switch.identifiers();
    return {
      sidecar_id: known.sidecarId,
      asic_backend: known.asicBackend,
      model: known.model,
      revision: known.revision,
      serial: known.serial,
      slot: known.slot,
      fab: known.fab,
      lot: known.lot,
      wafer: known.wafer,
      wafer_loc: known.waferLoc === null ? null : [...known.waferLoc],
      lotnum: known.lotnum === null ? null : [...known.lotnum],
      fuse: null,
    };
  },
  dpd_health: (ctx) => healthToWire(ctx),
};
