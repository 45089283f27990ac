/** Where propolis servers run and how their end is noticed: in this process, and in processes of their own, which a few lines stand in for. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nullLog, realWorld } from "@racklet/world";
import { simulation } from "@racklet/sim";
import { afterAll, describe, expect, test } from "vitest";
import { listenAddressFor } from "../src/propolis/address.ts";
import { propolisBackends } from "../src/propolis/backend.ts";
import { childEnv } from "../src/propolis/child-env.ts";
import { embeddedHost } from "../src/propolis/embedded.ts";
import { endLeftovers } from "../src/propolis/leftovers.ts";
import { isRunning } from "../src/propolis/process-table.ts";
import { processHost } from "../src/propolis/processes.ts";
import type { PropolisProcess } from "../src/propolis/server.ts";
import { recordsIn, type VmmRecord } from "../src/vmm/records.ts";
import { VMM, newest } from "./bodies.ts";
import { QUICK, startPropolis, type RunningPropolis } from "./propolis.ts";
import { FakeNexus, NEXUS, rig } from "./rig.ts";

describe("a propolis", () => {
  test.each([
    ["127.0.0.1:12400", { host: "127.0.0.1", port: 12_400 }],
    ["[::1]:4000", { host: "::1", port: 4_000 }],
    ["[fd00:1122:3344:101::10]:12400", { host: "::1", port: 0 }],
    ["192.168.1.2:12400", { host: "::1", port: 0 }],
  ])("that is to serve at %s does so at %j: never where others could reach it", (wanted, at) => {
    expect(listenAddressFor(wanted)).toEqual(at);
  });
});

describe("a propolis in this process", () => {
  async function started() {
    const sim = simulation({ seed: 1 });
    const world = sim.world("sled-agent");
    const nexus = new FakeNexus(sim.world("nexus"));
    sim.network.listen("nexus", NEXUS, (request) => nexus.app.fetch(request));
    let hosted: RunningPropolis | undefined;
    const host = embeddedHost(async (_, listen) => (hosted = await startPropolis({ ...QUICK, listen }, world)));
    const r = rig({ sim, nexus, overrides: { backends: propolisBackends(host, world) } });
    await r.ask("PUT", `/vmms/${VMM}`, newest());
    await r.ask("PUT", `/vmms/${VMM}/state`, { state: { type: "running" } });
    await sim.clock.runUntil(() => nexus.statesOf(VMM).at(-1) === "running");
    if (hosted === undefined) throw new Error("nothing is hosted");
    return { sim, nexus, hosted, r };
  }

  test("is reached by others where Nexus was told", async () => {
    const { sim, nexus, hosted, r } = await started();
    const address = nexus.addresses.at(-1);
    expect(hosted.url).toBe(`http://${address}`);
    const health = await sim.clock.run(sim.world("operator").fetch(new Request(`http://${address}/debug/health`)));
    expect(await health.json()).toEqual({ state: "Running", gen: 3 });
    expect((await r.ask("GET", "/debug/vmms")).body).toMatchObject([
      { propolis_id: VMM, vmm_state: { state: "running" }, propolis_addr: address, propolis_pid: null },
    ]);
  });

  test("is noticed at once when it dies, and its VMM has failed for that", async () => {
    const { sim, nexus, hosted } = await started();
    const before = sim.clock.monotonicMs();
    void hosted.kill();
    await sim.clock.runUntil(() => nexus.statesOf(VMM).at(-1) === "failed", { deadlineMs: 2_000 });
    expect(sim.clock.monotonicMs() - before).toBeLessThan(5);
    expect(nexus.reasons.at(-1)).toBe("its propolis was killed");
  });
});

const directory = mkdtempSync(join(tmpdir(), "racklet-propolis-"));
afterAll(() => rmSync(directory, { recursive: true }));
const world = realWorld({ name: "test", log: { level: "silent" } });

/** Says that it listens, and waits. The first argument is `--listen`. */
function hostOf(script: string) {
  const main = join(directory, `${Math.abs(hash(script))}.mjs`);
  writeFileSync(main, script);
  return processHost({ world, main, args: ["--boot-ms", "1-2"], env: childEnv(process.env), directory });
}
const hash = (text: string): number => [...text].reduce((sum, each) => (sum * 31 + each.charCodeAt(0)) | 0, 7);
const SERVES = `
  console.log("args", process.argv.slice(2).join(" "));
  process.send({ event: "listening", url: "http://[::1]:4242" });
  setInterval(() => {}, 1000);`;

async function launch(script = SERVES, propolisId = VMM) {
  const processes: PropolisProcess[] = [];
  const server = await hostOf(script).start({
    propolisId,
    listen: { host: "::1", port: 0 },
    onProcess: (process) => processes.push(process),
  });
  return { server, processes };
}

describe("a propolis in a process of its own", () => {
  test("is known before it serves, is told where to, and leaves nothing when it is stopped", async () => {
    const { server, processes } = await launch();
    expect(processes.map(({ url }) => url)).toEqual([undefined, "http://[::1]:4242"]);
    const log = join(directory, `${VMM}.log`);
    expect(readFileSync(log, "utf8")).toBe("args --listen [::1]:0 --boot-ms 1-2\n");
    let ended: string | undefined;
    server.onEnd((how) => (ended = how));
    await Promise.all([server.stop(), server.stop()]);
    expect(isRunning(processes[0] as PropolisProcess)).toBe(false);
    expect(existsSync(log)).toBe(false);
    expect(ended).toBeUndefined();
  });

  test("says how it ended when it is killed, and keeps its log", async () => {
    const { server } = await launch();
    const { pid } = server.process ?? { pid: 0 };
    const how = new Promise<string>((resolve) => server.onEnd(resolve));
    process.kill(pid, "SIGKILL");
    expect(await how).toBe(`its propolis (process ${pid}) ended by SIGKILL`);
    expect(await server.howItEnded()).toBe(await how);
    await server.stop();
    expect(existsSync(join(directory, `${VMM}.log`))).toBe(true);
  });

  test("that ends before it serves is an error that says so", async () => {
    await expect(launch("process.exit(3)")).rejects.toThrow(/propolis did not start: .* ended with code 3/);
  });

  test("is found again by its number and its time, but not another process of that number", async () => {
    const { server } = await launch();
    const known = server.process as PropolisProcess;
    const host = hostOf(SERVES);
    expect(host.find(VMM, { ...known, startedAt: known.startedAt - 1 })).toBeUndefined();
    const found = host.find(VMM, known);
    expect(found?.url).toBe("http://[::1]:4242");
    expect(await found?.howItEnded()).toBeUndefined();
    await found?.stop();
    expect(await found?.howItEnded()).toBe(`its propolis (process ${known.pid}) is gone`);
    expect(host.find(VMM, known)).toBeUndefined();
  });

  test("that was not ready when its sled-agent ended is ended when it is found", async () => {
    const { server } = await launch();
    const known = server.process as PropolisProcess;
    const gone = new Promise<string>((resolve) => server.onEnd(resolve));
    expect(hostOf(SERVES).find(VMM, { ...known, url: undefined })).toBeUndefined();
    expect(await gone).toContain("ended by SIGKILL");
  });

  test("that nobody will find again is ended by what its sled-agent kept", async () => {
    const { server } = await launch();
    const gone = new Promise<string>((resolve) => server.onEnd(resolve));
    const dataDir = mkdtempSync(join(directory, "data-"));
    // Of a record, only this is looked at.
    const record = { request: { propolisId: VMM }, process: server.process } as unknown as VmmRecord;
    recordsIn(join(dataDir, "vmms"), nullLog).save(record);
    expect(await endLeftovers(dataDir, world)).toBe(1);
    await gone;
    expect(await endLeftovers(dataDir, world)).toBe(0);
  });

  test("gets none of its sled-agent's settings but the level of the log", () => {
    expect(childEnv({ PATH: "p", RACKLET_LISTEN: "[::1]:1", RACKLET_MODE: "sim", RACKLET_LOG: "warn" })).toEqual({
      PATH: "p",
      RACKLET_LOG: "warn",
    });
  });
});
