/** Adds the MTU of the primary interface. */
import { s, type Infer } from "@racklet/api-kit/schema";
import * as v32 from "../v32/local-config.ts";

export const LocalConfig = s.named(
  "InstanceSledLocalConfig",
  s.object({
    ...v32.fields,
    primary_nic_mtu: s.nullish(s.described("In bytes; null means OPTE's default of 1500.", s.u32())),
  }),
);
export type LocalConfig = Infer<typeof LocalConfig>;

export const up = (config: v32.LocalConfig): LocalConfig => ({ ...config, primary_nic_mtu: null });
