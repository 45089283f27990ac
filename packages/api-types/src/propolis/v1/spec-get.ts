/** The specification a VM runs with, as the first version shows it: wrapped in a format version. */
import { s, type Infer, type Schema } from "@racklet/api-kit/schema";
import { InstanceProperties, InstanceState } from "./instance.ts";
import { InstanceSpec } from "./spec.ts";

/** The answer with the specification of one version. */
export const specGetResponseOf = <S>(spec: Schema<S>) =>
  s.named(
    "InstanceSpecGetResponse",
    s.object({
      properties: InstanceProperties,
      spec: s.named(
        "InstanceSpecStatus",
        s.oneOf([
          s.object({ type: s.literal("WaitingForMigrationSource") }),
          s.object({ type: s.literal("Present"), value: spec }),
        ]),
      ),
      state: InstanceState,
    }),
  );
export type SpecGetResponseOf<S> = Infer<ReturnType<typeof specGetResponseOf<S>>>;

export const VersionedInstanceSpec = s.named(
  "VersionedInstanceSpec",
  s.oneOf([s.object({ spec: InstanceSpec, version: s.literal("V0") })]),
);
export type VersionedInstanceSpec = Infer<typeof VersionedInstanceSpec>;

/** Lifts a conversion of specifications to one of answers. */
export const mapAnswerSpec =
  <A, B>(convert: (spec: A) => B) =>
  (answer: SpecGetResponseOf<A>): SpecGetResponseOf<B> =>
    answer.spec.type === "Present"
      ? { ...answer, spec: { type: "Present", value: convert(answer.spec.value) } }
      : { ...answer, spec: answer.spec };
