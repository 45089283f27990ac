import fc from "fast-check";
import { expect, test } from "vitest";
import { SortedMap } from "../src/table/sorted-map.ts";

const numbers = () =>
  new SortedMap<number, string>(
    (a, b) => a - b,
    (key) => String(key),
  );

test("a sorted map lists what a sorted array of its entries would", () => {
  const step = fc.record({ key: fc.nat(60), kind: fc.constantFrom("set", "set", "delete", "clear?") });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.nat(70), fc.nat(9), (steps, after, limit) => {
      const map = numbers();
      const model = new Map<number, string>();
      for (const [at, { key, kind }] of steps.entries()) {
        if (kind === "set") {
          map.set(key, `${key}:${at}`);
          model.set(key, `${key}:${at}`);
        } else if (kind === "delete") {
          map.delete(key);
          model.delete(key);
        } else if (key === 0) {
          map.clear();
          model.clear();
        }
        expect(map.get(key)).toBe(model.get(key));
      }
      const sorted = [...model].sort(([a], [b]) => a - b);
      const values = (entries: readonly (readonly [number, string])[]) => entries.map(([, value]) => value);
      expect(map.size).toBe(model.size);
      expect(map.page(1000)).toEqual(values(sorted));
      expect(map.page(limit, after)).toEqual(values(sorted.filter(([key]) => key > after)).slice(0, limit));
    }),
  );
});

test("a large map is cut into chunks and pages run across them", () => {
  const map = numbers();
  const count = 5_000;
  // 7 and the count have no common factor, so every key comes once, out of order.
  for (let n = 0; n < count; n++) map.set((n * 7) % count, String((n * 7) % count));
  const all: string[] = [];
  for (let page = map.page(97); page.length > 0; page = map.page(97, Number(all.at(-1)))) all.push(...page);
  expect(all).toEqual(Array.from({ length: count }, (_, n) => String(n)));
  for (let n = 0; n < count; n += 1) if (n % 1000 !== 0) map.delete(n);
  expect(map.page(9)).toEqual(["0", "1000", "2000", "3000", "4000"]);
  for (let n = 0; n < count; n += 1000) map.delete(n);
  expect(map.page(9)).toEqual([]);
  map.set(3, "3");
  expect(map.page(9, 2)).toEqual(["3"]);
});
