/** The services started one by one, without the launcher, on a file; test/crash/two-nexuses does the same on PostgreSQL. */
import { storeLegs } from "@racklet/store/testing";
import { describe, it } from "vitest";
import { startLooseRack } from "../support/loose-rack.ts";
import { manyInstances } from "../support/many-instances.ts";
import { beginStory } from "../support/story.ts";

describe.each(storeLegs().filter(({ durable, shared }) => durable && !shared))(
  "a rack without the launcher, on $name",
  (leg) => {
    it(
      "runs instances created at the same time, and keeps nothing of them once they are deleted",
      { timeout: 60_000 },
      async () => {
        const database = await leg.fresh();
        const rack = await startLooseRack(database.url);
        try {
          await manyInstances(await beginStory(rack));
        } finally {
          await rack.stop();
          await database.dispose();
        }
      },
    );
  },
);
