/** Multicast from Nexus' API to the tables of real dpds and sled-agents. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { McastRack, SWITCHES } from "./support/rack.ts";

describe("multicast on switches and sleds", () => {
  let rack: McastRack;
  beforeEach(async () => {
    rack = await new McastRack().start();
    rack.runTasks();
  });
  afterEach(() => rack.close());

  it("follow joins and leaves, from nothing to nothing", async () => {
    const one = await rack.run("one");
    const two = await rack.run("two");
    await rack.join("one", "224.1.2.3");
    await rack.pass();
    await rack.pass();
    const port = (sled: string) => `rear${rack.indexOf(sled)}`;
    expect(await rack.members("224.1.2.3")).toEqual(["Joined"]);
    for (const name of SWITCHES) {
      expect(await rack.groups(name)).toEqual([`224.1.2.3→ff04::e001:203 [any] (${port(one.sled)})`]);
    }
    await rack.join("two", "224.1.2.3", { source_ips: ["10.0.0.7"] });
    await rack.pass();
    const both = [port(one.sled), port(two.sled)].sort().join();
    for (const name of SWITCHES) expect(await rack.groups(name)).toEqual([`224.1.2.3→ff04::e001:203 [any] (${both})`]);
    expect(rack.sledState(rack.indexOf(two.sled)).subscriptions).toEqual(["224.1.2.3 [10.0.0.7]"]);
    for (const sled of rack.sleds.keys()) {
      expect(rack.sledState(sled).m2p).toEqual(["224.1.2.3→ff04::e001:203"]);
      expect(rack.sledState(sled).forwarding).toHaveLength(1);
    }
    await rack.leave("one", "224.1.2.3");
    await rack.pass();
    for (const name of SWITCHES) {
      expect(await rack.groups(name)).toEqual([`224.1.2.3→ff04::e001:203 [10.0.0.7] (${port(two.sled)})`]);
    }
    expect(rack.sledState(rack.indexOf(one.sled)).subscriptions).toEqual([]);
    await rack.leave("two", "224.1.2.3");
    await rack.pass();
    for (const name of SWITCHES) expect(await rack.groups(name)).toEqual([]);
    for (const sled of rack.sleds.keys()) {
      expect(rack.sledState(sled)).toEqual({ m2p: [], forwarding: [], subscriptions: [] });
    }
    const { db } = rack.nexus.store;
    expect(await db.selectFrom("multicast_group").selectAll().execute()).toEqual([]);
    expect(await db.selectFrom("multicast_group_member").selectAll().execute()).toEqual([]);
    expect(await db.selectFrom("underlay_multicast_group").selectAll().execute()).toEqual([]);
  });

  it("move with an instance that migrates, and are never without its port", async () => {
    const one = await rack.run("one");
    await rack.join("one", "224.1.2.3", { source_ips: ["10.0.0.7"] });
    await rack.pass();
    await rack.pass();
    const to = rack.sleds.find(({ id }) => id !== one.sled)?.id ?? "";
    const seen = new Set<string>();
    const { status, body } = await rack.lockstep(`/instances/${one.id}/migrate`, { dst_sled_id: to });
    expect({ status, body }).toMatchObject({ status: 200 });
    await rack.until(async () => {
      await rack.pass();
      for (const name of SWITCHES) for (const line of await rack.groups(name)) seen.add(line);
      return (await rack.placed(one.id)).sled;
    }, to);
    await rack.pass();
    await rack.pass();
    const line = (ports: string) => `224.1.2.3→ff04::e001:203 [10.0.0.7] (${ports})`;
    for (const name of SWITCHES) expect(await rack.groups(name)).toEqual([line(`rear${rack.indexOf(to)}`)]);
    expect(seen).not.toContain(line(""));
    expect(await rack.members("224.1.2.3")).toEqual(["Joined"]);
    expect(rack.sledState(rack.indexOf(one.sled)).subscriptions).toEqual([]);
    expect(rack.sledState(rack.indexOf(to)).subscriptions).toEqual(["224.1.2.3 [10.0.0.7]"]);
  });
});
