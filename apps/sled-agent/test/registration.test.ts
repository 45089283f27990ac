import { describe, expect, test } from "vitest";
import { decide, sent, type Known } from "../src/registration/decide.ts";
import type { SledDescription } from "../src/nexus/nexus.ts";
import { SLED_ID, rig, type Rig } from "./rig.ts";

const wanted: SledDescription = {
  address: "[::1]:12345",
  underlayAddress: "fd00:1122:3344:101::1",
  dpdUrl: undefined,
  repoDepotPort: 12_345,
  role: "gimlet",
  baseboard: { serial: "S", part: "P", revision: 1 },
  usableHardwareThreads: 1,
  usablePhysicalRam: 2,
  reservoirSize: 1,
  cpuFamily: "amd_milan",
};
const found = (change: Partial<SledDescription>, generation: number, isDecommissioned = false): Known => ({
  kind: "found",
  sled: { description: { ...wanted, ...change }, generation, isDecommissioned },
});

describe("what to tell Nexus next", () => {
  const cases: [what: string, known: Known, step: ReturnType<typeof decide>][] = [
    ["ask, when nothing is known", { kind: "unknown" }, { do: "fetch" }],
    ["send generation 1, when Nexus never heard of the sled", { kind: "notFound" }, { do: "send", generation: 1 }],
    ["nothing, when Nexus has it all", found({}, 7), { do: "rest", because: "registered" }],
    ["nothing, once it was sent", sent(wanted, 3), { do: "rest", because: "registered" }],
    ["the next generation, when the role differs", found({ role: "scrimlet" }, 7), { do: "send", generation: 8 }],
    ["the next generation, when the address differs", found({ address: "[::1]:1" }, 1), { do: "send", generation: 2 }],
    [
      "the next generation, when the serial differs",
      found({ baseboard: { serial: "T", part: "P", revision: 1 } }, 1),
      { do: "send", generation: 2 },
    ],
    [
      "nothing ever again, when the sled is retired",
      found({ role: "scrimlet" }, 7, true),
      { do: "rest", because: "decommissioned" },
    ],
  ];
  test.each(cases)("%s", (_, known, step) => {
    expect(decide(known, wanted, true)).toEqual(step);
  });

  test("itself, by the next generation, once in each life, also when its record is as it was", () => {
    expect(decide(found({}, 7), wanted, false)).toEqual({ do: "send", generation: 8 });
    expect(decide(found({}, 7, true), wanted, false)).toEqual({ do: "rest", because: "decommissioned" });
  });

  test("every field that Nexus records makes a difference", () => {
    const changes: Partial<SledDescription>[] = [
      { address: "x" },
      { underlayAddress: undefined },
      { dpdUrl: "http://[::1]:1" },
      { repoDepotPort: 1 },
      { role: "scrimlet" },
      { usableHardwareThreads: 9 },
      { usablePhysicalRam: 9 },
      { reservoirSize: 9 },
      { cpuFamily: "unknown" },
    ];
    for (const change of changes) expect(decide(found(change, 1), wanted, true)).toEqual({ do: "send", generation: 2 });
  });
});

function start(r: Rig): AbortController {
  const stop = new AbortController();
  void r.ctx.listening(43_210).run(stop.signal);
  return stop;
}
const isRegistered = (r: Rig) => () => r.ctx.registrar()?.status.state === "registered";

describe("a sled-agent that starts", () => {
  test("registers with the address it really listens on, and its underlay address beside", async () => {
    const r = rig();
    start(r);
    await r.sim.clock.runUntil(isRegistered(r));
    expect(r.nexus.sleds.get(SLED_ID)).toMatchObject({
      sa_address: "[::1]:43210",
      underlay_address: "fd00:1122:3344:101::1",
      role: "gimlet",
      generation: 1,
      decommissioned: false,
      baseboard: { serial: "TESTSLED" },
    });
    expect(r.nexus.switches).toEqual([]);
  });

  test("as a scrimlet tells of its switch and where its dpd is, after itself", async () => {
    const r = rig({ config: { scrimlet: true, dpd: "http://127.0.0.1:12224" } });
    start(r);
    await r.sim.clock.runUntil(isRegistered(r));
    expect(r.nexus.sleds.get(SLED_ID)).toMatchObject({ role: "scrimlet", dpd_url: "http://127.0.0.1:12224" });
    expect(r.nexus.switches).toEqual([SLED_ID]);
  });

  test("waits for a Nexus that is not there yet, and is there within 2.5 s of it", async () => {
    const r = rig();
    r.sim.network.down("nexus");
    start(r);
    await r.sim.clock.advance(30_000);
    expect(r.ctx.registrar()?.status).toMatchObject({
      state: "pending",
      lastError: expect.stringContaining("sled_agent_get"),
    });
    r.sim.network.up("nexus");
    await r.sim.clock.runUntil(isRegistered(r), { deadlineMs: 2_500 });
  });

  test("goes past the generation of an earlier life, at another address", async () => {
    const r = rig();
    start(r);
    await r.sim.clock.runUntil(isRegistered(r));
    const info = r.nexus.sleds.get(SLED_ID);
    if (info !== undefined) r.nexus.sleds.set(SLED_ID, { ...info, generation: 41, sa_address: "[::1]:1" });
    await r.sim.clock.runUntil(() => r.nexus.sleds.get(SLED_ID)?.generation === 42);
    expect(r.nexus.sleds.get(SLED_ID)?.sa_address).toBe("[::1]:43210");
  });
});

describe("a sled-agent that is started again", () => {
  test("tells Nexus so at once, although its record is the same", async () => {
    const r = rig();
    start(r).abort();
    start(r);
    await r.sim.clock.runUntil(isRegistered(r));
    const before = r.nexus.sleds.get(SLED_ID)?.generation ?? 0;
    start(r);
    await r.sim.clock.runUntil(() => r.nexus.sleds.get(SLED_ID)?.generation === before + 1);
  });
});

describe("a sled-agent that is registered", () => {
  test("writes nothing while nothing changes", async () => {
    const r = rig({ config: { scrimlet: true } });
    start(r);
    await r.sim.clock.advance(120_000);
    expect([r.nexus.posts, r.nexus.switches.length]).toEqual([1, 1]);
  });

  test("registers again, switch included, when Nexus comes back with an empty database", async () => {
    const r = rig({ config: { scrimlet: true } });
    start(r);
    await r.sim.clock.runUntil(isRegistered(r));
    r.nexus.sleds.clear();
    await r.sim.clock.runUntil(() => r.nexus.switches.length === 2);
    expect(r.nexus.sleds.get(SLED_ID)?.generation).toBe(1);
  });

  test("asks again after losing a race, instead of sending the same generation for ever", async () => {
    const r = rig();
    const real = r.ctx.nexus.findSled;
    let lies = 1;
    // Nexus forgets the sled for one answer, as when another process registers it in between.
    Object.assign(r.ctx.nexus, {
      findSled: async (...args: Parameters<typeof real>) => (lies-- > 0 ? undefined : real(...args)),
    });
    const other = { ...(await registeredInfo()), sa_address: "[::1]:9", generation: 5 };
    r.nexus.sleds.set(SLED_ID, other);
    start(r);
    await r.sim.clock.runUntil(isRegistered(r));
    expect(r.nexus.sleds.get(SLED_ID)).toMatchObject({ sa_address: "[::1]:43210", generation: 6 });
    expect(r.nexus.posts).toBe(2);
  });

  test("says no more once it is decommissioned, but still looks", async () => {
    const r = rig({ config: { scrimlet: true } });
    r.nexus.sleds.set(SLED_ID, { ...(await registeredInfo()), sa_address: "[::1]:9", decommissioned: true });
    start(r);
    await r.sim.clock.advance(60_000);
    expect([r.nexus.posts, r.nexus.switches.length, r.ctx.registrar()?.status.state]).toEqual([0, 0, "decommissioned"]);
    r.nexus.sleds.clear();
    await r.sim.clock.runUntil(isRegistered(r));
  });

  test("stops when told to, also in the middle of a call", async () => {
    const r = rig();
    r.sim.network.setFaults("*", "nexus", { delayMs: [1_000, 1_000] });
    const stop = new AbortController();
    const run = r.ctx.listening(1).run(stop.signal);
    await r.sim.clock.advance(500);
    stop.abort();
    await r.sim.clock.run(run, { deadlineMs: 10 });
  });
});

/** What Nexus records of the sled of the rig. */
async function registeredInfo() {
  const r = rig();
  start(r);
  await r.sim.clock.runUntil(isRegistered(r));
  const info = r.nexus.sleds.get(SLED_ID);
  if (info === undefined) throw new Error("registered, but not recorded");
  return info;
}
