/**
 * How to add a version, as files: what `docs/versions.md` shows, and what a test does in a copy of the packages. The example
 * stands on propolis' API as it is; where that changes, the test says which piece no longer fits.
 */
export type ExampleFile =
  | { readonly kind: "new"; readonly file: string; readonly why: string; readonly text: string }
  | {
      readonly kind: "edit";
      readonly file: string;
      readonly why: string;
      readonly edits: readonly { readonly before: string; readonly after: string }[];
    };

export const EXAMPLE_VERSION = "7.0.0";

export const EXAMPLE: readonly ExampleFile[] = [
  {
    kind: "edit",
    file: "packages/api-types/src/propolis/versions.ts",
    why: "One line, at the top: two branches that add a version collide here. Everything else refers to the label.",
    edits: [
      {
        before: "export const propolisVersions = apiVersions([\n",
        after: 'export const propolisVersions = apiVersions([\n  [7, "UPTIME"],\n',
      },
    ],
  },
  {
    kind: "new",
    file: "packages/api-types/src/propolis/v7/uptime.ts",
    why: "What is new, and the way to its older neighbour: `down` for answers, `up` for bodies. Neither ever fails on what its side's document allows.",
    text: `/** Version 7 says how long the server has been up. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { InstanceProperties, InstanceState, type InstanceGetResponse as V1InstanceGetResponse } from "../v1/instance.ts";

export const InstanceGetResponse = s.named(
  "InstanceGetResponse",
  s.object({
    instance: s.named("Instance", s.object({ properties: InstanceProperties, state: InstanceState })),
    uptime_ms: s.optional(s.u64()),
  }),
);
export type InstanceGetResponse = Infer<typeof InstanceGetResponse>;

export function instanceGetDown({ uptime_ms: _, ...older }: InstanceGetResponse): V1InstanceGetResponse {
  return older;
}
`,
  },
  {
    kind: "edit",
    file: "packages/api-types/src/propolis/api.ts",
    why: "The operation gets a revision, newest first. The one before it keeps its types and says how it is reached.",
    edits: [
      {
        before: 'import * as v6 from "./v6/spec.ts";\n',
        after: 'import * as v6 from "./v6/spec.ts";\nimport * as v7 from "./v7/uptime.ts";\n',
      },
      {
        before: "      revisions: [{ since: V.INITIAL, response: InstanceGetResponse }],\n",
        after: `      revisions: [
        { since: V.UPTIME, response: v7.InstanceGetResponse },
        { since: V.INITIAL, response: InstanceGetResponse, down: v7.instanceGetDown },
      ],
`,
      },
    ],
  },
  {
    kind: "edit",
    file: "packages/api-types/src/propolis/latest.ts",
    why: "Business code sees the newest types only.",
    edits: [
      { before: "export {\n  InstanceGetResponse,\n", after: "export {\n" },
      {
        before: 'export { Component, InstanceSpec } from "./v6/spec.ts";\n',
        after:
          'export { Component, InstanceSpec } from "./v6/spec.ts";\nexport { InstanceGetResponse } from "./v7/uptime.ts";\n',
      },
    ],
  },
  {
    kind: "edit",
    file: "apps/propolis/src/http/handlers.ts",
    why: "Handlers know the newest version and no other. Had the field not been optional, the type-checker would have asked for this.",
    edits: [
      {
        before: "  instance_get: ({ vms }) => ({ instance: aboutToWire(vms.last()) }),\n",
        after: `  instance_get: ({ vms, world }) => ({
    instance: aboutToWire(vms.last()),
    uptime_ms: Math.floor(world.clock.monotonicMs()),
  }),
`,
      },
    ],
  },
];
