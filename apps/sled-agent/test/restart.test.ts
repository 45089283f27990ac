/** What a sled-agent that was killed finds when it starts again: its VMMs, what Nexus has not heard yet, and the network configuration. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { simulation, type Simulation } from "@racklet/sim";
import { nullLog } from "@racklet/world";
import { afterEach, describe, expect, test } from "vitest";
import { recordsIn } from "../src/vmm/records.ts";
import { propolisBackends } from "../src/propolis/backend.ts";
import type { PropolisHost, PropolisProcess, PropolisServer } from "../src/propolis/server.ts";
import { QUICK, startPropolis, type RunningPropolis } from "./propolis.ts";
import { NIC, VMM, newest } from "./bodies.ts";
import { FakeNexus, NEXUS, rig, stateIn, type Rig } from "./rig.ts";

const directories: string[] = [];
afterEach(() => directories.splice(0).forEach((directory) => rmSync(directory, { recursive: true, force: true })));

/** One sled over several lives of its sled-agent, and propolises that outlive them as processes do. */
class Sled {
  readonly sim: Simulation;
  readonly nexus: FakeNexus;
  readonly dataDir: string;
  readonly #separate: boolean;
  readonly #servers = new Map<number, RunningPropolis>();
  #lives = 0;
  #killed = 0;

  constructor({ separate }: { readonly separate: boolean }) {
    this.sim = simulation({ seed: 1 });
    const nexus = new FakeNexus(this.sim.world("nexus"));
    this.nexus = nexus;
    this.sim.network.listen("nexus", NEXUS, (request) => nexus.app.fetch(request));
    this.dataDir = mkdtempSync(join(tmpdir(), "racklet-sled-"));
    directories.push(this.dataDir);
    this.#separate = separate;
  }

  /** A new life. */
  start(): Rig {
    this.#lives += 1;
    const name = `sled-agent ${this.#lives}`;
    const world = this.sim.world(name);
    const life = this.#lives;
    const records = recordsIn(join(this.dataDir, "vmms"), nullLog);
    // Its timers and monitors stay in the simulation when it is killed: then nothing of it may change the records.
    const ifAlive =
      <T>(change: (of: T) => void) =>
      (of: T) =>
        void (this.#killed < life && change(of));
    const overrides = {
      records: { list: records.list, save: ifAlive(records.save), remove: ifAlive(records.remove) },
      ...(this.#separate ? { backends: propolisBackends(this.#host(), world) } : {}),
    };
    const r = rig({ sim: this.sim, nexus: this.nexus, name, config: { dataDir: this.dataDir }, overrides });
    r.ctx.vmms.resume();
    return r;
  }

  /** Nothing of the sled-agent reaches anybody any more. */
  kill(): void {
    this.sim.network.setFaults(`sled-agent ${this.#lives}`, "*", { dropRequest: 1 });
    this.#killed = this.#lives;
  }

  /** Of the newest propolis, as `kill -9` does it. */
  async killPropolis(): Promise<void> {
    await [...this.#servers.values()].at(-1)?.kill();
  }

  get records(): string[] {
    return readdirSync(join(this.dataDir, "vmms"));
  }

  #host(): PropolisHost {
    const found = (process: PropolisProcess, server: RunningPropolis): PropolisServer => {
      let end: string | undefined;
      void server.ended.then((how) => (end = how));
      return {
        url: server.url,
        fetch: undefined,
        process,
        howItEnded: async () => end,
        onEnd: () => undefined,
        stop: () => server.close(),
      };
    };
    return {
      start: async ({ listen, onProcess }) => {
        const server = await startPropolis({ ...QUICK, listen }, this.sim.world("propolis"));
        const process = { pid: this.#servers.size + 1, startedAt: 1, url: server.url };
        this.#servers.set(process.pid, server);
        onProcess(process);
        return found(process, server);
      },
      find: (_, process) => {
        const server = this.#servers.get(process.pid);
        return server && found(process, server);
      },
    };
  }
}

async function running(sled: Sled): Promise<Rig> {
  const r = sled.start();
  // One that was there before, so that names of ports do not begin at 0.
  for (const isLast of [false, true]) {
    await r.ask("PUT", `/vmms/${VMM}`, newest());
    await r.ask("PUT", `/vmms/${VMM}/state`, { state: { type: "running" } });
    await sled.sim.clock.advance(50);
    if (!isLast) await r.ask("DELETE", `/vmms/${VMM}`);
  }
  await sled.sim.clock.runUntil(() => sled.nexus.statesOf(VMM).at(-1) === "running");
  return r;
}

const state = async (r: Rig) => stateIn(await r.ask("GET", `/vmms/${VMM}/state`));

describe("after a sled-agent was killed", () => {
  test("a VM that it hosted is reported failed with the reason, once Nexus can be told, and then forgotten", async () => {
    const sled = new Sled({ separate: false });
    const first = await running(sled);
    const { gen } = (await state(first)) ?? { gen: 0 };
    sled.kill();
    sled.nexus.refuseReportsWith = 503;
    const second = sled.start();
    await sled.sim.clock.advance(10_000);
    const failed = await state(second);
    expect(failed?.state).toBe("failed");
    expect(failed?.gen).toBeGreaterThan(gen);
    expect(sled.records).toHaveLength(1);
    sled.nexus.refuseReportsWith = undefined;
    await sled.sim.clock.runUntil(() => sled.nexus.statesOf(VMM).at(-1) === "failed");
    expect(sled.nexus.reasons.at(-1)).toBe("its VM ended with the sled-agent that ran it, or while that was not there");
    await sled.sim.clock.advance(1);
    expect((await second.ask("GET", `/vmms/${VMM}/state`)).status).toBe(404);
    expect(sled.records).toEqual([]);
  });

  test("a VM with a process of its own runs on, on ports of the same names, and is driven to its end", async () => {
    const sled = new Sled({ separate: true });
    const first = await running(sled);
    const { gen } = (await state(first)) ?? { gen: 0 };
    await first.ask("PUT", `/vmms/${VMM}/external-ip`, { type: "floating", value: "10.0.0.77" });
    sled.kill();
    const second = sled.start();
    await sled.sim.clock.runUntil(() => sled.nexus.reports.some((report) => report.gen > gen));
    expect((await state(second))?.state).toBe("running");
    const [owned] = second.ctx.opte.ports.list();
    expect(owned?.port.name).toBe("opte1");
    expect(owned?.port.nic.id).toBe(NIC);
    expect(owned?.port.externalIps.v4?.floating).toContain("10.0.0.77");
    await second.sim.clock.run(second.ask("PUT", `/vmms/${VMM}/state`, { state: { type: "stopped" } }));
    await sled.sim.clock.runUntil(() => sled.nexus.statesOf(VMM).at(-1) === "destroyed");
    await sled.sim.clock.advance(1);
    expect(sled.records).toEqual([]);
  });

  test("a VM whose process died meanwhile is reported failed", async () => {
    const sled = new Sled({ separate: true });
    await running(sled);
    sled.kill();
    await sled.killPropolis();
    sled.start();
    await sled.sim.clock.runUntil(() => sled.nexus.statesOf(VMM).at(-1) === "failed");
  });

  test("a VMM that was only registered is still, and can be started", async () => {
    const sled = new Sled({ separate: true });
    const first = sled.start();
    await first.ask("PUT", `/vmms/${VMM}`, newest());
    sled.kill();
    const second = sled.start();
    expect((await state(second))?.state).toBe("starting");
    await second.ask("PUT", `/vmms/${VMM}/state`, { state: { type: "running" } });
    await sled.sim.clock.runUntil(() => sled.nexus.statesOf(VMM).at(-1) === "running");
  });

  test("generations only grow, however many lives there were and whatever the VM did in each", async () => {
    const sled = new Sled({ separate: true });
    let r = await running(sled);
    for (let life = 0; life < 4; life += 1) {
      const { gen } = (await state(r)) ?? { gen: 0 };
      // More than are set aside at a time, in one of them.
      for (let i = 0; i < (life === 1 ? 60 : 1); i += 1) {
        const reboot = r.ask("PUT", `/vmms/${VMM}/state`, { state: { type: "reboot" } });
        await sled.sim.clock.run(reboot);
        await sled.sim.clock.advance(150);
      }
      expect((await state(r))?.gen).toBeGreaterThan(gen);
      sled.kill();
      r = sled.start();
      await sled.sim.clock.runUntil(async () => (await state(r))?.state === "running");
    }
    const gens = sled.nexus.reports.map(({ gen }) => gen);
    // The first VM of this id was another one.
    const own = gens.slice(gens.lastIndexOf(Math.min(...gens)));
    expect(own).toEqual(own.toSorted((a, b) => a - b));
    expect(new Set(own).size).toBe(own.length);
  });

  test("the end of a VM that Nexus had not heard of is told, as it was", async () => {
    const sled = new Sled({ separate: true });
    const first = await running(sled);
    sled.nexus.refuseReportsWith = 503;
    await sled.sim.clock.run(first.ask("PUT", `/vmms/${VMM}/state`, { state: { type: "stopped" } }));
    await sled.sim.clock.runUntil(async () => (await state(first))?.state === "destroyed");
    const end = await state(first);
    sled.kill();
    sled.start();
    sled.nexus.refuseReportsWith = undefined;
    await sled.sim.clock.runUntil(() => sled.nexus.statesOf(VMM).at(-1) === "destroyed");
    expect(sled.nexus.reports.at(-1)).toEqual({ id: VMM, ...end });
  });

  test("a damaged record is left alone, and the others are taken up", async () => {
    const sled = new Sled({ separate: true });
    await running(sled);
    sled.kill();
    writeFileSync(join(sled.dataDir, "vmms", "damaged.json"), "{");
    const second = sled.start();
    expect((await state(second))?.state).toBe("running");
    expect(sled.records).toContain("damaged.json");
  });

  test("the network configuration is what it was, and an older one is still refused", async () => {
    const sled = new Sled({ separate: false });
    const config = (generation: number) => ({
      generation,
      body: { rack_network_config: { rack_subnet: "fd00::/48" }, blueprint_external_networking_config: null },
    });
    const first = sled.start();
    expect((await first.ask("PUT", "/network-bootstore-config", config(7))).status).toBe(204);
    const seen = (await first.ask("GET", "/debug/network-config")).body;
    sled.kill();
    const second = sled.start();
    expect((await second.ask("GET", "/debug/network-config")).body).toEqual(seen);
    expect((await second.ask("PUT", "/network-bootstore-config", config(6))).status).toBe(409);
    expect((await second.ask("PUT", "/network-bootstore-config", config(8))).status).toBe(204);
  });

  test("a network configuration that cannot be kept is not in force", async () => {
    const sled = new Sled({ separate: false });
    const r = sled.start();
    writeFileSync(join(sled.dataDir, "network-config.json.new"), "");
    rmSync(sled.dataDir, { recursive: true });
    writeFileSync(sled.dataDir, "in the way");
    const answer = await r.ask("PUT", "/network-bootstore-config", {
      generation: 1,
      body: { rack_network_config: {} },
    });
    expect(answer.status).toBe(500);
    expect((await r.ask("GET", "/debug/network-config")).body).toBeNull();
  });
});

describe("a propolis that dies", () => {
  test("is noticed at once, by the connection that breaks", async () => {
    const sled = new Sled({ separate: true });
    await running(sled);
    const before = sled.sim.clock.monotonicMs();
    await sled.killPropolis();
    await sled.sim.clock.runUntil(() => sled.nexus.statesOf(VMM).at(-1) === "failed", { deadlineMs: 2_000 });
    expect(sled.sim.clock.monotonicMs() - before).toBeLessThan(5);
    expect(sled.nexus.reasons.at(-1)).toBe("its propolis was killed");
  });
});
