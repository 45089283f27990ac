import { describe, expect, test } from "vitest";
import type { MigrationState } from "@racklet/api-types/propolis/latest";
import { SOURCE, TARGET, pair, type Pair, type PairOptions, type Side } from "./migration-rig.ts";
import { migrationRequest, specRequest } from "./rig.ts";
import { DISK_ID, ID, NIC_ID, crucible, usualSpec, viona } from "./specs.ts";

const MIGRATION = "f1000000-0000-4000-8000-000000000001";
const REPLACED = {
  [DISK_ID]: { component: "CrucibleStorageBackend", spec: { request_json: '{"new":1}', readonly: false } },
  [NIC_ID]: { component: "VirtioNetworkBackend", spec: { vnic_name: "opte9" } },
};

interface Seen {
  readonly gen: number;
  readonly state: string;
  readonly migration: Record<"migration_in" | "migration_out", { id: string; state: MigrationState } | null>;
}

const seenOf = async ({ ask }: Side): Promise<Seen | undefined> => {
  const { status, body } = await ask("GET /instance/state-monitor", { gen: 0 });
  return status === 200 ? (body as Seen) : undefined;
};

async function booted(options: PairOptions = {}, spec = usualSpec()): Promise<Pair> {
  const it = pair(options);
  expect((await it.source.ask("PUT /instance", specRequest(spec))).status).toBe(201);
  await it.source.ask("PUT /instance/state", "Run");
  await it.sim.clock.advance(2_000);
  type(it.source, "me\recho before\r");
  return it;
}

function type({ ctx }: Side, text: string): void {
  ctx.vms.active().console.onInput(Buffer.from(text));
}

const textOf = ({ ctx }: Side): string => Buffer.from(ctx.vms.active().console.history.export().beginning).toString();

const ensure = (it: Pair, replacements: object = REPLACED) =>
  it.sim.clock.run(it.target.ask("PUT /instance", migrationRequest(SOURCE, MIGRATION, replacements)));

/** Lets all happen, looking at both after every event: never may both run. */
async function settle(it: Pair): Promise<{ source: Seen | undefined; target: Seen | undefined }> {
  await it.sim.clock.runUntil(
    async () => {
      const [source, target] = await Promise.all([seenOf(it.source), seenOf(it.target)]);
      if (source?.state === "Running" && target?.state === "Running") throw new Error("both run");
      const isSettled = (seen: Seen | undefined) => seen === undefined || /Running|Failed|Destroyed/.test(seen.state);
      return isSettled(source) && isSettled(target);
    },
    { seen: () => it.log.slice(-5) },
  );
  await it.sim.clock.runUntilIdle();
  return { source: await seenOf(it.source), target: await seenOf(it.target) };
}

describe("a migration", () => {
  test("moves the VM: its target runs with the replaced components, and its source is destroyed", async () => {
    const it = await booted();
    expect(await ensure(it)).toEqual({ status: 201, body: { migrate: { migration_id: MIGRATION } } });
    const { source, target } = await settle(it);
    expect(source).toMatchObject({
      state: "Destroyed",
      migration: { migration_in: null, migration_out: { id: MIGRATION, state: "Finish" } },
    });
    expect(target).toMatchObject({
      state: "Running",
      migration: { migration_in: { id: MIGRATION, state: "Finish" }, migration_out: null },
    });
    const { components } = usualSpec();
    expect((await it.target.ask("GET /instance/spec")).body).toMatchObject({
      spec: { value: { components: { ...components, [DISK_ID]: crucible('{"new":1}'), [NIC_ID]: viona("opte9") } } },
    });
  });

  test("takes the guest along: its memory, its console, what was half typed", async () => {
    const it = await booted();
    type(it.source, "hist");
    const before = textOf(it.source);
    await ensure(it);
    await settle(it);
    expect(textOf(it.target)).toBe(before);
    type(it.target, "ory\rwhoami\r");
    expect(textOf(it.target).slice(before.length)).toBe(
      "ory\r\n1 echo before\r\n2 history\r\nme@vm:~$ whoami\r\nme\r\nme@vm:~$ ",
    );
  });

  test("shows its phases on both sides, in order", async () => {
    const phases: Record<"source" | "target", string[]> = { source: [], target: [] };
    const it = await booted();
    const watch = async (side: "source" | "target", which: "migration_in" | "migration_out"): Promise<void> => {
      for (let gen = 1; ; gen++) {
        const { status, body } = await it[side].ask("GET /instance/state-monitor", { gen });
        if (status !== 200) return;
        const seen = body as Seen;
        const state = seen.migration[which]?.state;
        if (state !== undefined && state !== phases[side].at(-1)) phases[side].push(state);
        if (state === "Finish") return;
      }
    };
    const source = watch("source", "migration_out");
    await ensure(it);
    const watching = Promise.all([source, watch("target", "migration_in")]);
    await settle(it);
    await watching;
    expect(phases.source).toEqual([
      "Sync",
      "RamPush",
      "Pause",
      "RamPushDirty",
      "Device",
      "RamPull",
      "Server",
      "Finish",
    ]);
    expect(phases.target.at(-1)).toBe("Finish");
    expect(phases.target.slice(0, -1)).toEqual(
      ["Sync", "RamPush", "Pause", "RamPushDirty", "Device", "RamPull", "Server"].filter((phase) =>
        phases.target.includes(phase),
      ),
    );
  });

  test("tells clients of the console where it goes on", async () => {
    const it = await booted();
    const told: unknown[] = [];
    it.source.ctx.vms.active().console.attach(
      {
        bufferedBytes: 0,
        listen: () => {},
        close: (code, reason) => told.push([code, reason]),
        send: (frame) => told.push(frame),
      },
      undefined,
    );
    const total = textOf(it.source).length;
    await ensure(it);
    await settle(it);
    expect(told).toEqual([
      JSON.stringify({ Migrating: { destination: TARGET, from_start: total } }),
      [1001, "VM migrated"],
    ]);
  });

  test("of a guest that types while its memory is pushed carries that too", async () => {
    const it = await booted({
      onFrame: ({ source }, label) => {
        if (label === "source RamPush") type(source, "echo meanwhile\r");
      },
    });
    await ensure(it);
    await settle(it);
    type(it.target, "history\r");
    expect(textOf(it.target)).toContain("2 echo meanwhile\r\n");
  });

  test("of a guest that switched itself off on the way ends with it off", async () => {
    const it = await booted({
      onFrame: ({ source }, label) => {
        if (label === "source RamPush") type(source, "poweroff\r");
      },
    });
    await ensure(it);
    await it.sim.clock.runUntilIdle();
    expect(await seenOf(it.source)).toMatchObject({
      state: "Destroyed",
      migration: { migration_out: { state: "Finish" } },
    });
    expect(await seenOf(it.target)).toMatchObject({
      state: "Destroyed",
      migration: { migration_in: { state: "Finish" } },
    });
  });

  test("leaves a VM that reboots like any other, and a source that may have another", async () => {
    const it = await booted();
    await ensure(it);
    await settle(it);
    const { source, target } = it;
    expect((await target.ask("PUT /instance/state", "Reboot")).status).toBe(204);
    await it.sim.clock.runUntilIdle();
    expect(await seenOf(target)).toMatchObject({ state: "Running" });
    expect((await source.ask("PUT /instance", specRequest())).status).toBe(201);
  });
});

describe("a migration that is refused leaves the source running and answers 500:", () => {
  test.each<[string, object, string]>([
    ["an extra replacement", { other: REPLACED[DISK_ID] }, "not in source spec"],
    ["a replacement of another kind", { [NIC_ID]: REPLACED[DISK_ID] }, "is not a crucible backend"],
    ["a replacement of a device", { "disk-0": REPLACED[NIC_ID] }, "is not a viona backend"],
    [
      "a failure injector where there is none",
      { [DISK_ID]: { component: "MigrationFailureInjector", spec: { fail_exports: 0, fail_imports: 0 } } },
      "compiled out",
    ],
    [
      "a volume that cannot be made",
      { [DISK_ID]: { component: "CrucibleStorageBackend", spec: { request_json: "x", readonly: false } } },
      "request_json",
    ],
  ])("%s", async (_, replacements) => {
    const it = await booted();
    expect(await ensure(it, replacements)).toMatchObject({ status: 500, body: { message: "Internal Server Error" } });
    const { source, target } = await settle(it);
    expect(source).toMatchObject({ state: "Running", migration: { migration_out: { state: "Error" } } });
    expect(target).toMatchObject({ state: "Failed", migration: { migration_in: { id: MIGRATION, state: "Error" } } });
    expect((await it.target.ask("GET /instance/spec")).body).toMatchObject({
      spec: { type: "WaitingForMigrationSource" },
    });
    // The source can be migrated again, to the same target.
    expect((await ensure(it)).status).toBe(201);
    expect((await settle(it)).target).toMatchObject({ state: "Running" });
  });

  test("a source that does not exist", async () => {
    const it = await booted();
    const answer = it.target.ask("PUT /instance", migrationRequest("127.0.0.1:9", MIGRATION));
    expect(await it.sim.clock.run(answer)).toMatchObject({ status: 500 });
    expect((await settle(it)).source).toMatchObject({ state: "Running", migration: { migration_out: null } });
  });

  test("one that has no VM, or none that runs", async () => {
    const it = pair();
    expect(await ensure(it)).toMatchObject({ status: 500 });
    await it.source.ask("PUT /instance", specRequest());
    expect(await ensure(it)).toMatchObject({ status: 500 });
    expect(await seenOf(it.source)).toMatchObject({ state: "Creating" });
  });

  test("a second one while the first is under way", async () => {
    const it = await booted();
    await ensure(it);
    expect(await it.source.ask(`GET /instance/migrate/${ID}/start`)).toMatchObject({
      status: 403,
      body: { error_code: "instance state change not allowed: Instance is already a migration source" },
    });
    expect(await it.source.ask("PUT /instance/state", "Reboot")).toMatchObject({
      status: 403,
      body: { error_code: "instance state change not allowed: Operation cannot be performed on a migration source" },
    });
    expect((await settle(it)).target).toMatchObject({ state: "Running" });
  });
});

/** As many frames as a migration takes. */
async function framesOfSuccess(): Promise<string[]> {
  const it = await booted();
  await ensure(it);
  await settle(it);
  return [...it.log];
}

test("a link that breaks after any frame leaves exactly one VM running, and the guest answers there", async () => {
  const log = await framesOfSuccess();
  expect(log.at(-1)).toBe("source commit");
  const runs: string[] = [];
  for (let cutAfter = 0; cutAfter <= log.length; cutAfter++) {
    const it = await booted({ cutAfter, seed: cutAfter });
    const { status } = await ensure(it);
    const { source, target } = await settle(it);
    const where = [source, target].map((seen) => seen?.state).join(" ");
    runs.push(where);
    // The last frame is the commit: with it lost, the target learns from the source that it has let go.
    const isMoved = cutAfter >= log.length - 1;
    expect(where, `${cutAfter}: after ${it.log.at(-1)}`).toBe(isMoved ? "Destroyed Running" : "Running Failed");
    expect(status).toBe(cutAfter > log.indexOf("source preamble") ? 201 : 500);
    const side = isMoved ? it.target : it.source;
    const before = textOf(side).length;
    type(side, "echo still here\r");
    expect(textOf(side).slice(before)).toContain("\r\nstill here\r\n");
    if (!isMoved) expect(source?.migration.migration_out?.state).toBe("Error");
    expect(target?.migration.migration_in?.state).toBe(isMoved ? "Finish" : "Error");
  }
  expect(new Set(runs)).toEqual(new Set(["Running Failed", "Destroyed Running"]));
});

describe("an end that dies while a frame is on its way leaves at most one VM running:", () => {
  test.each(["source", "target"] as const)("the %s, at every frame", async (dying) => {
    const log = await framesOfSuccess();
    for (let at = 0; at < log.length; at++) {
      let frames = 0;
      const it = await booted({
        onFrame: (made) => {
          if (frames++ === at) made[dying].ctx.vms.close();
        },
      });
      await ensure(it);
      await it.sim.clock.runUntilIdle();
      const other = await seenOf(dying === "source" ? it.target : it.source);
      // The target's last word gives the source leave to let go; the source's last word is that it has.
      const isDecided = at >= log.length - (dying === "target" ? 2 : 1);
      const expected = dying === "target" ? (isDecided ? "Destroyed" : "Running") : isDecided ? "Running" : "Failed";
      expect(other?.state, `${dying} died at ${at}, ${log[at]}`).toBe(expected);
    }
  });
});

describe("with a failure injector", () => {
  const withInjector = (fail_exports: number, fail_imports: number) => {
    const spec = usualSpec();
    return {
      ...spec,
      components: {
        ...spec.components,
        inject: { type: "migration_failure_injector" as const, component: { fail_exports, fail_imports } },
      },
    };
  };

  test("an export fails as often as it says, then the migration succeeds", async () => {
    const it = await booted({ config: { features: ["failure-injection"] } }, withInjector(1, 0));
    expect((await ensure(it)).status).toBe(201);
    expect(await settle(it)).toMatchObject({ source: { state: "Running" }, target: { state: "Failed" } });
    expect((await ensure(it)).status).toBe(201);
    expect(await settle(it)).toMatchObject({ source: { state: "Destroyed" }, target: { state: "Running" } });
  });

  test("an import fails unless the injector is replaced", async () => {
    const it = await booted({ config: { features: ["failure-injection"] } }, withInjector(0, 1));
    await ensure(it);
    expect(await settle(it)).toMatchObject({ source: { state: "Running" }, target: { state: "Failed" } });
    const replaced = { component: "MigrationFailureInjector", spec: { fail_exports: 0, fail_imports: 0 } };
    await ensure(it, { ...REPLACED, inject: replaced });
    expect(await settle(it)).toMatchObject({ source: { state: "Destroyed" }, target: { state: "Running" } });
  });
});
