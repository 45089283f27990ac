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

  it("stay, though empty, when they were created by a call of their own, until they are deleted", async () => {
    const version = "2025112000.0.0";
    const body = { name: "tv", description: "", multicast_ip: "224.1.3.3", source_ips: ["10.0.0.9"], mvlan: 30 };
    await rack.ok("POST", "/v1/multicast-groups", body, version);
    await rack.pass();
    const empty = ["224.1.3.3→ff04::e001:303 [10.0.0.9] ()"];
    for (const name of SWITCHES) expect(await rack.groups(name)).toEqual(empty);
    expect((await rack.ok("GET", "/v1/multicast-groups/tv")).state).toBe("Active");
    const held = await rack.dpd("switch0").multicast_group_get({ path: { group_ip: "224.1.3.3" } });
    expect(held).toMatchObject({ external_forwarding: { vlan_id: 30 } });
    rack.advance(60_000);
    await rack.pass();
    expect(await rack.groups("switch0")).toEqual(empty);
    await rack.ok("DELETE", "/v1/multicast-groups/tv", undefined, version);
    await rack.pass();
    for (const name of SWITCHES) expect(await rack.groups(name)).toEqual([]);
  });

  it("wait for a source when they are source-specific and nobody has named one", async () => {
    const version = "2025112000.0.0";
    const body = { name: "ssm", description: "", multicast_ip: "232.1.1.9", source_ips: ["10.0.0.9"] };
    await rack.ok("POST", "/v1/multicast-groups", body, version);
    await rack.nexus.store.db.updateTable("multicast_group").set({ default_source_ips: "[]" }).execute();
    await rack.pass();
    expect(await rack.groups("switch0")).toEqual([]);
    expect((await rack.lockstep("/multicast/wait?timeout_ms=2000")).status).toBe(200);
    const one = await rack.run("one");
    await rack.join("one", "ssm", { source_ips: ["10.0.0.7"] });
    await rack.pass();
    expect(await rack.groups("switch0")).toEqual([
      `232.1.1.9→ff04::e801:109 [10.0.0.7] (rear${rack.indexOf(one.sled)})`,
    ]);
    await rack.leave("one", "ssm");
    await rack.pass();
    expect(await rack.groups("switch0")).toEqual([]);
    expect((await rack.ok("GET", "/v1/multicast-groups/ssm")).state).toBe("Active");
  });

  it("that nobody comes to are swept after ten seconds", async () => {
    const { db } = rack.nexus.store;
    await rack.run("one");
    await rack.join("one", "224.1.2.9");
    // As a crash between two transactions would leave it.
    await db.deleteFrom("multicast_group_member").execute();
    await rack.pass();
    expect(await db.selectFrom("multicast_group").select("state").execute()).toHaveLength(1);
    rack.advance(10_001);
    await rack.pass();
    await rack.pass();
    expect(await db.selectFrom("multicast_group").select("state").execute()).toEqual([]);
    for (const name of SWITCHES) expect(await rack.groups(name)).toEqual([]);
  });
});
