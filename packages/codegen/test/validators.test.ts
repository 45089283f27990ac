import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bodyKey, responseKey } from "@racklet/api-kit/validate";
import { fixtureApi, Everything } from "./fixture-api.ts";
import { nearlyValid, valid } from "./arbitrary.ts";
import { accepts } from "./interpreter.ts";
import { validatorsOf } from "./load.ts";
import { readDocuments } from "../src/documents.ts";
import { linearPattern } from "@racklet/api-kit/json-schema";
import { apis } from "@racklet/api-types/registry";
import type { Validator, Validators } from "@racklet/api-kit/validate";

const { bodies, responses } = await validatorsOf(fixtureApi);
const put = bodies["entries_put@2.0.0"] as Validator;
const check = bodies["everything_check@2.1.0"] as Validator;

const entry = () => ({
  external: "203.0.113.7",
  low: 0,
  high: 65_535,
  target: { internal_ip: "fd00::1", inner_mac: { a: [0, 1, 2, 3, 4, 5] }, vni: 100 as unknown },
  label: null as unknown,
});
const everything = (fields: object) => ({ disk: { type: "blank", size: 1 }, ...fields });

describe("generated validators", () => {
  it("exist for each declared revision with a body or a response", () => {
    expect(Object.keys(bodies)).toEqual([
      "entries_put@1.0.0",
      "entries_put@2.0.0",
      "everything_check@2.1.0",
      "login@1.0.0",
    ]);
    expect(Object.keys(responses)).toEqual(["entries_list@1.0.0:response", "entries_put@2.0.0:response"]);
  });

  it("accept what the schema allows, and ignore unknown fields where it is open", () => {
    expect(put({ generation: 1, entries: [entry()], unknown: true })).toBeNull();
    expect(check(everything({ either: "Any", mode: null, map: { a: null, b: 3 }, blob: [1] }))).toBeNull();
  });

  it.each<[string, unknown, string, string]>([
    [
      "a bound",
      { ...entry(), target: { ...entry().target, vni: 99_999_999 } },
      "entries[0].target.vni",
      "must be <= 16777215, is 99999999",
    ],
    ["a width", { ...entry(), low: 65_536 }, "entries[0].low", "must be <= 65535, is 65536"],
    ["a missing field", { ...entry(), target: { vni: 1 } }, "entries[0].target", "missing field `inner_mac`"],
    ["a type", { ...entry(), low: "7" }, "entries[0].low", 'must be integer, is "7"'],
    ["an address", { ...entry(), external: "1.2.3" }, "entries[0].external", 'must be an IP address, is "1.2.3"'],
    [
      "a length in characters",
      { ...entry(), label: "🦀".repeat(9) },
      "entries[0].label",
      "must have at most 8 characters, has 9",
    ],
    [
      "an array where null is allowed",
      { ...entry(), label: [] },
      "entries[0].label",
      "must be string or null, is an array of 0",
    ],
  ])("say where and why: %s", (_what, item, path, message) => {
    expect(put({ generation: 1, entries: [item] })).toEqual({ path, message });
  });

  it.each<[string, unknown, string, string]>([
    ["an unknown field of a closed object", everything({ extra: 1 }), "", "unknown field `extra`"],
    ["the tag of a union", { disk: { type: "tape" } }, "disk.type", 'must be one of `blank`, `image`, is "tape"'],
    ["a missing tag", { disk: {} }, "disk", "missing field `type`"],
    ["the variant that the tag names", { disk: { type: "image", image: "x" } }, "disk.image", 'must be a UUID, is "x"'],
    [
      "the variant that got furthest",
      everything({ either: { Exact: "::1" } }),
      "either.Exact",
      'must be an IPv4 address, is "::1"',
    ],
    [
      "all variants where none got far",
      everything({ either: "Some" }),
      "either",
      'must be one of `Any`, is "Some"; or must be object, is "Some"',
    ],
    [
      "a repeated item",
      everything({ set: [{ n: 1 }, { n: 2 }, { n: 1 }] }),
      "set",
      "must not repeat an item: 0 and 2 are equal",
    ],
    ["a value in a map", everything({ map: { "a b": -1 } }), 'map["a b"]', "must be >= 0, is -1"],
    [
      "inside a nullable reference",
      everything({ target: { ...entry().target, vni: null } }),
      "target.vni",
      "must be integer, is null",
    ],
    [
      "an enum that may be null",
      everything({ mode: "slow" }),
      "mode",
      'must be one of `fast`, `safe`, `null`, is "slow"',
    ],
    [
      "an unsafe integer",
      { disk: { type: "blank", size: 2 ** 53 } },
      "disk.size",
      "must be <= 9007199254740991, is 9007199254740992",
    ],
    [
      "a day that does not exist",
      everything({ at: "2023-02-29T00:00:00Z" }),
      "at",
      'must be an RFC 3339 time, is "2023-02-29T00:00:00Z"',
    ],
    ["something else altogether", "x", "", 'must be object, is "x"'],
  ])("say where and why: %s", (_what, value, path, message) => {
    expect(check(value)).toEqual({ path, message });
  });

  it("agree with an independent reading of the fixture's schemas", () => {
    agree(Everything, check, 2_000);
  });
});

describe("the declared APIs", () => {
  it.each(apis.map((api) => [api.ident, api] as const))(
    "%s: validators agree with the authored schemas",
    async (_ident, api) => {
      const generated = await generatedFor(api.ident);
      let compared = 0;
      for (const operation of Object.values(api.operations)) {
        for (const revision of operation.revisions) {
          if (revision.removed === true) continue;
          const since = api.versions.all[revision.since]?.semver.text ?? "";
          const { body, response } = revision;
          if (body !== undefined) agree(body, generated.bodies[bodyKey(operation.operationId, since)], 30);
          if (response !== undefined && operation.freeform !== true) {
            agree(response, generated.responses[responseKey(operation.operationId, since)], 10);
          }
          compared++;
        }
      }
      expect(compared).toBeGreaterThan(0);
    },
  );
});

describe("patterns", () => {
  const documents = readDocuments(join(import.meta.dirname, "../../../openapi"));
  const patterns = new Set(documents.flatMap(({ text }) => patternsIn(text)));

  it.each([...patterns])("%s answers at once to text made to make it backtrack", (pattern) => {
    const compiled = new RegExp(linearPattern(pattern));
    // 253 characters is the longest limit of a pattern in use. What backtracks takes minutes on one of these.
    const pumps = ["a", "A0", "a-", "a.", "aaaaaaaa.", "0", "0.", "1:", "::", "ab:"];
    for (const pump of pumps) compiled.test(`${pump.repeat(253).slice(0, 253)}!`);
  });

  it("that need no rewriting are left alone", () => {
    expect(linearPattern("^[a-z]+[0-9]*$")).toBe("^[a-z]+[0-9]*$");
    expect(linearPattern("^([a-z0-9]+[a-z0-9\\-]*)$")).toBe("^([a-z0-9][a-z0-9\\-]*)$");
  });
});

// To parse all documents takes much longer.
function patternsIn(text: string): string[] {
  return [...text.matchAll(/(?<="pattern": )"(?:[^"\\]|\\.)*"/g)].map(([each]) => JSON.parse(each) as string);
}

/** The validators that services load: what was generated from the documents of `openapi/`. */
async function generatedFor(ident: string): Promise<{ bodies: Validators; responses: Validators }> {
  const gen = `@racklet/api-types/gen/${ident}`;
  const { bodyValidators } = (await import(/* @vite-ignore */ `${gen}.validators.js`)) as {
    bodyValidators: Validators;
  };
  const { responseValidators } = (await import(/* @vite-ignore */ `${gen}.response-validators.js`)) as {
    responseValidators: Validators;
  };
  return { bodies: bodyValidators, responses: responseValidators };
}

function agree(schema: Parameters<typeof valid>[0], validator: Validator | undefined, numRuns: number): void {
  if (validator === undefined) throw new Error("no validator was generated");
  fc.assert(
    fc.property(fc.oneof(valid(schema), nearlyValid(schema)), (value) => {
      // What arrives has been JSON: no -0, no undefined.
      const json: unknown = JSON.parse(JSON.stringify(value) ?? "null");
      const issue = validator(json);
      if ((issue === null) !== accepts(schema, json)) {
        throw new Error(
          `validator says ${JSON.stringify(issue)}, schema says ${accepts(schema, json)} to ${JSON.stringify(json)}`,
        );
      }
    }),
    // Shrinking a machine specification takes minutes; the counterexample is printed either way.
    { numRuns, endOnFailure: true },
  );
}
