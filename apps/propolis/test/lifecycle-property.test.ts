/** Whatever is asked in whatever order, with whatever the guest does meanwhile, the VM's states follow each other as they may. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { created, put } from "./driving.ts";
import { rig, type Rig } from "./rig.ts";

const MAY_FOLLOW: Readonly<Record<string, readonly string[]>> = {
  Creating: ["Starting", "Stopping"],
  Starting: ["Running", "Stopped"],
  Running: ["Stopping", "Rebooting"],
  Rebooting: ["Running", "Stopping"],
  Stopping: ["Stopped"],
  Stopped: ["Destroyed"],
  Destroyed: [],
};

const command = fc.oneof(
  { arbitrary: fc.constantFrom("Run", "Stop", "Reboot"), weight: 3 },
  { arbitrary: fc.constantFrom("type me", "type reboot", "type poweroff", "nmi"), weight: 2 },
  { arbitrary: fc.constantFrom(0, 1, 39, 40, 100, 700), weight: 4 },
);

async function perform(it: Rig, what: string | number): Promise<void> {
  if (typeof what === "number") return it.sim.clock.advance(what);
  if (what === "nmi") {
    expect((await it.ask("POST /instance/nmi")).status).toBeOneOf([200, 424]);
  } else if (what.startsWith("type ")) {
    const { vm } = it.ctx.vms.last();
    vm?.console.onInput(Buffer.from(`${what.slice(5)}\r`));
  } else expect((await put(it, what)).status).toBeOneOf([204, 403, 424]);
}

test("states follow each other as they may, and a stop always ends in destruction", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 40 }), async (commands) => {
      const it = await created(rig());
      const states: string[] = [];
      const { monitor } = it.ctx.vms.last();
      const watch = (async () => {
        for (let gen = 1; ; gen++) {
          const seen = await monitor.wait(gen).catch(() => undefined);
          if (seen === undefined) return;
          expect(seen.gen).toBe(gen);
          states.push(seen.state);
        }
      })();
      for (const each of commands) await perform(it, each);
      await put(it, "Stop");
      await it.sim.clock.runUntilIdle();
      await watch;
      for (const [i, state] of states.entries()) {
        const next = states[i + 1];
        if (next !== undefined) expect(MAY_FOLLOW[state], `${states.join(" ")}`).toContain(next);
      }
      expect(states[0]).toBe("Creating");
      expect(states.at(-1)).toBe("Destroyed");
      const history = monitor.current.gen;
      await it.sim.clock.advance(10_000);
      expect(monitor.current.gen).toBe(history);
    }),
    { numRuns: 150 },
  );
});
