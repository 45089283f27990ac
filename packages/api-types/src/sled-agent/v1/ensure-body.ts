/** The registration of a VMM. Versions differ in the specification and in the sled-local configuration only. */
import { s, type Infer, type Schema } from "@racklet/api-kit/schema";
import { VmmRuntimeState } from "../../common/vmm.ts";

const InstanceMetadata = s.named("InstanceMetadata", s.object({ project_id: s.uuid(), silo_id: s.uuid() }));

/** The registration with one version's specification and configuration. */
export const ensureBodyOf = <S, C>(spec: Schema<S>, localConfig: Schema<C>) =>
  s.named(
    "InstanceEnsureBody",
    s.object({
      instance_id: s.uuid(),
      local_config: localConfig,
      metadata: InstanceMetadata,
      migration_id: s.nullish(s.described("Set when the VMM is the target of this migration.", s.uuid())),
      propolis_addr: s.described("Where the VMM's propolis serves its API, `ip:port`.", s.string()),
      vmm_runtime: VmmRuntimeState,
      vmm_spec: s.named("VmmSpec", spec),
    }),
    "Makes an instance's VMM known to a sled-agent.",
  );
export type EnsureBodyOf<S, C> = Infer<ReturnType<typeof ensureBodyOf<S, C>>>;

/** Lifts a conversion of configurations to one of registrations. */
export const mapLocalConfig =
  <A, B>(convert: (config: A) => B) =>
  <S>(body: EnsureBodyOf<S, A>): EnsureBodyOf<S, B> => ({ ...body, local_config: convert(body.local_config) });

/** Lifts a conversion of specifications to one of registrations. */
export const mapVmmSpec =
  <A, B>(convert: (spec: A) => B) =>
  <C>(body: EnsureBodyOf<A, C>): EnsureBodyOf<B, C> => ({ ...body, vmm_spec: convert(body.vmm_spec) });
