import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isLarge, JsonList, largeJsonBytes, parseLargeJson } from "../src/large-json.ts";

const pauses = () => {
  let count = 0;
  return { pause: async () => void count++, count: () => count };
};
const outcome = async (parse: () => unknown): Promise<unknown> => {
  try {
    return { value: await parse() };
  } catch (error) {
    return { error: (error as Error).name };
  }
};
const agree = async (text: string) => {
  const { pause } = pauses();
  expect(await outcome(() => parseLargeJson(text, pause)), text.slice(0, 200)).toEqual(
    await outcome(() => JSON.parse(text)),
  );
};

describe("reading in slices", () => {
  it("gives what JSON.parse gives, for any JSON in any spacing", async () => {
    const json = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.dictionary(fc.constantFrom("a", "b", "__proto__", "é", '"'), fc.array(fc.jsonValue())),
    );
    await fc.assert(
      fc.asyncProperty(json, fc.constantFrom(undefined, 1, "\t", "\r\n "), (value, space) =>
        agree(JSON.stringify(value, null, space)),
      ),
      { numRuns: 300 },
    );
  });

  it("refuses what JSON.parse refuses", async () => {
    const damaged = fc
      .tuple(
        fc.dictionary(fc.string(), fc.array(fc.jsonValue())),
        fc.nat(),
        fc.constantFrom("", ",", '"', "]", "}", "{", "\\", "x", " "),
      )
      .map(([value, at, insert]) => {
        const text = JSON.stringify(value);
        const position = at % (text.length + 1);
        return text.slice(0, position) + insert + text.slice(position + (at % 2));
      });
    await fc.assert(fc.asyncProperty(damaged, agree), { numRuns: 1_000 });
    for (const text of [
      "",
      " ",
      "{",
      "[",
      '{"a":[}',
      '{"a":1,}',
      '{"a":[1,]}',
      '{"a":[1]]}',
      "{}{}",
      '{"a" 1}',
      "{a:1}",
    ])
      await agree(text);
  });

  it("cuts a long list, pausing in between, and keeps every element and every later repetition of a key", async () => {
    const entries = Array.from({ length: 60_000 }, (_, n) => ({ n, text: `,"[{\\${n}`, deep: [[n]] }));
    const text = JSON.stringify({ generation: 1, entries, after: true });
    expect(text.length).toBeGreaterThan(2 * 1024 * 1024);
    const { pause, count } = pauses();
    expect(await parseLargeJson(text, pause)).toEqual({ generation: 1, entries, after: true });
    expect(count()).toBeGreaterThan(3);
    await agree(`${text.slice(0, -1)},"generation":2,"entries":[]}`);
    await agree(`${text.slice(0, -20)}`);
  });

  it("is not misled by what only looks like the place for a cut", async () => {
    const long = (element: unknown) => Array.from({ length: 5_000 }, () => element);
    for (const element of [
      { text: "a},{b" },
      { deep: [{}, {}, {}] },
      { deep: [[{ a: 1 }, { b: 2 }]] },
      [{}, {}],
      "},{",
    ]) {
      const text = JSON.stringify({ generation: 1, entries: long(element), after: null });
      await agree(text);
      await agree(text.replace('"after":null', '"entries":7'));
      await agree(text.replace('"after":null', '"entries":[{},{}]'));
      await agree(text.replace('"generation":1', '"__proto__":1').replace("entries", "__proto__"));
      for (const at of [20, 70_000, text.length - 30]) {
        await agree(`${text.slice(0, at)},${text.slice(at)}`);
        await agree(`${text.slice(0, at)}]${text.slice(at)}`);
      }
    }
  });
});

describe("writing in slices", () => {
  it("gives the bytes of JSON.stringify", async () => {
    const { pause, count } = pauses();
    const value = {
      before: "é",
      gone: undefined,
      list: Array.from({ length: 40_000 }, (_, n) => ({ n, nothing: undefined })),
      short: [1, 2],
      after: null,
    };
    expect(isLarge(value)).toBe(true);
    expect(Buffer.from(await largeJsonBytes(value, pause)).toString()).toBe(JSON.stringify(value));
    expect(count()).toBe(3);
  });

  it("lets a list write its own elements, to the same bytes", async () => {
    const numbers = (count: number) =>
      JsonList.of(
        Array.from({ length: count }, (_, n) => n),
        (n) => ({ n }),
        {
          write: (n, out) => {
            out.ascii('{"n":');
            out.uint(n);
            out.ascii("}");
          },
          maxBytes: 16,
        },
      );
    for (const count of [257, 16_384, 40_000]) {
      const value = { a: 1, list: numbers(count), none: numbers(0) };
      expect(isLarge(value)).toBe(true);
      expect(Buffer.from(await largeJsonBytes(value, pauses().pause)).toString()).toBe(JSON.stringify(value));
    }
    expect(isLarge({ list: numbers(256) })).toBe(false);
  });

  it("refuses to answer what was written beyond the room for it", async () => {
    const rows = Array.from({ length: 300 }, () => "x".repeat(1_000));
    const list = JsonList.of(rows, String, { write: (row, out) => out.ascii(`"${row}"`), maxBytes: 1 });
    await expect(largeJsonBytes({ list }, pauses().pause)).rejects.toThrow(RangeError);
  });

  it("leaves short and odd values alone", () => {
    for (const value of [null, 1, "x", [], {}, { list: [1] }, new Date(0), Array.from({ length: 49_999 })])
      expect(isLarge(value)).toBe(false);
  });
});
