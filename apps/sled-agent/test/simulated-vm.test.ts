import { simulation } from "@racklet/sim";
import { describe, expect, test } from "vitest";
import type { InstanceState, InstanceStateRequested } from "@racklet/api-types/propolis/latest";
import { BackendError, type VmEnsureRequest } from "../src/vmm/backend.ts";
import { SimulatedVm } from "../src/vmm/simulated-vm.ts";

function vm() {
  const { clock, world } = simulation({ seed: 7 });
  const one = new SimulatedVm(world("sled-agent"), { bootMs: [100, 300], stopMs: 40 });
  const shown: InstanceState[] = [];
  const life = new AbortController();
  const follow = async (): Promise<void> => {
    for (let gen = 1; ;) {
      const seen = await one.monitor(gen, life.signal);
      shown.push(seen.state);
      gen = seen.gen + 1;
    }
  };
  return {
    clock,
    one,
    shown,
    life,
    /** Creates the VM and follows its states; answers how the following ended. */
    create: async () => {
      await one.ensure(ensure);
      return follow().catch((error: unknown) => error);
    },
  };
}

// Only the method counts: the simulated VM does not look at what it is made of.
const ensure = {
  init: { method: "Spec", spec: { board: {}, components: {} } },
  properties: {},
} as unknown as VmEnsureRequest;

async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof BackendError ? `${error.status} ${error.message}` : String(error);
}

async function brought(to: readonly (InstanceStateRequested | number)[]) {
  const made = vm();
  void made.create();
  for (const step of to) {
    if (typeof step === "number") await made.clock.advance(step);
    else await made.one.putState(step);
  }
  await made.clock.advance(0);
  return made;
}

describe("a simulated VM", () => {
  const lives: [what: string, steps: (InstanceStateRequested | number)[], states: InstanceState[]][] = [
    ["run", ["Run", 1000], ["Starting", "Running"]],
    ["run and stopped", ["Run", 1000, "Stop", 1000], ["Starting", "Running", "Stopping", "Stopped", "Destroyed"]],
    ["stopped before it ran", [0, "Stop", 1000], ["Creating", "Stopping", "Stopped", "Destroyed"]],
    ["stopped while starting", ["Run", 10, "Stop", 1000], ["Starting", "Stopped", "Destroyed"]],
    ["rebooted", ["Run", 1000, "Reboot", 1000], ["Starting", "Running", "Rebooting", "Running"]],
    [
      "stopped while rebooting",
      ["Run", 1000, "Reboot", 1, "Stop", 1000],
      ["Starting", "Running", "Rebooting", "Stopping", "Stopped", "Destroyed"],
    ],
    [
      "asked twice for each",
      ["Run", 1, "Run", 1000, "Stop", 1, "Stop", 1000],
      ["Starting", "Running", "Stopping", "Stopped", "Destroyed"],
    ],
  ];
  test.each(lives)("%s goes through its states", async (_, steps, states) => {
    const { shown } = await brought(steps);
    // A watcher that comes late sees the newest state only.
    expect(shown.filter((state) => state !== "Creating" || states[0] === "Creating")).toEqual(states);
  });

  test("boots in the time it is given", async () => {
    const { shown, clock } = await brought(["Run", 99]);
    expect(shown).not.toContain("Running");
    await clock.advance(201);
    expect(shown).toContain("Running");
  });

  const refused: [steps: (InstanceStateRequested | number)[], request: InstanceStateRequested, reason: string][] = [
    [[], "Reboot", "403 instance state change not allowed: Operation requires an active instance"],
    [["Run"], "Reboot", "403 instance state change not allowed: Instance is currently starting"],
    [["Run", 1000, "Stop"], "Reboot", "403 instance state change not allowed: Instance is preparing to stop"],
    [["Run", 1000, "Stop"], "Run", "403 instance state change not allowed: Instance is preparing to stop"],
    [["Run", 1000, "Stop", 1000], "Run", "403 instance state change not allowed: Instance has already halted"],
    [["Run", 1000, "Stop", 1000], "Reboot", "403 instance state change not allowed: Instance has already halted"],
  ];
  test.each(refused)("after %j refuses %s", async (steps, request, reason) => {
    const { one } = await brought(steps);
    expect(await refusal(one.putState(request))).toBe(reason);
  });

  test("refuses everything before it is created, and a second creation", async () => {
    const { one, life } = vm();
    expect(await refusal(one.putState("Run"))).toBe("424 Server not initialized (no instance)");
    expect(await refusal(one.monitor(1, life.signal))).toBe("424 Server not initialized (no instance)");
    await one.ensure(ensure);
    expect(await refusal(one.ensure(ensure))).toBe("409 instance already initialized");
  });

  test("tells its watchers that no generation will follow the last", async () => {
    const { one, life } = await brought(["Run", 1000, "Stop", 1000]);
    expect(await refusal(one.monitor(99, life.signal))).toBe("410 No instance present; will never reach generation 99");
  });

  test("lets its watchers go when it is removed, and never changes again", async () => {
    const { one, clock, shown, life } = await brought(["Run", 10]);
    const watching = refusal(one.monitor(50, life.signal));
    await one.destroy();
    expect(await watching).toContain("the VM was removed");
    const before = [...shown];
    await clock.advance(10_000);
    expect(shown).toEqual(before);
  });
});
