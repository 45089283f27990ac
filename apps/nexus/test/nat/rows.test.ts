import fc from "fast-check";
import { storeLegs } from "@racklet/store/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { foldChanges } from "../../src/nat/changes.ts";
import { natKeyText, type NatChange, type NatEntry } from "../../src/nat/entry.ts";
import { liveEntries, natChanges, putEntries, removeEntries } from "../../src/nat/rows.ts";
import { currentNatVersion } from "../../src/nat/version.ts";
import { domain, type Domain } from "../support/domain.ts";

const address = fc.constantFrom("10.0.0.1", "10.0.0.2", "192.0.2.200", "fd00::1", "fd00::a");
const ports = fc.constantFrom([0, 65535], [0, 16383], [16384, 32767]);
const entry = fc
  .tuple(address, ports, fc.constantFrom("fd00:1122:3344:101::1", "fd00:1122:3344:102::1"), fc.constantFrom(1024, 2048))
  .map(([externalAddress, [firstPort = 0, lastPort = 0], sledAddress, vni]): NatEntry => ({
    externalAddress,
    firstPort,
    lastPort,
    sledAddress,
    vni,
    mac: "A8:40:25:F0:00:01",
  }));

type Step = { readonly put: NatEntry } | { readonly remove: NatEntry };
const steps = fc.array(
  fc.oneof(
    entry.map((put): Step => ({ put })),
    entry.map((remove): Step => ({ remove })),
  ),
  { minLength: 1, maxLength: 25 },
);

class Model {
  readonly live = new Map<string, NatEntry>();

  apply(step: Step): void {
    if ("remove" in step) {
      this.live.delete(natKeyText(step.remove));
      return;
    }
    const { put } = step;
    for (const [key, row] of this.live) {
      const clash =
        row.externalAddress === put.externalAddress && row.firstPort <= put.lastPort && put.firstPort <= row.lastPort;
      if (clash) this.live.delete(key);
    }
    this.live.set(natKeyText(put), put);
  }

  sorted(): string[] {
    return [...this.live.values()].map((row) => JSON.stringify(row)).sort();
  }
}

const texts = (entries: readonly NatEntry[]): string[] =>
  entries
    .map(({ externalAddress, firstPort, lastPort, sledAddress, vni, mac }) =>
      JSON.stringify({ externalAddress, firstPort, lastPort, sledAddress, vni, mac }),
    )
    .sort();

describe.each(storeLegs())("NAT entries on $name", (leg) => {
  let on: Domain;
  beforeEach(async () => {
    on = await domain(leg);
  });
  afterEach(() => on.close());

  const apply = (step: Step): Promise<number> =>
    on.nexus.store.transaction((tx) =>
      "put" in step ? putEntries(on.nexus, tx, [step.put]) : removeEntries(on.nexus, tx, [step.remove]),
    );
  const version = () => on.nexus.store.transaction(currentNatVersion);
  const wipe = async () => {
    await on.nexus.store.db.deleteFrom("nat_entry").execute();
    await on.nexus.store.db.updateTable("counter").set({ value: 0 }).where("name", "=", "nat_version").execute();
  };

  it("are what a model says after any sequence of puts and removals, and a reader of the changes ends at the same set", async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 7 }), fc.nat(25), async (sequence, pageSize, readAfter) => {
        await wipe();
        const model = new Model();
        const reader = new Map<string, NatEntry>();
        let seen = 0;
        const read = async () => {
          for (;;) {
            const page: NatChange[] = await natChanges(on.nexus.store.db, seen, pageSize);
            const { upsert, remove } = foldChanges(page);
            for (const key of remove) reader.delete(natKeyText(key));
            for (const row of upsert) reader.set(natKeyText(row), row);
            seen = page.at(-1)?.version ?? seen;
            if (page.length < pageSize) return;
          }
        };
        for (const [i, step] of sequence.entries()) {
          await apply(step);
          model.apply(step);
          if (i === readAfter) await read();
        }
        await read();
        expect(texts(await liveEntries(on.nexus.store.db))).toEqual(model.sorted());
        expect(texts([...reader.values()])).toEqual(model.sorted());
        expect(seen).toBeLessThanOrEqual(await version());
      }),
      { numRuns: leg.shared ? 15 : 40 },
    );
  });

  it("take no version when nothing changes, and one for each entry that does", async () => {
    const one: NatEntry = {
      externalAddress: "10.0.0.1",
      firstPort: 0,
      lastPort: 65535,
      sledAddress: "fd00::1",
      vni: 1024,
      mac: "A8:40:25:F0:00:01",
    };
    expect(await apply({ put: one })).toBe(1);
    expect(await apply({ put: one })).toBe(0);
    expect(await version()).toBe(1);
    // A redirection is a removal and an addition.
    expect(await apply({ put: { ...one, vni: 2048 } })).toBe(2);
    expect(await version()).toBe(3);
    expect(await apply({ remove: one })).toBe(1);
    expect(await apply({ remove: one })).toBe(0);
    expect(await version()).toBe(4);
    expect(await natChanges(on.nexus.store.db, 0, 10)).toMatchObject([
      { version: 2, deleted: true, vni: 1024 },
      { version: 4, deleted: true, vni: 2048 },
    ]);
    expect(await natChanges(on.nexus.store.db, 99, 10)).toEqual([]);
  });
});
