/**
 * Every conversion between two neighbouring versions, tried on values that the document of the one version allows and held
 * against the document of the other. Which conversions there are comes from the declarations, so new ones are tried as well.
 */
import { s } from "@racklet/api-kit";
import { apis } from "@racklet/api-types/registry";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import {
  checkConversion,
  checkInverse,
  INEXPRESSIBLE,
  MAY_REFUSE,
  MEANS_ELSE,
  RUNS,
  UNSAID,
} from "./support/conversion-rules.ts";
import { conversionsOf, type Conversion } from "./support/conversions.ts";
import { queryConversionsOf } from "./support/query-conversions.ts";
import { REPLAY, report, SEED } from "./support/runs.ts";

const all = apis.flatMap(conversionsOf);
const ups = all.filter(({ direction }) => direction === "up");
const downs = all.filter(({ direction }) => direction === "down");
const queries = apis.flatMap(queryConversionsOf);
const inverses = ups.flatMap((up) =>
  downs
    .filter((down) => down.ident === up.ident && down.toSchema === up.fromSchema && down.fromSchema === up.toSchema)
    .map((down) => ({ what: `${up.what} and back as ${down.operationId}`, up, down })),
);

let ran = 0;
const counted = (check: () => void): void => {
  check();
  ran += 1;
};

test.each(ups)("a body goes up: $what", (up) => counted(() => checkConversion(up)));

test.each(downs)("an answer goes down: $what", (down) => counted(() => checkConversion(down)));

test.each(inverses)("nothing of an older value is lost: $what", ({ up, down }) =>
  counted(() => checkInverse(up, down)),
);

test.each(queries)("a query goes up: $what", ({ what, values, toNewer, fault }) =>
  counted(() => {
    const property = fc.property(values, (query) => {
      const found = fault(toNewer(query));
      expect(found === `${UNSAID[what]} is missing` ? undefined : found, REPLAY).toBeUndefined();
    });
    fc.assert(property, { seed: SEED, numRuns: RUNS });
  }),
);

test("every exception is one of a conversion that there is", () => {
  const known = new Set([...all, ...queries].flatMap(({ what }) => [what, what.split(" ").slice(0, 2).join(" ")]));
  const named = [MAY_REFUSE, INEXPRESSIBLE, UNSAID].flatMap((each) => Object.keys(each));
  expect(named.filter((each) => !known.has(each))).toEqual([]);
  expect(Object.keys(MEANS_ELSE).filter((each) => !known.has(each.replace(/ \S+$/, "")))).toEqual([]);
});

describe("a conversion that is wrong on purpose is caught:", () => {
  const schema = {
    type: "object",
    properties: { size: { type: "integer" }, name: { type: "string" } },
    required: ["size"],
  };
  const side = (version: string) => ({
    version,
    document: {},
    schema,
    check: (value: unknown) =>
      typeof (value as { size?: unknown }).size === "number" ? null : { path: "size", message: "is no number" },
  });
  const wrong = (convert: (value: { size: number; name?: string }) => unknown): Conversion => ({
    what: "shelf thing_put 1.0.0 → 2.0.0",
    ident: "shelf",
    operationId: "thing_put",
    direction: "up",
    from: side("1.0.0"),
    to: side("2.0.0"),
    // The values it is given are of the schema above.
    convert: convert as (value: unknown) => unknown,
    fromSchema: s.null(),
    toSchema: s.boolean(),
  });

  test("it forgets a field", () => {
    expect(() => checkConversion(wrong(({ size }) => ({ size })))).toThrow(/name was/);
  });
  test("it makes what the other document refuses", () => {
    expect(() => checkConversion(wrong((value) => ({ ...value, size: String(value.size) })))).toThrow(/is no number/);
  });
  test("it swaps two meanings under the same shape", () => {
    expect(() => checkConversion(wrong((value) => ({ ...value, size: -value.size - 1 })))).toThrow(/size was/);
  });
  test("it throws", () => {
    const refuse = (): never => {
      throw new TypeError("no such thing");
    };
    expect(() => checkConversion(wrong(refuse))).toThrow(/no such thing/);
  });
  test("it changes its argument", () => {
    expect(() => checkConversion(wrong((value) => Object.assign(value, { name: "changed" })))).toThrow(
      /its argument|name was/,
    );
  });
  test("it does not come back", () => {
    const up = wrong((value) => value);
    expect(() => checkInverse(up, { ...wrong(({ size }) => ({ size: size >> 1 })), direction: "down" })).toThrow(
      /came back as/,
    );
  });
});

afterAll(() => {
  const possible = ups.length + downs.length + inverses.length + queries.length;
  report(`conversions, ${RUNS} values each`, ran, possible);
});
