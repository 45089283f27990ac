/** The services started one by one, without the launcher, on each database: many instances at once, and nothing left in the end. */
import { storeLegs } from "@racklet/store/testing";
import { describe, expect, it } from "vitest";
import { ok } from "../support/oxide.ts";
import { startLooseRack } from "../support/loose-rack.ts";
import { beginStory } from "../support/story.ts";

const NAMES = ["a", "b", "c", "d", "e", "f"];

describe.each(storeLegs().filter((leg) => leg.durable || leg.shared))(
  "a rack without the launcher, on $name",
  (leg) => {
    it(
      "runs instances created at the same time, and keeps nothing of them once they are deleted",
      { timeout: 60_000 },
      async () => {
        const database = await leg.fresh();
        const rack = await startLooseRack(database.url);
        try {
          const story = await beginStory(rack);
          const { methods } = story.oxide;
          const query = { project: "story" };
          const create = (name: string) =>
            methods.instanceCreate({
              query,
              body: {
                name,
                description: "one of many",
                hostname: name,
                ncpus: 1,
                memory: 2 ** 30,
                networkInterfaces: { type: "default_ipv4" },
                externalIps: [{ type: "ephemeral", poolSelector: { type: "auto" } }],
              },
            });
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
        } finally {
          await rack.stop();
          await database.dispose();
        }
      },
    );
  },
);
