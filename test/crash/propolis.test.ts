/**
 * VMs in processes of their own, on a rack of real processes: what becomes of them when a propolis or a sled-agent is killed,
 * when they migrate, and when the rack ends. One rack and one VM at a time, since each process takes half a second to start.
 */
import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { nexusLockstepClient } from "@racklet/nexus-internal-client/lockstep";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rackControl } from "../support/control.ts";
import { ok } from "../support/oxide.ts";
import { startRack, type Rack } from "../support/rack.ts";
import { beginStory, type Story } from "../support/story.ts";
import { until } from "../support/until.ts";

const LONG = 60_000;

interface SeenVmm {
  readonly id: string;
  readonly instance_name: string;
  readonly sled_id: string;
  readonly state: string;
  readonly propolis_address: string;
}

describe("VMs in processes of their own", () => {
  let rack: Rack;
  let story: Story;
  beforeAll(async () => {
    rack = await startRack("--sleds", "2", "--propolis", "process");
    story = await beginStory(rack);
  }, LONG);
  afterAll(() => rack?.stop(), LONG);

  const at = { path: { instance: "vm" }, query: { project: "story" } };
  const vmms = async (): Promise<SeenVmm[]> =>
    (await (await fetch(`${rack.nexus.lockstep}/debug/vmms`)).json()) as SeenVmm[];
  const vmm = async (): Promise<SeenVmm> => {
    const [one, other] = await vmms();
    if (one === undefined || other !== undefined) throw new Error(`there are ${(await vmms()).length} VMMs, not one`);
    return one;
  };
  const sledNumber = (sledId: string): number => rack.sled_agents.findIndex(({ id }) => id === sledId);
  const pidOf = ({ id, sled_id }: SeenVmm): number => {
    const path = `${rack.dataDir}/sled-agent-${sledNumber(sled_id)}/vmms/${id}.json`;
    return (JSON.parse(readFileSync(path, "utf8")) as { process: { pid: number } }).process.pid;
  };

  /** Of a VMM that is over, which no view shows any more. */
  const failureReason = (id: string): unknown => {
    const database = new DatabaseSync(`${rack.dataDir}/nexus.db`, { readOnly: true });
    try {
      return database.prepare("select failure_reason from vmm where id = ?").get(id)?.["failure_reason"];
    } finally {
      database.close();
    }
  };

  it(
    "are served where Nexus says, fail within two seconds of their death with the reason, and can be started again",
    {
      timeout: LONG,
    },
    async () => {
      const { methods } = story.oxide;
      await ok(
        methods.instanceCreate({
          query: { project: "story" },
          body: {
            name: "vm",
            description: "",
            hostname: "vm",
            ncpus: 1,
            memory: 2 ** 30,
            networkInterfaces: { type: "default_ipv4" },
            autoRestartPolicy: "never",
          },
        }),
      );
      await story.running("vm");
      const before = await vmm();
      const health = await fetch(`http://${before.propolis_address}/debug/health`);
      expect(await health.json()).toMatchObject({ state: "Running" });

      const killedAt = performance.now();
      process.kill(pidOf(before), "SIGKILL");
      await until(
        "the instance has failed",
        () => ok(methods.instanceView(at)),
        ({ runState }) => runState === "failed",
        { everyMs: 5 },
      );
      expect(performance.now() - killedAt).toBeLessThan(2_000);
      expect(failureReason(before.id)).toMatch(/^its propolis \(process \d+\) ended by SIGKILL$/);
      await ok(methods.instanceStart(at));
      await story.running("vm");
      expect((await vmm()).id).not.toBe(before.id);
    },
  );

  it("outlive their sled-agent, which finds them again", { timeout: LONG }, async () => {
    const before = await vmm();
    const pid = pidOf(before);
    await rack.racklet("service", "kill", `sled-agent/${sledNumber(before.sled_id)}`);
    const url = rack.sled_agents[sledNumber(before.sled_id)]?.url;
    const seen = await until(
      "the sled-agent has the VM again",
      async () => {
        const response = await fetch(`${url}/vmms/${before.id}/state`, { headers: { "api-version": "49.0.0" } });
        return (await response.json()) as { vmm_state?: { state: string } };
      },
      ({ vmm_state }) => vmm_state?.state === "running",
    );
    expect(seen.vmm_state?.state).toBe("running");
    expect(pidOf(before)).toBe(pid);
    expect(await vmm()).toMatchObject({ id: before.id, state: "running" });
  });

  it("migrate from sled to sled, and the source's process ends", { timeout: LONG }, async () => {
    const source = await vmm();
    const sourcePid = pidOf(source);
    const { id } = await ok(story.oxide.methods.instanceView(at));
    const dst_sled_id = rack.sled_agents.find((sled) => sled.id !== source.sled_id)?.id ?? "";
    const lockstep = nexusLockstepClient({ baseUrl: rack.nexus.lockstep });
    await lockstep.instance_migrate({ path: { instance_id: id }, body: { dst_sled_id } });
    const target = await until(
      "one VMM runs, on the other sled",
      vmms,
      (all) => all.length === 1 && all[0]?.sled_id === dst_sled_id && all[0].state === "running",
    );
    expect(target[0]?.id).not.toBe(source.id);
    await until(
      "the source's process is gone",
      () => isRunning(sourcePid),
      (running) => !running,
    );
    await story.running("vm");
  });

  it("end with the rack, also when their sled-agent was killed just before", { timeout: LONG }, async () => {
    const last = await vmm();
    const pid = pidOf(last);
    await rackControl(rack.dataDir).kill(`sled-agent/${sledNumber(last.sled_id)}`);
    await rack.racklet("down");
    expect(isRunning(pid)).toBe(false);
  });
});

/** What is left of an ended process until its parent looks has no command line. */
function isRunning(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8") !== "";
  } catch {
    return false;
  }
}
