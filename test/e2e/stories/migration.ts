/** A user watches an instance with the published SDK while an operator moves it to another sled and back. */
import { nexusLockstepClient } from "@racklet/nexus-internal-client/lockstep";
import { beforeAll, describe, expect, it } from "vitest";
import { newInstance } from "../../support/new-instance.ts";
import { ok } from "../../support/oxide.ts";
import type { RackAddresses } from "../../support/rack.ts";
import { agrees, type Story } from "../../support/story.ts";
import { until } from "../../support/until.ts";
import { vmmsOf, watchVmms } from "../../support/vmms.ts";

interface Mapping {
  readonly virtual_ip: string;
  readonly physical_host_ip: string;
}

export function storyOfMigration(on: () => Story): void {
  describe("a live migration", () => {
    let rack: RackAddresses;
    let story: Story;
    beforeAll(() => {
      story = on();
      rack = story.rack;
    });

    const at = { path: { instance: "web" }, query: { project: "story" } };

    it("moves a running instance and its NAT entries on both switches, there and back, one VMM running all the time", async () => {
      const { methods } = story.oxide;
      await ok(methods.instanceCreate({ query: at.query, body: newInstance("web", "on the move") }));
      await story.running("web");
      await story.expectNat("web");
      const lockstep = nexusLockstepClient({ baseUrl: rack.nexus.lockstep });
      const { id } = await ok(methods.instanceView(at));

      for (const way of ["there", "back"]) {
        const [before] = await vmmsOf(rack, id);
        const other = rack.sled_agents.find(({ id: sled }) => sled !== before?.sled_id);
        const { want: old } = await story.nat("web");
        const watch = watchVmms(rack, id);
        const seen: string[] = [];
        const moved = await lockstep.instance_migrate({
          path: { instance_id: id },
          body: { dst_sled_id: other?.id ?? "" },
        });
        expect(moved.run_state, way).toBe("migrating");
        await until(
          `web runs on the other sled (${way})`,
          async () => {
            const { runState } = await ok(methods.instanceView(at));
            if (seen.at(-1) !== runState) seen.push(runState);
            return { runState, vmms: await vmmsOf(rack, id) };
          },
          ({ runState, vmms }) => runState === "running" && vmms.length === 1 && vmms[0]?.sled_id === other?.id,
          { everyMs: 5 },
        );
        // Nothing but that: the user never sees it stop.
        expect(seen.filter((state) => state !== "migrating" && state !== "running")).toEqual([]);
        await until(`both switches lead to the other sled (${way})`, () => story.nat("web"), agrees);
        const { want } = await story.nat("web");
        expect(want).not.toEqual(old);
        for (const observation of await watch.stop()) expect(observation.running).toHaveLength(1);
      }
    });

    it("leaves every sled knowing where the instance is", async () => {
      const { methods } = story.oxide;
      const { items } = await ok(methods.instanceNetworkInterfaceList({ query: { ...at.query, instance: "web" } }));
      const stack = items[0]?.ipStack;
      const virtual_ip = stack?.type === "v4" ? stack.value.ip : "none";
      const { want } = await story.nat("web");
      for (const agent of rack.sled_agents) {
        await until(
          `sled ${agent.id} sends to where the instance is`,
          async () => (await (await fetch(`${agent.url}/debug/opte/v2p`)).json()) as Mapping[],
          (mappings) => mappings.find((each) => each.virtual_ip === virtual_ip)?.physical_host_ip === want[0]?.sled,
        );
      }
    });
  });
}
