/** Requests about a registered VMM, and their answers. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { SledVmmState } from "../../common/vmm.ts";

export const VmmStateRequested = s.named(
  "VmmStateRequested",
  s.oneOf([
    s.object({
      type: s.literal("migration_target"),
      value: s.named("InstanceMigrationTargetParams", s.object({ src_propolis_addr: s.string() })),
    }),
    s.object({ type: s.literal("running") }),
    s.object({ type: s.literal("stopped") }),
    s.object({ type: s.literal("reboot") }),
  ]),
);
export type VmmStateRequested = Infer<typeof VmmStateRequested>;

export const VmmPutStateBody = s.named("VmmPutStateBody", s.object({ state: VmmStateRequested }));

export const VmmPutStateResponse = s.named(
  "VmmPutStateResponse",
  s.object({ updated_runtime: s.nullish(s.described("Null when the state did not change.", SledVmmState)) }),
);
export type VmmPutStateResponse = Infer<typeof VmmPutStateResponse>;

export const VmmUnregisterResponse = s.named(
  "VmmUnregisterResponse",
  s.object({ updated_runtime: s.nullish(s.described("Null when no such VMM was registered.", SledVmmState)) }),
);
export type VmmUnregisterResponse = Infer<typeof VmmUnregisterResponse>;

export const InstanceExternalIpBody = s.named(
  "InstanceExternalIpBody",
  s.oneOf([
    s.object({ type: s.literal("ephemeral"), value: s.ip() }),
    s.object({ type: s.literal("floating"), value: s.ip() }),
  ]),
);
export type InstanceExternalIpBody = Infer<typeof InstanceExternalIpBody>;
