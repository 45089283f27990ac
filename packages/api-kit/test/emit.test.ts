import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { declare, defineApi, type Api, type OperationInput } from "../src/declare.ts";
import { emit, emitDocument } from "../src/emit.ts";
import { resultsPageOf } from "../src/pagination.ts";
import { param, query } from "../src/params.ts";
import { fieldsOf, s, type Schema } from "../src/schema.ts";
import { apiVersions } from "../src/versions.ts";

const versions = apiVersions([
  [3, "NO_RESET"],
  [2, "LABELS"],
  [1, "INITIAL"],
] as const);
const { V } = versions;

const Vni = s.named("Vni", s.integer("uint32", { minimum: 0, maximum: 16_777_215 }), "A Geneve network.");
const v1Nat = s.named("Nat", s.object({ vni: Vni, low: s.u16(), high: s.u16() }), "One mapping.");
const v2Nat = s.named(
  "Nat",
  s.object({ vni: Vni, low: s.u16(), high: s.u16(), label: s.nullish(s.string({ maxLength: 63 })) }),
  "One mapping.",
);

const list = declare({
  operationId: "nat_list",
  method: "GET",
  path: "/nat/{ipv4}",
  tags: ["nat"],
  summary: "List mappings of an address.",
  params: { ipv4: param.ipv4() },
  query: {
    sort: query.required(param.enum(["low", "high"], "SortMode")),
    mine: query.withDefault(param.bool(), false),
  },
  paginated: true,
  revisions: [
    { since: V.LABELS, response: resultsPageOf("Nat", v2Nat) },
    { since: V.INITIAL, response: resultsPageOf("Nat", v1Nat), down: (page: unknown) => page },
  ],
});
const create = declare({
  operationId: "nat_create",
  method: "POST",
  path: "/nat/{ipv4}",
  tags: ["nat"],
  summary: "Add a mapping.",
  description: "Repeating it is harmless.",
  idempotent: true,
  params: { ipv4: param.ipv4() },
  revisions: [
    { since: V.LABELS, operationId: "nat_add", body: v2Nat, response: v2Nat, status: 201 },
    { since: V.INITIAL, body: v1Nat, up: (body: unknown) => body },
  ],
});
const reset = declare({
  operationId: "reset_all",
  method: "DELETE",
  path: "/all",
  summary: "Clear everything.",
  revisions: [{ since: V.NO_RESET, removed: true }, { since: V.INITIAL }],
});
const login = declare({
  operationId: "login",
  method: "POST",
  path: "/login",
  summary: "Ask for a token.",
  bodyType: "form",
  freeform: true,
  query: { next: query.optional(param.string()) },
  revisions: [{ since: V.INITIAL, body: s.named("Login", s.closed({ user: s.string() })) }],
});

const api = (operations: Record<string, OperationInput>): Api =>
  defineApi({
    ident: "toy",
    title: "Toy",
    description: "An API for tests",
    versions,
    onMissing: "refuse",
    bodyLimit: 1024,
    operations,
  });
const all = { nat_list: list, nat_create: create, reset_all: reset, login };
const only = (body: Schema): Api =>
  api({
    put: { operationId: "put", method: "PUT", path: "/x", summary: "Put.", revisions: [{ since: V.INITIAL, body }] },
  });
const bodyOf = (body: Schema): unknown => {
  const paths = emitDocument(only(body), 0)["paths"] as Record<string, Record<string, { requestBody: unknown }>>;
  const printed = paths["/x"]?.["put"]?.requestBody as { content: Record<string, { schema: unknown }> } | undefined;
  return printed?.content["application/json"]?.schema;
};

describe("a document", () => {
  it("looks as upstream's framework prints it, byte for byte", async () => {
    await expect(emit(api(all), V.INITIAL)).toMatchFileSnapshot("emit-toy-1.0.0.json");
    await expect(emit(api(all), V.NO_RESET)).toMatchFileSnapshot("emit-toy-3.0.0.json");
  });

  it("has the same bytes whatever the order of declarations and fields", () => {
    const wanted = emit(api(all), V.LABELS);
    const shuffledFields = (schema: Schema, order: readonly number[]): Schema => {
      const entries = Object.entries(fieldsOf(schema)).sort(
        (a, b) => (order[a[0].length % order.length] ?? 0) - (order[b[0].length % order.length] ?? 0),
      );
      return s.named(
        "Nat",
        { node: { kind: "object", closed: false, fields: Object.fromEntries(entries) } },
        "One mapping.",
      );
    };
    fc.assert(
      fc.property(
        fc.shuffledSubarray(Object.keys(all), { minLength: 4 }),
        fc.array(fc.integer(), { minLength: 7, maxLength: 7 }),
        (names, order) => {
          const operations: Record<string, OperationInput> = {};
          for (const name of names) operations[name] = all[name as keyof typeof all];
          const nat = shuffledFields(v2Nat, order);
          operations["nat_create"] = {
            ...create,
            revisions: [
              { since: V.LABELS, operationId: "nat_add", body: nat, response: nat, status: 201 },
              { since: V.INITIAL, body: v1Nat, up: (body: unknown) => body },
            ],
          };
          expect(emit(api(operations), V.LABELS)).toBe(wanted);
        },
      ),
    );
  });

  it("contains an operation only in the versions where it is in force", () => {
    const paths = (ordinal: number) => Object.keys(emitDocument(api(all), ordinal)["paths"] as object);
    expect(paths(V.LABELS)).toContain("/all");
    expect(paths(V.NO_RESET)).not.toContain("/all");
  });

  it("refuses one name for two shapes and shows both", () => {
    const clash = only(s.object({ a: s.named("Thing", s.u8()), b: s.named("Thing", s.u16()) }));
    expect(() => emit(clash, 0)).toThrow(/two shapes are named Thing: .*uint8.* and .*uint16/);
  });

  it("accepts one name declared twice with the same shape", () => {
    expect(() => emit(only(s.object({ a: s.named("T", s.u8()), b: s.named("T", s.u8()) })), 0)).not.toThrow();
  });

  it("refuses one operation id for two operations of a version", () => {
    const twin = {
      ...reset,
      operationId: "twin",
      path: "/twin",
      revisions: [{ since: V.INITIAL, operationId: "login" }],
    };
    expect(() => emit(api({ ...all, twin }), 0)).toThrow("operation id login is used by");
  });
});

describe("schemas", () => {
  const Ref = s.named("Ref", s.u8());
  const ref = { $ref: "#/components/schemas/Ref" };
  it.each<[string, Schema, unknown]>([
    ["a reference stands bare", Ref, ref],
    ["a nullable reference is wrapped", s.nullable(Ref), { nullable: true, allOf: [ref] }],
    [
      "metadata of one reference shares one wrapper",
      s.described("why", s.nullable(Ref)),
      { nullable: true, description: "why", allOf: [ref] },
    ],
    [
      "nullable comes first",
      s.nullable(s.described("why", s.string())),
      { nullable: true, description: "why", type: "string" },
    ],
    [
      "objects that refuse unknown fields say so",
      s.closed({ b: s.u8(), a: s.optional(s.boolean(), false) }),
      {
        type: "object",
        properties: { a: { default: false, type: "boolean" }, b: { type: "integer", format: "uint8", minimum: 0 } },
        required: ["b"],
        additionalProperties: false,
      },
    ],
    ["maps", s.map(Ref), { type: "object", additionalProperties: ref }],
    ["enums keep their order", s.enum(["z", "a"]), { type: "string", enum: ["z", "a"] }],
    ["unions", s.oneOf([Ref, s.string()]), { oneOf: [ref, { type: "string" }] }],
    [
      "a default on a reference",
      s.object({ a: s.optional(Ref, 3) }),
      { type: "object", properties: { a: { default: 3, allOf: [ref] } } },
    ],
    [
      "sets",
      s.array(s.u8(), { uniqueItems: true }),
      { type: "array", items: { type: "integer", format: "uint8", minimum: 0 }, uniqueItems: true },
    ],
    ["anything", s.any(), {}],
  ])("%s", (_what, schema, printed) => {
    expect(JSON.stringify(bodyOf(schema))).toBe(JSON.stringify(printed));
  });
});
