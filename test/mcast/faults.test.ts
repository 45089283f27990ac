/** Multicast while services are away, come back empty, refuse or are old: the reachable ones are right, the others become so. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { McastRack, SWITCHES } from "./support/rack.ts";

const G = "224.1.2.3";
const U = "ff04::e001:203";

describe("multicast", () => {
  let rack: McastRack;
  let one: { id: string; sled: string };
  let two: { id: string; sled: string };
  beforeAll(async () => {
    rack = await new McastRack().start();
    rack.runTasks();
    one = await rack.run("one");
    two = await rack.run("two");
  });
  afterAll(() => rack.close());
  afterEach(async () => {
    rack.heal();
    for (const name of ["one", "two"]) await rack.leave(name, G);
    await rack.until(async () => {
      await rack.pass();
      const rows = await rack.nexus.store.db.selectFrom("multicast_group").select("multicast_ip").execute();
      const switches = await Promise.all(SWITCHES.map((name) => rack.groups(name)));
      return [rows, ...switches, ...rack.sleds.map((_, sled) => Object.values(rack.sledState(sled)).flat())];
    }, [[], [], [], ...rack.sleds.map(() => [])]);
  });

  const port = (...sleds: string[]) =>
    sleds
      .map((sled) => `rear${rack.indexOf(sled)}`)
      .sort()
      .join();
  const line = (...sleds: string[]) => [`${G}→${U} [any] (${port(...sleds)})`];
  const target = async (name: string) =>
    (await rack.nexus.store.db
      .selectFrom("multicast_target")
      .selectAll()
      .where("target", "=", name)
      .executeTakeFirst())!;
  const generation = async () =>
    (
      await rack.nexus.store.db
        .selectFrom("counter")
        .select("value")
        .where("name", "=", "multicast_generation")
        .executeTakeFirstOrThrow()
    ).value;

  it("costs one list per table of a peer, and no write, while nothing changes", async () => {
    await rack.join("one", G);
    await rack.pass();
    await rack.pass();
    rack.requests = [];
    const before = await rack.nexus.store.db.selectFrom("multicast_target").selectAll().execute();
    const { groups_verified, targets } = await rack.pass();
    expect(groups_verified).toBe(1);
    expect(rack.writes()).toEqual([]);
    const reads = rack.requests.filter((request) => /mcast|multicast|opte/.test(request));
    // The last page of dpd is empty.
    expect(reads).toHaveLength(2 * SWITCHES.length + 3 * rack.sleds.length);
    expect(Object.values(targets)).toEqual(
      Object.values(targets).map(() => expect.objectContaining({ outcome: "applied", changed: 0 })),
    );
    expect(await rack.nexus.store.db.selectFrom("multicast_target").selectAll().execute()).toEqual(before);
    for (const { acknowledged_generation } of before) expect(acknowledged_generation).toBe(await generation());
  });

  it("fills a switch that restarted empty, with the right tag, so that the end of the group leaves nothing", async () => {
    await rack.join("one", G);
    await rack.join("two", G);
    await rack.pass();
    rack.restartDpd("switch1");
    await rack.pass();
    for (const name of SWITCHES) expect(await rack.groups(name)).toEqual(line(one.sled, two.sled));
  });

  it("goes on without a switch that is away, and brings it up to date when it is back", async () => {
    rack.down.add("switch0");
    await rack.join("one", G);
    await rack.pass();
    await rack.pass();
    expect(await rack.members(G)).toEqual(["Joined"]);
    expect(await rack.groups("switch1")).toEqual(line(one.sled));
    expect(await target("switch0")).toMatchObject({ last_error: expect.stringContaining("switch0") });
    expect((await target("switch0")).acknowledged_generation).toBeLessThan(await generation());
    rack.down.delete("switch0");
    await rack.pass();
    expect(await rack.groups("switch0")).toEqual(line(one.sled));
    expect(await target("switch0")).toMatchObject({ last_error: null, acknowledged_generation: await generation() });
  });

  it("removes what a switch kept of a group that ended while it was away", async () => {
    await rack.join("one", G);
    await rack.pass();
    rack.down.add("switch1");
    await rack.leave("one", G);
    await rack.pass();
    await rack.pass();
    expect(await rack.nexus.store.db.selectFrom("multicast_group").selectAll().execute()).toEqual([]);
    rack.down.delete("switch1");
    expect(await rack.groups("switch1")).toEqual(line(one.sled));
  });

  it("waits for a switch when none answers", async () => {
    for (const name of SWITCHES) rack.down.add(name);
    await rack.join("one", G);
    const { errors, groups_created } = await rack.pass();
    expect(groups_created).toBe(0);
    expect(errors.join()).toContain("1 groups wait for a switch");
    expect(await rack.members(G)).toEqual(["Joining"]);
    rack.down.clear();
    await rack.pass();
    expect(await rack.members(G)).toEqual(["Joined"]);
  });

  it("lets a membership be, whose instance starts while no switch answers, and wakes it then", async () => {
    await rack.stop("one");
    for (const name of SWITCHES) rack.down.add(name);
    await rack.join("one", G);
    await rack.pass();
    expect(await rack.members(G)).toEqual(["Left"]);
    await rack.startAgain("one");
    one = { id: one.id, ...(await rack.placed(one.id)) };
    await rack.pass();
    expect(await rack.members(G)).toEqual(["Left"]);
    rack.down.clear();
    await rack.pass();
    await rack.pass();
    expect(await rack.members(G)).toEqual(["Joined"]);
    expect(await rack.groups("switch0")).toEqual(line(one.sled));
  });

  it("treats a switch without an ASIC as away", async () => {
    rack.restartDpd("switch0", "absent");
    await rack.join("one", G);
    await rack.pass();
    await rack.pass();
    expect(await rack.members(G)).toEqual(["Joined"]);
    expect((await target("switch0")).last_error).not.toBeNull();
    rack.restartDpd("switch0");
    await rack.pass();
    expect(await rack.groups("switch0")).toEqual(line(one.sled));
  });

  it("is not held up by a sled that does not answer", async () => {
    const third = rack.sleds.findIndex(({ id }) => id !== one.sled && id !== two.sled);
    await rack.join("one", G);
    await rack.pass();
    rack.hang(rack.sledAt(third).host);
    await rack.pass();
    await rack.join("two", G);
    const { targets } = await rack.pass();
    // The pass is over, and the sled has still not answered.
    expect(targets[`sled:${rack.sledAt(third).id}`]).toMatchObject({ outcome: "running" });
    expect(await rack.groups("switch0")).toEqual(line(one.sled, two.sled));
    expect(await rack.members(G)).toEqual(["Joined", "Joined"]);
  });

  it("is not held up by a switch that does not answer", async () => {
    rack.hang("switch1");
    await rack.join("one", G);
    // Whoever waits gets an answer long before the other deadlines of this test.
    const { status, body } = await rack.lockstep("/multicast/wait?timeout_ms=8000");
    expect({ status, ...body }).toMatchObject({ status: 200, exempt: [{ target: "switch1" }] });
    expect(await rack.groups("switch0")).toEqual(line(one.sled));
    expect(await rack.members(G)).toEqual(["Joined"]);
  });

  it("repairs what somebody changed by hand on a sled and on a switch", async () => {
    await rack.join("one", G);
    await rack.pass();
    await rack.pass();
    const { opte } = rack.sledAt(0).ctx;
    opte.m2p.clear({ group: G, underlay: U });
    opte.m2p.set({ group: "224.1.9.9", underlay: "ff04::9" });
    opte.forwarding.clear(U);
    await rack.dpd("switch0").multicast_reset();
    await rack.pass();
    expect(rack.sledState(0)).toMatchObject({ m2p: [`${G}→${U}`], forwarding: [expect.stringContaining(U)] });
    expect(await rack.groups("switch0")).toEqual(line(one.sled));
  });

  it("leaves alone the groups, and the ports, of others", async () => {
    const dpd = rack.dpd("switch0");
    const front = { port_id: "qsfp0", link_id: 0, direction: "External" } as const;
    await dpd.link_create({
      path: { port_id: "qsfp0" },
      body: { speed: "Speed100G", autoneg: false, kr: false, allow_ddm_traffic: false },
    });
    const { tag: theirs } = await dpd.multicast_group_create_underlay({
      body: { group_ip: "ff04::77", members: [front] },
    });
    await rack.join("one", G);
    await rack.pass();
    const { tag, members } = await dpd.multicast_group_get_underlay({ path: { group_ip: U } });
    await dpd.multicast_group_update_underlay({
      path: { group_ip: U },
      query: { tag },
      body: { members: [...members, front] },
    });
    await rack.join("two", G);
    await rack.pass();
    expect(await rack.groups("switch0")).toEqual([
      `${G}→${U} [any] (${`qsfp0,${port(one.sled, two.sled)}`})`,
      "ff04::77 alone (qsfp0)",
    ]);
    await dpd.multicast_group_delete({ path: { group_ip: "ff04::77" }, query: { tag: theirs } });
  });

  it("lets memberships rest while the instance is stopped, and wakes them", async () => {
    await rack.join("one", G, { source_ips: ["10.0.0.7"] });
    await rack.pass();
    await rack.stop("one");
    await rack.pass();
    expect(await rack.members(G)).toEqual(["Left"]);
    expect(await rack.groups("switch0")).toEqual([`${G}→${U} [10.0.0.7] ()`]);
    for (const sled of rack.sleds.keys()) expect(rack.sledState(sled).m2p).toEqual([]);
    await rack.startAgain("one");
    one = { id: one.id, ...(await rack.placed(one.id)) };
    await rack.pass();
    await rack.pass();
    expect(await rack.members(G)).toEqual(["Joined"]);
    expect(rack.sledState(rack.indexOf(one.sled)).subscriptions).toEqual([`${G} [10.0.0.7]`]);
  });

  it("brings to switches and sleds at once what it decides at the end of a pass", async () => {
    await rack.join("one", G);
    await rack.pass();
    expect(await rack.members(G)).toEqual(["Joined"]);
    rack.delay = async () => {
      rack.delay = undefined;
      const dormant = { state: "left", sled_id: null } as const;
      await rack.nexus.store.db.updateTable("multicast_group_member").set(dormant).execute();
    };
    await rack.pass();
    await rack.until(() => rack.members(G), ["Joined"]);
    const { body } = await rack.lockstep("/bgtasks/view/multicast_reconciler");
    expect(body.last.details.reason, "not by the clock").toBe("signaled");
    expect(await rack.groups("switch0")).toEqual(line(one.sled));
  });

  it("follows a sled to another switch port", async () => {
    await rack.join("one", G);
    await rack.pass();
    await rack.nexus.store.db.updateTable("sled").set({ slot: 21 }).where("id", "=", one.sled).execute();
    await rack.pass();
    expect(await rack.groups("switch0")).toEqual([`${G}→${U} [any] (rear21)`]);
    await rack.nexus.store.db.updateTable("sled").set({ slot: null }).where("id", "=", one.sled).execute();
    await rack.pass();
    // Nothing is pruned while it is not known where the sled is.
    expect(await rack.groups("switch0")).toEqual([`${G}→${U} [any] (rear21)`]);
    expect(await rack.members(G)).toEqual(["Joining"]);
    await rack.nexus.store.db
      .updateTable("sled")
      .set({ slot: rack.indexOf(one.sled) })
      .where("id", "=", one.sled)
      .execute();
    await rack.pass();
    expect(await rack.groups("switch0")).toEqual(line(one.sled));
    expect(await rack.members(G)).toEqual(["Joined"]);
  });

  it("ends a membership that was given up before it was in place", async () => {
    for (const name of SWITCHES) rack.down.add(name);
    await rack.join("one", G);
    await rack.leave("one", G);
    await rack.pass();
    expect((await rack.call("GET", `/v1/multicast-groups/${G}`)).status).toBe(404);
  });
});
