/** An API with one of everything the schema language has, over three versions. */
import { declare, defineApi, type Api } from "@racklet/api-kit/declare";
import { param, query } from "@racklet/api-kit/params";
import { resultsPageOf } from "@racklet/api-kit/pagination";
import { s } from "@racklet/api-kit/schema";
import { apiVersions } from "@racklet/api-kit/versions";

const versions = apiVersions([
  ["2.1.0", "TAGS"],
  [2, "TARGETS"],
  [1, "INITIAL"],
] as const);
const { V } = versions;

const Vni = s.named("Vni", s.integer("uint32", { minimum: 0, maximum: 16_777_215 }));
const Target = s.named(
  "Target",
  s.object({
    internal_ip: s.ipv6(),
    inner_mac: s.object({ a: s.array(s.u8(), { minItems: 6, maxItems: 6 }) }),
    vni: Vni,
  }),
);
export const Entry = s.named(
  "Entry",
  s.object({
    external: s.ip(),
    low: s.u16(),
    high: s.u16(),
    target: Target,
    label: s.nullish(s.string({ minLength: 1, maxLength: 8 })),
  }),
);
export const Entries = s.named("Entries", s.object({ generation: s.u64(), entries: s.array(Entry) }));

const Disk = s.named(
  "Disk",
  s.oneOf([
    s.object({ type: s.literal("blank"), size: s.u64() }),
    s.named("ImageDisk", s.object({ type: s.literal("image"), image: s.uuid(), spare: s.nullish(s.boolean()) })),
  ]),
);
export const Everything = s.named(
  "Everything",
  s.closed({
    disk: Disk,
    disks: s.optional(s.array(Disk, { maxItems: 3 })),
    either: s.optional(s.oneOf([s.enum(["Any"]), s.closed({ Exact: s.ipv4() })])),
    loose: s.optional(s.anyOf([s.uuid(), s.string({ pattern: "^[a-z][a-z0-9-]*$" })])),
    at: s.optional(s.dateTime()),
    ratio: s.optional(s.double()),
    delta: s.optional(s.i16()),
    mode: s.nullish(s.enum(["fast", "safe"])),
    set: s.optional(s.array(s.object({ n: s.u8() }), { uniqueItems: true })),
    map: s.optional(s.map(s.nullable(Vni))),
    target: s.nullish(Target),
    mac: s.optional(s.format("mac")),
    blob: s.optional(s.any()),
  }),
);

export const fixtureApi: Api = defineApi({
  ident: "toy",
  title: "Toy",
  description: "One of everything",
  versions,
  onMissing: "refuse",
  bodyLimit: 1_000_000,
  operations: {
    entries_put: declare({
      operationId: "entries_put",
      method: "PUT",
      path: "/entries",
      summary: "Replace all entries.",
      description: "Harmless to repeat. Ends with */ in its text.",
      revisions: [
        { since: V.TARGETS, body: Entries, response: Entries },
        { since: V.INITIAL, body: s.object({ entries: s.array(s.ip()) }), up: (body: unknown) => body },
      ],
    }),
    entries_list: declare({
      operationId: "entries_list",
      method: "GET",
      path: "/entries/{group}",
      summary: "List entries.",
      params: { group: param.string() },
      query: { tag: query.optional(param.string()) },
      paginated: true,
      revisions: [{ since: V.INITIAL, response: resultsPageOf("Entry", Entry) }],
    }),
    everything_check: declare({
      operationId: "everything_check",
      method: "POST",
      path: "/everything",
      summary: "Check everything.",
      idempotent: true,
      revisions: [{ since: V.TAGS, body: Everything }],
    }),
    login: declare({
      operationId: "login",
      method: "POST",
      path: "/login",
      summary: "Ask for a token.",
      bodyType: "form",
      freeform: true,
      revisions: [{ since: V.INITIAL, body: s.named("Login", s.object({ user: s.string() })) }],
    }),
  },
});
