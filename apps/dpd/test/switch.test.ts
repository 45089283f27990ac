import { describe, expect, test } from "vitest";
import { chaosAsic, faultsAt, modelAsic } from "../src/asic/index.ts";
import { modelIdentifiers } from "../src/switch/identifiers.ts";
import { Switch } from "../src/switch/switch.ts";
import { dumpTable } from "../src/table/dump.ts";
import { NAT_TABLES } from "../src/table/nat.ts";
import { entry, failure, rig, soft, tables, testWorld } from "./rig.ts";

const who = modelIdentifiers("switch1", "11111111-1111-4111-8111-111111111111");

describe("a switch", () => {
  test("is starting and knows nothing of itself until an ASIC is attached", () => {
    const device = new Switch("switch1", testWorld());
    expect(device.status()).toMatchObject({ state: "starting", instanceId: null, backend: null });
    expect(() => device.identifiers()).toThrow(expect.objectContaining({ kind: "unavailable" }));
    expect(() => device.requireAsic()).toThrow("the switch is not ready (starting)");
    device.attach(modelAsic("sidecar"), who);
    expect(device.status()).toMatchObject({ state: "ready", backend: "model", lastError: null });
    expect(device.identifiers()).toMatchObject({ slot: 1, serial: "RACKLET0001" });
  });

  test("counts whole seconds since it was made", () => {
    const world = testWorld();
    const device = new Switch("switch0", world);
    world.nowMs += 2_999;
    expect(device.uptimeSeconds()).toBe(2);
  });

  test("takes an ASIC from empty tables, or not at all", () => {
    const asic = modelAsic("sidecar");
    asic
      .table(NAT_TABLES.ipv4)
      .insert({ family: "ipv4", external: "10.0.0.1", low: 0, high: 1, internalIp: "fd00::1", mac: 0, vni: 0 });
    const device = new Switch("switch0", testWorld());
    device.attach(
      chaosAsic(
        asic,
        faultsAt(() => true, { kind: "internal", when: "before" }),
      ),
      who,
    );
    expect(device.status()).toMatchObject({ state: "asic_failed" });
    expect(() => device.requireAsic()).toThrow(/asic_failed.*cannot be emptied/);
    device.attach(asic, who);
    expect(asic.table(NAT_TABLES.ipv4).rows()).toEqual([]);
    expect(device.status().state).toBe("ready");
  });
});

describe("the loss of the ASIC", () => {
  test("makes every change and every table read answer why, and shows nothing as programmed", async () => {
    const one = rig();
    await one.nat.groups.ensure("g", { generation: 7, entries: [entry("10.0.0.1")] });
    one.switch.detach("pulled out");
    const expected = "unavailable AsicUnavailable the switch is not ready (asic_absent): pulled out";
    const work = [
      () => one.nat.groups.ensure("g", { generation: 8, entries: [] }),
      () => one.nat.groups.ensure("g", { generation: 8, entries: [] }, { dryRun: true }),
      () => one.nat.groups.change("g", { fromGeneration: 7, generation: 8, upsert: [], remove: [] }),
      () => one.nat.groups.delete("g"),
      () => one.nat.entries.create(entry("10.0.0.2"), entry("10.0.0.2").target),
      () => one.nat.entries.delete("ipv4", "10.0.0.1", 0),
      () => one.nat.entries.reset("ipv4"),
      () => one.nat.entries.resetAll(),
      () => one.nat.feed.apply(0, [], true),
      () =>
        dumpTable(
          { requireAsic: () => one.switch.requireAsic(), locks: one.locks, timers: one.world.timers },
          NAT_TABLES.ipv4,
        ),
    ];
    for (const each of work) expect(await failure(each())).toBe(expected);
    expect(soft(one)).toEqual([]);
    expect(one.nat.groups.list(10)).toEqual([]);
    expect(one.switch.identifiers().slot).toBe(0);
  });

  test("is over when it comes back: empty, under a new instance id, open to any generation", async () => {
    const one = rig();
    await one.nat.groups.ensure("g", { generation: 7, entries: [entry("10.0.0.1")] });
    const { instanceId } = one.switch.status();
    const { epoch } = one.nat.feed.position();
    one.switch.detach("pulled out");
    one.switch.attach(one.model, who);
    expect(tables(one)).toEqual([]);
    expect(one.switch.status().instanceId).not.toBe(instanceId);
    expect(one.nat.feed.position().generation).toBe(0);
    expect(one.nat.feed.position().epoch).toBeGreaterThan(epoch);
    await one.nat.groups.ensure("g", { generation: 3, entries: [entry("10.0.0.1")] });
    expect(soft(one)).toEqual(["10.0.0.1/0-65535=1@g"]);
  });

  test("in the middle of a long change ends it, and what was half done goes with the ASIC", async () => {
    const one = rig("large");
    let pauses = 0;
    one.world.timers.yield = () => {
      // Some pauses read the request and plan; one of the later ones falls between table writes.
      if (tables(one).length > 0 && ++pauses === 1) {
        one.switch.detach("pulled out");
        one.switch.attach(one.model, who);
      }
      return Promise.resolve();
    };
    const entries = Array.from({ length: 10_000 }, (_, i) => entry(`10.1.${i >> 8}.${i & 255}`));
    expect(await failure(one.nat.groups.ensure("g", { generation: 1, entries }))).toMatch(
      /^unavailable AsicUnavailable/,
    );
    expect(pauses).toBe(1);
    expect(tables(one)).toEqual([]);
    expect(one.nat.groups.list(10)).toEqual([]);
  });
});

describe("a long change", () => {
  test("lets other work run, and readers see it whole or not at all", async () => {
    const one = rig("large");
    const seen = new Set<number>();
    let pauses = 0;
    let halfWritten = 0;
    one.world.timers.yield = () => {
      pauses++;
      const { length } = one.model.table(NAT_TABLES.ipv4).rows();
      if (length > 0 && length < 10_000) halfWritten++;
      seen.add(one.nat.entries.listAddresses("ipv4", 64).length);
      return Promise.resolve();
    };
    const entries = Array.from({ length: 10_000 }, (_, i) => entry(`10.1.${i >> 8}.${i & 255}`));
    const ensuring = one.nat.groups.ensure("g", { generation: 1, entries });
    const context = { requireAsic: () => one.switch.requireAsic(), locks: one.locks, timers: one.world.timers };
    await Promise.resolve();
    const dump = dumpTable(context, NAT_TABLES.ipv4).then((table) => table.entries.length);
    await ensuring;
    expect(halfWritten).toBeGreaterThan(2);
    // Reading the request and planning pause too.
    expect(pauses - halfWritten).toBeGreaterThan(6);
    expect([...seen]).toEqual([0]);
    expect([0, 10_000]).toContain(await dump);
  });
});
