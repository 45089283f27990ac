/** Random NAT changes and an independent model of what they do: for the domain and for the API. */
import fc from "fast-check";
import type { NatEntryInput } from "../src/nat/input.ts";
import { entry } from "./rig.ts";

/**
 * The model: entries as `address/low-high=target` with an owner, and per group its generation and declared set. It knows
 * nothing of addresses' order, plans, undo or ASICs; it answers what a request should do to a small set.
 */
interface Owned {
  readonly input: NatEntryInput;
  owner: string | undefined;
}
interface Declared {
  generation: number;
  entries: NatEntryInput[];
}
export class Model {
  entries: Owned[] = [];
  readonly groups = new Map<string, Declared>();

  lines(): string[] {
    return this.entries.map(({ input, owner }) => `${line(input)}@${owner ?? "-"}`).sort();
  }

  /** The set a group ends with, or the code of the refusal. */
  ensure(name: string, generation: number, wanted: NatEntryInput[]): string | undefined {
    const group = this.groups.get(name);
    if (wanted.some((a, i) => wanted.some((b, j) => i < j && overlaps(a, b)))) return "invalid";
    if (group !== undefined && group.generation > generation) return "NatGenerationStale";
    if (group?.generation === generation && !sameSet(group.entries, wanted)) return "NatGenerationMismatch";
    return this.#put(name, generation, wanted);
  }

  change(
    name: string,
    from: number,
    generation: number,
    upsert: NatEntryInput[],
    remove: NatEntryInput[],
  ): string | undefined {
    const group = this.groups.get(name);
    if (generation <= from || upsert.some((a, i) => upsert.some((b, j) => i < j && overlaps(a, b)))) return "invalid";
    if (upsert.some((a) => remove.some((b) => sameKey(a, b)))) return "invalid";
    if (group === undefined) return "no such NAT group";
    if (group.generation !== from) return "NatGenerationMismatch";
    const kept = group.entries.filter((e) => !remove.some((r) => sameKey(r, e)) && !upsert.some((u) => overlaps(u, e)));
    return this.#put(name, generation, [...kept, ...upsert]);
  }

  #put(name: string, generation: number, wanted: NatEntryInput[]): string | undefined {
    const others = this.entries.filter((e) => e.owner !== name);
    const adopted = others.filter((e) => e.owner === undefined && wanted.some((w) => line(w) === line(e.input)));
    const rest = others.filter((e) => !adopted.includes(e));
    if (rest.some((e) => wanted.some((w) => overlaps(w, e.input)))) return "NatEntryConflict";
    this.entries = [...rest, ...wanted.map((input) => ({ input, owner: name }))];
    this.groups.set(name, { generation, entries: wanted });
    return undefined;
  }
}

export const line = (e: NatEntryInput): string => `${e.external}/${e.low}-${e.high}=${e.target.vni - 100}`;
const sameKey = (a: NatEntryInput, b: NatEntryInput) =>
  a.external === b.external && a.low === b.low && a.high === b.high;
const overlaps = (a: NatEntryInput, b: NatEntryInput) =>
  a.external === b.external && a.low <= b.high && b.low <= a.high;
const sameSet = (a: NatEntryInput[], b: NatEntryInput[]) => `${a.map(line).sort()}` === `${b.map(line).sort()}`;

export type Step =
  | { readonly kind: "ensure"; readonly group: string; readonly generation: number; readonly entries: NatEntryInput[] }
  | {
      readonly kind: "change";
      readonly group: string;
      readonly from: number;
      readonly generation: number;
      readonly entries: NatEntryInput[];
      readonly remove: NatEntryInput[];
    }
  | { readonly kind: "drop"; readonly group: string }
  | { readonly kind: "put" | "take"; readonly entry: NatEntryInput }
  | { readonly kind: "reset"; readonly family: "ipv4" | "ipv6" };

const anEntry = fc
  .record({
    external: fc.constantFrom("10.0.0.1", "10.0.0.2", "fd00::1"),
    low: fc.integer({ min: 0, max: 5 }),
    length: fc.integer({ min: 0, max: 3 }),
    target: fc.integer({ min: 1, max: 2 }),
  })
  .map(({ external, low, length, target }) => entry(external, low, low + length, target));
const entries = fc.array(anEntry, { maxLength: 5 });
const group = fc.constantFrom("g", "h");
const generation = fc.integer({ min: 1, max: 6 });
export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("ensure" as const), group, generation, entries }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("change" as const),
      group,
      from: generation,
      generation,
      entries,
      remove: entries,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("drop" as const), group }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("put" as const, "take" as const), entry: anEntry }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("reset" as const),
      family: fc.constantFrom("ipv4" as const, "ipv6" as const),
    }),
  },
);

/** What the step does to the model; the code of the refusal, if it is refused. */
export function expected(model: Model, one: Step): string | undefined {
  switch (one.kind) {
    case "ensure":
      return model.ensure(one.group, one.generation, one.entries);
    case "change":
      return model.change(one.group, one.from, one.generation, one.entries, one.remove);
    case "drop":
      model.entries = model.entries.filter((e) => e.owner !== one.group);
      model.groups.delete(one.group);
      return undefined;
    case "put": {
      const inTheWay = model.entries.filter((e) => overlaps(e.input, one.entry));
      if (inTheWay.some((e) => line(e.input) !== line(one.entry))) return "conflicting mapping";
      if (inTheWay.length === 0) model.entries.push({ input: one.entry, owner: undefined });
      return undefined;
    }
    case "take": {
      const { external, low } = one.entry;
      model.entries = model.entries.filter(
        ({ input }) => input.external !== external || input.low > low || input.high < low,
      );
      return undefined;
    }
    case "reset":
      model.entries = model.entries.filter(({ input }) => input.external.includes(":") !== (one.family === "ipv6"));
      return undefined;
  }
}
