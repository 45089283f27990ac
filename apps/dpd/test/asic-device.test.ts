import { describe, expect, test } from "vitest";
import { absentAsic, applySteps, chaosAsic, faultsAt, modelAsic } from "../src/asic/index.ts";
import type { AsicBackend, DeviceStep, Fault, GroupMember, PortConfig } from "../src/asic/index.ts";

const member = (port: number): GroupMember => ({ port, rid: 65_534, level1ExclusionId: 0 });
const port = (number: number, enabled = false): PortConfig => ({
  port: number,
  speed: "Speed100G",
  fec: "RS",
  autoneg: false,
  kr: false,
  enabled,
});
const pause = () => Promise.resolve();

describe("multicast groups of the model", () => {
  test("refuse what a real replication engine refuses", () => {
    const { groups } = modelAsic("sidecar");
    groups.create(100);
    expect(() => groups.create(100)).toThrow(expect.objectContaining({ kind: "exists" }));
    expect(() => groups.create(0)).toThrow(expect.objectContaining({ kind: "asicFailure" }));
    expect(() => groups.create(65_536)).toThrow(expect.objectContaining({ kind: "asicFailure" }));
    groups.addPort(100, member(4));
    expect(() => groups.addPort(100, member(4))).toThrow(
      expect.objectContaining({ kind: "asicFailure", message: "multicast group 100 already contains port 4" }),
    );
    expect(() => groups.addPort(101, member(4))).toThrow(expect.objectContaining({ kind: "missing" }));
    expect(() => groups.removePort(100, 5)).toThrow(expect.objectContaining({ kind: "missing" }));
    expect(() => groups.destroy(101)).toThrow(expect.objectContaining({ kind: "missing" }));
    expect(groups.find(100)).toEqual([member(4)]);
    expect(groups.find(101)).toBeUndefined();
    groups.destroy(100);
    expect(groups.list()).toEqual([]);
  });

  test("run out of nodes, and get them back", () => {
    const { groups } = modelAsic("sidecar");
    for (let id = 1; id <= 256; id++) {
      groups.create(id);
      for (let at = 0; at < 256; at++) groups.addPort(id, member(at));
    }
    groups.create(1000);
    expect(() => groups.addPort(1000, member(1))).toThrow(expect.objectContaining({ kind: "unavailable" }));
    groups.removePort(3, 0);
    groups.addPort(1000, member(1));
    groups.destroy(4);
    groups.addPort(1000, member(2));
    groups.clear();
    groups.create(4);
    groups.addPort(4, member(2));
  });
});

describe("ports of the model", () => {
  test("refuse what exists, what does not, and numbers without a bit", () => {
    const { ports } = modelAsic("sidecar");
    ports.create(port(4));
    expect(() => ports.create(port(4))).toThrow(expect.objectContaining({ kind: "exists" }));
    expect(() => ports.create(port(512))).toThrow(expect.objectContaining({ kind: "asicFailure" }));
    expect(() => ports.update(port(5))).toThrow(expect.objectContaining({ kind: "missing" }));
    expect(() => ports.delete(5)).toThrow(expect.objectContaining({ kind: "missing" }));
    expect(ports.isUp(4)).toBe(false);
    ports.update(port(4, true));
    expect(ports.isUp(4)).toBe(true);
    ports.delete(4);
    expect(ports.list()).toEqual([]);
  });
});

test("an absent ASIC has no groups and no ports either", () => {
  const asic = absentAsic("no device");
  for (const work of [() => asic.groups.create(100), () => asic.groups.list(), () => asic.ports.list()]) {
    expect(work).toThrow(expect.objectContaining({ kind: "unavailable", message: "no device" }));
  }
});

const STEPS: readonly DeviceStep[] = [
  { kind: "createGroup", group: 200 },
  { kind: "addGroupPort", group: 200, member: member(1) },
  { kind: "removeGroupPort", group: 100, member: member(8) },
  { kind: "destroyGroup", group: 100, members: [member(7)] },
  { kind: "createPort", config: port(9) },
  { kind: "updatePort", config: port(4, true), prior: port(4) },
  { kind: "deletePort", config: port(5) },
];

function start(): AsicBackend {
  const asic = modelAsic("sidecar");
  asic.groups.create(100);
  asic.groups.addPort(100, member(7));
  asic.groups.addPort(100, member(8));
  asic.ports.create(port(4));
  asic.ports.create(port(5));
  return asic;
}

/** In an order of its own: a list says nothing about order. */
const state = ({ groups, ports }: AsicBackend) => ({
  groups: groups.list().map((id) => [id, [...(groups.find(id) ?? [])].sort((a, b) => a.port - b.port)]),
  ports: [...ports.list()].sort((a, b) => a.port - b.port),
});

const WHENS: readonly Fault["when"][] = ["before", "after"];

describe("a plan of groups and ports", () => {
  test("takes effect as a whole", async () => {
    const asic = start();
    await applySteps(asic, STEPS, pause);
    expect(state(asic)).toEqual({ groups: [[200, [member(1)]]], ports: [port(4, true), port(9)] });
  });

  test.each(WHENS)("is undone whichever operation fails (%s the fact)", async (when) => {
    for (let k = 1; k <= STEPS.length; k++) {
      const inner = start();
      const asic = chaosAsic(
        inner,
        faultsAt((write) => write === k, { kind: "synthetic", when }),
      );
      await expect(applySteps(asic, STEPS, pause)).rejects.toMatchObject({
        error: { kind: "synthetic" },
        unresolved: [],
        stranded: [],
      });
      expect(state(inner), `operation ${k}`).toEqual(state(start()));
    }
  });

  test("tells what could not be undone when everything fails from some operation on", async () => {
    const inner = start();
    const asic = chaosAsic(
      inner,
      faultsAt((write) => write >= 3, { kind: "internal", when: "before" }),
    );
    await expect(applySteps(asic, STEPS, pause)).rejects.toMatchObject({
      error: { kind: "rollbackFailed" },
      stranded: [STEPS[1], STEPS[0]],
    });
  });
});
