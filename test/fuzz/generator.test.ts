import { dpdApi } from "@racklet/api-types/dpd/api";
import { bodyValidators as dpdBodies } from "@racklet/api-types/gen/dpd.validators.js";
import { bodyValidators as nexusBodies } from "@racklet/api-types/gen/nexus.validators.js";
import { bodyValidators as sledAgentBodies } from "@racklet/api-types/gen/sled-agent.validators.js";
import { nexusApi } from "@racklet/api-types/nexus/api";
import { sledAgentApi } from "@racklet/api-types/sled-agent/api";
import { describe, expect, test } from "vitest";
import { valuesOf } from "./support/arbitrary.ts";
import { conforms } from "./support/conforms.ts";
import { readDocuments } from "./support/documents.ts";
import { mutationsOf } from "./support/mutations.ts";
import { createPool } from "./support/pool.ts";
import { Dice, RUNS } from "./support/seed.ts";

/** Of the bodies of an API, in all its versions. */
const MAX_BODIES = 8;

const APIS = [
  { api: dpdApi, validators: dpdBodies },
  { api: sledAgentApi, validators: sledAgentBodies },
  { api: nexusApi, validators: nexusBodies },
];

describe.each(APIS)("bodies made up for $api.ident", ({ api, validators }) => {
  const dice = new Dice(`${api.ident}: generator`);
  const versions = api.versions.all.map(({ semver }) => semver.text).toReversed();
  const operations = dice
    .shuffled(readDocuments(api.ident, versions).flatMap((document) => document.operations))
    .flatMap(({ operationId, version, document, body }) => {
      // Bodies have a validator at the versions where they change.
      const name = `${operationId}@${version}`;
      const validator = validators[name];
      return body === undefined || validator === undefined ? [] : [{ document, body, validator, name }];
    })
    .slice(0, MAX_BODIES * RUNS);

  test("are what their documents allow, for the generated validators too", () => {
    expect(operations.length).toBeGreaterThan(0);
    for (const { document, body, validator, name } of operations) {
      const values = valuesOf(document, body.schema, createPool({}));
      for (let run = 0; run < 5 * RUNS; run += 1) {
        const value: unknown = JSON.parse(JSON.stringify(dice.sample(values)));
        expect(conforms(document, body.schema, value), `${name}: ${JSON.stringify(value)}`).toBe(true);
        expect(validator(value), `${name}: ${JSON.stringify(value)}`).toBeNull();
      }
    }
  });

  test("are refused once mutated, whatever the mutation", () => {
    const kinds = new Set<string>();
    for (const { document, body, validator, name } of operations) {
      const value: unknown = JSON.parse(JSON.stringify(dice.sample(valuesOf(document, body.schema, createPool({})))));
      for (const { what, path, text } of mutationsOf(document, body.schema, value, 100_000)) {
        kinds.add(what);
        // The parser refuses those before any validator sees them.
        if (what === "half of a surrogate pair") continue;
        expect(validator(JSON.parse(text)), `${name}: ${path}: ${what}: ${text.slice(0, 1_000)}`).not.toBeNull();
      }
    }
    expect([...kinds]).toEqual(expect.arrayContaining(["another type", "missing field", "2^64", "another form"]));
  });
});
