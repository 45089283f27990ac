import { afterAll, expect, it } from "vitest";
import { closeDatabase } from "./support/database.ts";
import { runSeed } from "./support/run.ts";
import { optionsOf } from "./support/seeds.ts";

afterAll(closeDatabase);

it("a seed replays exactly, down to every request and its time", async () => {
  const first = await runSeed(optionsOf(10));
  const second = await runSeed(optionsOf(10));
  expect(second).toEqual(first);
});
