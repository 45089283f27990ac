/** The stories of a rack whose services are one process. They share it: to start one for each costs as much as its story. */
import { afterAll, beforeAll, describe } from "vitest";
import { startRack, type Rack } from "../support/rack.ts";
import { beginStory, type Story } from "../support/story.ts";
import { storyOfMigration } from "./stories/migration.ts";
import { storyOfMulticast } from "./stories/multicast.ts";

const START_UP = 60_000;

describe("on a rack in one process,", () => {
  let rack: Rack;
  let story: Story;
  beforeAll(async () => {
    rack = await startRack("--in-process", "--sleds", "3");
    story = await beginStory(rack);
  }, START_UP);
  afterAll(() => rack?.stop(), START_UP);

  storyOfMigration(() => story);
  storyOfMulticast(() => story);
});
