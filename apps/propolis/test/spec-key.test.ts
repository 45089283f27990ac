import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalReplacements, canonicalSpec } from "../src/spec/canonical.ts";
import { canonicalSpecKey, compareSpecKeys } from "../src/spec/spec-key.ts";
import { crucible, disk, specOf, viona } from "./specs.ts";

const mixedCase = (text: string, upper: readonly boolean[]) =>
  [...text].map((char, i) => (upper[i % upper.length] === true ? char.toUpperCase() : char)).join("");

/** Every spelling that reads as the UUID. */
const spellings = fc.tuple(fc.uuid(), fc.array(fc.boolean(), { minLength: 1, maxLength: 36 })).map(([uuid, upper]) => {
  const text = mixedCase(uuid, upper);
  return { uuid, texts: [text, text.replaceAll("-", ""), `urn:uuid:${text}`, `{${text}}`] };
});

describe("a key that reads as a UUID", () => {
  test("is the same in every spelling, and is shown in lower case with hyphens", () => {
    fc.assert(
      fc.property(spellings, ({ uuid, texts }) => {
        for (const text of texts) expect(canonicalSpecKey(text)).toBe(uuid);
      }),
    );
  });

  test("finds its component whatever spelling either is in", () => {
    fc.assert(
      fc.property(spellings, fc.nat(3), fc.nat(3), ({ uuid, texts }, i, j) => {
        const spec = canonicalSpec(specOf({ [texts[i] ?? ""]: crucible(), d: disk(texts[j] ?? "") }));
        expect(Object.keys(spec.components)).toEqual([uuid, "d"]);
        expect(spec.components["d"]).toEqual(disk(uuid));
        expect(canonicalSpec(spec)).toEqual(spec);
      }),
    );
  });

  test("is refused beside another spelling of itself", () => {
    fc.assert(
      fc.property(spellings, fc.nat(3), fc.nat(3), ({ uuid, texts }, i, j) => {
        fc.pre(texts[i] !== texts[j]);
        const twice = { [texts[i] ?? ""]: crucible(), [texts[j] ?? ""]: crucible() };
        expect(() => canonicalSpec(specOf(twice))).toThrow(`a component with name ${uuid} already exists`);
        const { component: spec } = viona() as { component: { vnic_name: string } };
        const replacement = { component: "VirtioNetworkBackend" as const, spec };
        expect(() => canonicalReplacements({ [texts[i] ?? ""]: replacement, [texts[j] ?? ""]: replacement })).toThrow(
          "already exists",
        );
      }),
    );
  });
});

test.each(["", "disk-0", "DISK-0", "550e8400-e29b-41d4-a716-44665544000", "urn:uuid:", "__proto__", "1"])(
  "%j is a name and stays as it is",
  (name) => {
    expect(canonicalSpecKey(name)).toBe(name);
    const spec = canonicalSpec(specOf(Object.fromEntries([[name, viona()]])));
    expect(Object.entries(spec.components)).toEqual([[name, viona()]]);
  },
);

test("UUIDs come before names, each in the order of their bytes", () => {
  const sorted = [
    "00000000-0000-4000-8000-000000000000",
    "ffffffff-0000-4000-8000-000000000000",
    "",
    "A",
    "a",
    "é",
    "😀",
  ];
  expect(sorted.toReversed().sort(compareSpecKeys)).toEqual(sorted);
});
