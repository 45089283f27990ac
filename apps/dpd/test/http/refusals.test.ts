/** A request that is refused changes nothing: no table, no port, no multicast group of the ASIC, and nothing that is listed. */
import { expect, test } from "vitest";
import { TABLES } from "../../src/table/catalogue.ts";
import type { Harness } from "./support/harness.ts";
import { send, startStill } from "./support/play.ts";
import { storyOf } from "./support/story.ts";

const LISTS = [
  "/links",
  "/links/tfport_data",
  "/loopback/ipv4",
  "/loopback/ipv6",
  "/arp",
  "/ndp",
  "/route/ipv4",
  "/route/ipv6",
  "/attached_subnet",
  "/nat/ipv4",
  "/nat/ipv6",
  "/nat/groups",
  "/multicast/groups",
  "/counters/linkup",
];

/** Rows in the order of the table: a refusal must not move one either. */
async function everything({ ctx, call }: Harness): Promise<string> {
  const asic = ctx.switch.requireAsic();
  const rows = TABLES.map((table) => [table.name, asic.table(table).rows()]);
  const groups = asic.groups.list().map((id) => [id, asic.groups.find(id)]);
  const lists: unknown[] = [];
  for (const path of LISTS) lists.push((await call(`GET ${path}`)).body);
  return JSON.stringify([rows, asic.ports.list(), groups, lists]);
}

test.each(["1.0.0", "5.0.0", "7.0.0", "13.1.0"])(
  "version %s: no refusal of the story changes anything",
  async (version) => {
    const harness = startStill();
    let before = await everything(harness);
    let refused = 0;
    for (const step of storyOf(version)) {
      const { status } = await send(harness, version, step);
      const after = await everything(harness);
      if (status >= 400) {
        refused++;
        expect({ step: step.operation, changed: after !== before }).toEqual({ step: step.operation, changed: false });
      }
      before = after;
    }
    expect(refused).toBeGreaterThan(100);
  },
);
