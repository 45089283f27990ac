/** Many instances at once: created at the same time, stopped, deleted, and nothing of them left. */
import { expect } from "vitest";
import { newInstance } from "./new-instance.ts";
import { ok } from "./oxide.ts";
import type { Story } from "./story.ts";

const NAMES = ["a", "b", "c", "d", "e", "f"];

export async function manyInstances(story: Story): Promise<void> {
  const { methods } = story.oxide;
  const query = { project: story.project };
  const create = (name: string) => methods.instanceCreate({ query, body: newInstance(name, "one of many") });
  await Promise.all(NAMES.map((name) => ok(create(name))));
  for (const name of NAMES) await story.running(name);
  await story.expectNat(...NAMES);
  await Promise.all(NAMES.map((instance) => ok(methods.instanceStop({ path: { instance }, query }))));
  for (const instance of NAMES) {
    await story.stopped(instance);
    await ok(methods.instanceDelete({ path: { instance }, query }));
  }
  await story.expectNat();
  expect(await ok(methods.systemIpPoolUtilizationView({ path: { pool: "default" } }))).toEqual({
    capacity: 256,
    remaining: 256,
  });
}
