import { expect, test } from "vitest";
import { mortal, simulation } from "../src/index.ts";

const DPD = { host: "127.0.0.1", port: 12_224 };
const ask = () => new Request("http://127.0.0.1:12224/");

test("nothing of a killed world fires, answers or serves", async () => {
  const sim = simulation({ seed: 1 });
  const life = mortal(sim.world("nexus"));
  const seen: string[] = [];
  sim.network.listen("dpd", "http://127.0.0.1:12224", () => new Response("hello"));
  life.listen!({ host: "127.0.0.1", port: 12_220 }, () => new Response("nexus"));
  life.timers.after(10, () => seen.push("timer"));
  void life.timers.sleep(10).then(() => seen.push("woke"));
  void life.fetch(ask()).then(() => seen.push("answered"));
  life.kill();
  void life.fetch(ask()).then(() => seen.push("answered late"));
  await sim.clock.advance(1_000);
  expect(seen).toEqual([]);
  const call = sim.world("user").fetch(new Request("http://127.0.0.1:12220/"));
  await expect(sim.clock.run(call)).rejects.toThrow("fetch failed");
});

test("what a killed world served breaks off, and its address is free for its successor", async () => {
  const sim = simulation({ seed: 2 });
  const first = mortal(sim.world("dpd"));
  first.listen!(DPD, () => first.timers.sleep(100).then(() => new Response("first")));
  const call = sim.world("user").fetch(ask());
  sim.clock.schedule(50, "kill", () => first.kill());
  await expect(sim.clock.run(call)).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
  mortal(sim.world("dpd")).listen!(DPD, () => new Response("second"));
  const answer = await sim.clock.run(sim.world("user").fetch(ask()));
  expect(await answer.text()).toBe("second");
});

test("the living notice nothing", async () => {
  const sim = simulation({ seed: 3 });
  const life = mortal(sim.world("nexus"));
  life.listen!(DPD, () => new Response("served"));
  const answer = await sim.clock.run(life.fetch(ask()));
  expect(await answer.text()).toBe("served");
  await sim.clock.run(life.timers.sleep(5));
  await expect(sim.clock.run(life.timers.sleep(5, AbortSignal.abort("no")))).rejects.toBe("no");
});
