/** A corpus of mutations: each rule of the differ has one that only it catches. */
import { describe, expect, it } from "vitest";
import { wireDiff, wireEqual, type ChangeClass, type WireDocument } from "../src/wire-diff.ts";

type Json = { [key: string]: any }; // oxlint-disable-line no-explicit-any -- mutations reach anywhere into a document
const json = (schema: Json) => ({ "application/json": { schema } });
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const errors = { "4XX": { $ref: "#/components/responses/Error" } };

const base = (): Json => ({
  openapi: "3.0.3",
  info: { title: "Toy", version: "1.0.0" },
  paths: {
    "/nat/{ip}/{low}": {
      get: {
        summary: "Get.",
        operationId: "nat_get",
        parameters: [
          { in: "path", name: "ip", required: true, schema: { type: "string", format: "ipv4" } },
          { in: "path", name: "low", required: true, schema: { type: "integer", format: "uint16" } },
          { in: "query", name: "verbose", schema: { type: "boolean" } },
          { in: "query", name: "tag", required: true, schema: { type: "string" } },
        ],
        responses: { "200": { description: "ok", content: json(ref("Nat")) }, ...errors },
        "x-dropshot-pagination": { required: [] },
      },
      put: {
        operationId: "nat_put",
        requestBody: { content: json(ref("NatIn")), required: true },
        responses: { "204": { description: "ok" }, ...errors },
      },
      delete: { operationId: "nat_delete", responses: { "204": { description: "ok" } } },
    },
  },
  components: {
    schemas: {
      Error: { type: "object", properties: { message: { type: "string" } }, required: ["message"] },
      Nat: nat(),
      NatIn: nat(),
    },
    responses: { Error: { description: "Error", content: json(ref("Error")) } },
  },
});
const nat = (): Json => ({
  description: "A mapping.",
  type: "object",
  properties: {
    vni: { type: "integer", format: "uint32", minimum: 0, maximum: 100 },
    label: { nullable: true, type: "string", pattern: "^a" },
    mode: { type: "string", enum: ["a", "b"] },
    list: { type: "array", items: { type: "string" }, maxItems: 3 },
    map: { type: "object", additionalProperties: { type: "string" } },
    closed: { type: "object", properties: { x: { type: "string" } }, additionalProperties: false },
    either: { oneOf: [{ type: "string" }, { type: "integer" }] },
    next: { nullable: true, allOf: [ref("Nat")] },
  },
  required: ["vni", "mode"],
});

const get = (d: Json) => d["paths"]["/nat/{ip}/{low}"].get;
const put = (d: Json) => d["paths"]["/nat/{ip}/{low}"].put;
const types = ["Nat", "NatIn"] as const;
type Mutation = (d: Json) => void;
/** Applies a change to the response's and to the request's type: the two directions are judged apart. */
const both =
  (change: (schema: Json, properties: Json) => void): Mutation =>
  (d) => {
    for (const name of types) change(d["components"].schemas[name], d["components"].schemas[name].properties);
  };

const corpus: readonly (readonly [string, Mutation, readonly ChangeClass[]])[] = [
  ["operation removed", (d) => delete d["paths"]["/nat/{ip}/{low}"].delete, ["breaking"]],
  ["operation added", (d) => (d["paths"]["/new"] = { get: { operationId: "new", responses: {} } }), ["additive"]],
  ["operation id changed", (d) => (get(d).operationId = "nat_view"), ["breaking"]],
  ["operation documented differently", (d) => (get(d).summary = "Fetch."), ["trivial"]],
  ["pagination marker changed", (d) => delete get(d)["x-dropshot-pagination"], ["breaking"]],
  ["other extension changed", (d) => (get(d)["x-other"] = 1), ["trivial"]],
  ["parameter removed", (d) => get(d).parameters.splice(2, 1), ["breaking"]],
  [
    "required parameter added",
    (d) => get(d).parameters.push({ in: "query", name: "n", required: true, schema: {} }),
    ["request-breaking"],
  ],
  ["optional parameter added", (d) => get(d).parameters.push({ in: "query", name: "n", schema: {} }), ["additive"]],
  ["parameter became required", (d) => (get(d).parameters[2].required = true), ["request-breaking"]],
  ["parameter became optional", (d) => delete get(d).parameters[3].required, ["additive"]],
  ["parameter's type changed", (d) => (get(d).parameters[2].schema.type = "string"), ["breaking"]],
  ["path variable's type changed", (d) => (get(d).parameters[1].schema.format = "uint8"), ["breaking"]],
  ["parameter documented differently", (d) => (get(d).parameters[2].description = "More."), ["trivial"]],
  ["body added", (d) => (get(d).requestBody = { content: json({}) }), ["request-breaking"]],
  ["body removed", (d) => delete put(d).requestBody, ["breaking"]],
  ["content type changed", (d) => (put(d).requestBody.content = { "text/plain": { schema: {} } }), ["breaking"]],
  ["status changed", (d) => (put(d).responses = { "200": { description: "ok" }, ...errors }), ["response-breaking"]],
  ["response described differently", (d) => (put(d).responses["204"].description = "done"), ["trivial"]],
  ["error body changed", (d) => delete d["components"].schemas.Error.properties.message, ["response-breaking"]],
  ["info changed", (d) => (d["info"].version = "2.0.0"), ["trivial"]],
  ["type renamed", rename, ["trivial"]],
  ["type wrapped", (d) => (put(d).requestBody.content = json({ allOf: [ref("NatIn")] })), []],
  ["type documented differently", both((schema) => (schema["description"] = "Mapping.")), ["trivial"]],
  ["default documented", both((_, p) => (p["list"].default = [])), ["trivial"]],
  [
    "enum written as a union",
    both(
      (_, p) =>
        (p["mode"] = {
          oneOf: [
            { type: "string", enum: ["a"] },
            { type: "string", enum: ["b"] },
          ],
        }),
    ),
    [],
  ],
  ["property removed", both((_, p) => delete p["list"]), ["request-breaking", "response-breaking"]],
  ["optional property added", both((_, p) => (p["new"] = {})), ["additive"]],
  ["required property added", both((s, p) => { p["new"] = {}; s["required"].push("new"); }), ["additive", "request-breaking"]], // prettier-ignore
  ["property became required", both((s) => s["required"].push("list")), ["additive", "request-breaking"]],
  ["property became optional", both((s) => s["required"].pop()), ["additive", "response-breaking"]],
  ["nullable removed", both((_, p) => delete p["label"].nullable), ["additive", "request-breaking"]],
  ["nullable added", both((_, p) => (p["list"].nullable = true)), ["additive", "response-breaking"]],
  ["nullable of a reference removed", both((_, p) => delete p["next"].nullable), ["additive", "request-breaking"]],
  ["enum value removed", both((_, p) => p["mode"].enum.pop()), ["additive", "request-breaking"]],
  ["enum value added", both((_, p) => p["mode"].enum.push("c")), ["additive", "response-breaking"]],
  ["list of values removed", both((_, p) => delete p["mode"].enum), ["additive", "response-breaking"]],
  ["list of values added", both((_, p) => (p["label"].enum = ["a"])), ["additive", "request-breaking"]],
  ["type changed", both((_, p) => (p["vni"].type = "number")), ["breaking"]],
  ["format changed", both((_, p) => (p["vni"].format = "uint64")), ["breaking"]],
  ["pattern changed", both((_, p) => (p["label"].pattern = "^b")), ["breaking"]],
  ["maximum lowered", both((_, p) => (p["vni"].maximum = 99)), ["additive", "request-breaking"]],
  ["maximum raised", both((_, p) => (p["vni"].maximum = 101)), ["additive", "response-breaking"]],
  ["minimum raised", both((_, p) => (p["vni"].minimum = 1)), ["additive", "request-breaking"]],
  ["length limited", both((_, p) => (p["label"].maxLength = 5)), ["additive", "request-breaking"]],
  ["number of items no longer limited", both((_, p) => delete p["list"].maxItems), ["additive", "response-breaking"]],
  ["items must be unique", both((_, p) => (p["list"].uniqueItems = true)), ["breaking"]],
  ["type of items changed", both((_, p) => (p["list"].items.type = "integer")), ["breaking"]],
  ["type of a map's values changed", both((_, p) => (p["map"].additionalProperties.type = "integer")), ["breaking"]],
  ["closed object opened", both((_, p) => delete p["closed"].additionalProperties), ["breaking"]],
  ["variant added", both((_, p) => p["either"].oneOf.push({ type: "boolean" })), ["additive", "response-breaking"]],
  ["variant removed", both((_, p) => p["either"].oneOf.pop()), ["additive", "request-breaking"]],
  ["variant changed", both((_, p) => (p["either"].oneOf[1].type = "boolean")), ["breaking"]],
];

function rename(d: Json): void {
  d["components"].schemas.Renamed = d["components"].schemas.NatIn;
  delete d["components"].schemas.NatIn;
  put(d).requestBody.content = json(ref("Renamed"));
}

const classes = (before: Json, after: Json) =>
  [...new Set(wireDiff(before as WireDocument, after as WireDocument).map((change) => change.class))].sort();

describe("wire diff", () => {
  it("finds nothing in equal documents, types that contain themselves included", () => {
    expect(wireDiff(base() as WireDocument, base() as WireDocument)).toEqual([]);
  });

  it.each(corpus)("%s", (_what, mutate, wanted) => {
    const after = base();
    mutate(after);
    expect(classes(base(), after)).toEqual([...wanted].sort());
    const trivial = wanted.every((each) => each === "trivial");
    expect(wireEqual(base() as WireDocument, after as WireDocument)).toBe(trivial);
  });

  it("does not mind the names of path variables", () => {
    const after = JSON.parse(
      JSON.stringify(base()).replaceAll("{ip}", "{address}").replaceAll('"ip"', '"address"'),
    ) as Json;
    expect(classes(base(), after)).toEqual(["trivial"]);
  });

  it("says where, and once for a type that several places share", () => {
    const after = base();
    after["components"].schemas.Nat.properties.vni.maximum = 99;
    expect(wireDiff(base() as WireDocument, after as WireDocument)).toEqual([
      { class: "additive", at: "GET /nat/{}/{} 200.vni", message: "maximum 100 → 99" },
      // NatIn refers to Nat too, there as a request.
      { class: "request-breaking", at: "PUT /nat/{}/{} body.next.vni", message: "maximum 100 → 99" },
    ]);
  });

  it("reports a difference between inline schemas at each place", () => {
    const after = base();
    after["components"].schemas.Nat.properties.vni.type = "string";
    after["components"].schemas.Nat.properties.either.oneOf[1].type = "string";
    expect(wireDiff(base() as WireDocument, after as WireDocument).length).toBeGreaterThan(1);
  });
});
