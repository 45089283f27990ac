/** How a VM is created: from a specification, or as the target of a migration. */
import { s, type Infer, type Schema } from "@racklet/api-kit/schema";
import { CrucibleStorageBackend, MigrationFailureInjector, VirtioNetworkBackend } from "./components.ts";
import { InstanceProperties } from "./instance.ts";

const replacement = <const T extends string, C extends Schema>(component: T, spec: C) =>
  s.object({ component: s.literal(component), spec });

export const ReplacementComponent = s.named(
  "ReplacementComponent",
  s.oneOf([
    replacement("MigrationFailureInjector", MigrationFailureInjector),
    replacement("CrucibleStorageBackend", CrucibleStorageBackend),
    replacement("VirtioNetworkBackend", VirtioNetworkBackend),
  ]),
  "What the target of a migration has in place of a component of the source.",
);
export type ReplacementComponent = Infer<typeof ReplacementComponent>;

const MigrationTarget = s.object({
  method: s.literal("MigrationTarget"),
  value: s.object({
    migration_id: s.uuid(),
    replace_components: s.map(ReplacementComponent),
    src_addr: s.described("Where the source serves its API, `ip:port`.", s.string()),
  }),
});

/** The request with the specification of one version. */
export const ensureRequestOf = <S>(spec: Schema<S>) =>
  s.named(
    "InstanceEnsureRequest",
    s.object({
      init: s.named(
        "InstanceInitializationMethod",
        s.oneOf([s.object({ method: s.literal("Spec"), value: s.object({ spec }) }), MigrationTarget]),
      ),
      properties: InstanceProperties,
    }),
  );

export const InstanceEnsureResponse = s.named(
  "InstanceEnsureResponse",
  s.object({
    migrate: s.nullish(s.named("InstanceMigrateInitiateResponse", s.object({ migration_id: s.uuid() }))),
  }),
);
export type InstanceEnsureResponse = Infer<typeof InstanceEnsureResponse>;

/** Any version's request. */
export type EnsureRequestOf<S> = Infer<ReturnType<typeof ensureRequestOf<S>>>;

/** Lifts a conversion of specifications to one of requests. */
export const mapRequestSpec =
  <A, B>(convert: (spec: A) => B) =>
  (request: EnsureRequestOf<A>): EnsureRequestOf<B> =>
    request.init.method === "Spec"
      ? { ...request, init: { method: "Spec", value: { spec: convert(request.init.value.spec) } } }
      : { ...request, init: request.init };
