import { realWorld } from "@racklet/world";
import { expect, test } from "vitest";
import { Supervisor } from "../src/supervisor/supervisor.ts";
import type { RunEvents, Signal } from "../src/supervisor/types.ts";
import { spec } from "./fake/specs.ts";

const NAMES = ["nexus", "dpd/switch0", "dpd/switch1", "sled-agent/0"];

/** Services that say nothing by themselves. */
class Rack {
  readonly launched: string[] = [];
  readonly events = new Map<string, RunEvents>();
  readonly supervisor: Supervisor;

  constructor(startsAtOnce: number) {
    const signal = (events: RunEvents) => (name: Signal) =>
      queueMicrotask(() => events.exited({ code: null, signal: name, lastLine: undefined }));
    this.supervisor = new Supervisor({
      world: realWorld({ name: "test", log: { level: "silent" } }),
      launcher: {
        canPause: true,
        launch: ({ name }, events) => {
          this.launched.push(name);
          this.events.set(name, events);
          return { pid: 1, signal: signal(events) };
        },
      },
      services: NAMES.map((name) => spec(name)),
      startsAtOnce,
    });
    this.supervisor.start();
  }

  listens(name: string): void {
    this.events.get(name)?.listening();
  }

  dies(name: string): void {
    this.events.get(name)?.exited({ code: 1, signal: null, lastLine: undefined });
  }
}

test("services start in their order, and no more at a time than was said", () => {
  const rack = new Rack(2);
  expect(rack.launched).toEqual(["nexus", "dpd/switch0"]);
  rack.listens("dpd/switch0");
  expect(rack.launched).toEqual(["nexus", "dpd/switch0", "dpd/switch1"]);
  rack.listens("nexus");
  expect(rack.launched).toEqual(NAMES);
});

test("a service that dies while it starts makes room for the next, and comes back all the same", async () => {
  const rack = new Rack(1);
  rack.dies("nexus");
  expect(rack.launched).toEqual(["nexus", "dpd/switch0"]);
  await rack.supervisor.until(([nexus]) => nexus?.phase === "starting", AbortSignal.timeout(10_000));
  expect(rack.launched).toEqual(["nexus", "dpd/switch0", "nexus"]);
});

test("one that was started by hand before its turn is not started again", () => {
  const rack = new Rack(1);
  expect(rack.supervisor.act("start", "dpd/switch1").phase).toBe("starting");
  for (const name of ["dpd/switch1", "nexus", "dpd/switch0"]) rack.listens(name);
  expect(rack.launched).toEqual(["nexus", "dpd/switch1", "dpd/switch0", "sled-agent/0"]);
});

test("one that was to stay down before its turn is left alone", () => {
  const rack = new Rack(1);
  expect(() => rack.supervisor.act("stop", "dpd/switch0")).toThrow("it is stopped already");
  rack.listens("nexus");
  expect(rack.launched).toEqual(["nexus", "dpd/switch1"]);
});

test("nothing more starts once the rack is stopping", async () => {
  const rack = new Rack(1);
  await rack.supervisor.stopAll();
  expect(rack.launched).toEqual(["nexus"]);
});
