/** The newest registration of a VMM: specifications of propolis' version 6. */
import type { Infer } from "@racklet/api-kit/schema";
import { InstanceSpec } from "../../propolis/v6/spec.ts";
import { ensureBodyOf } from "../v1/ensure-body.ts";
import { LocalConfig } from "../v41/local-config.ts";

export const InstanceEnsureBody = ensureBodyOf(InstanceSpec, LocalConfig);
export type InstanceEnsureBody = Infer<typeof InstanceEnsureBody>;
