/** What operators see of multicast, and the wait that scripts use instead of sleeping. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { McastRack } from "./support/rack.ts";

const G = "224.1.2.3";

describe("the operators' view of multicast", () => {
  let rack: McastRack;
  let one: { id: string; sled: string; propolis: string };
  beforeAll(async () => {
    rack = await new McastRack().start();
    rack.runTasks();
    one = await rack.run("one");
    await rack.run("two");
  });
  afterAll(() => rack.close());

  // oxlint-disable-next-line typescript/no-explicit-any
  const steps = (body: any): string[] =>
    body.steps.map(({ step, ok }: { step: string; ok: boolean }) => `${ok ? "+" : "-"} ${step}`);
  const why = async (group: string, instance: string) =>
    (await rack.lockstep(`/multicast/why/${group}/${instance}`)).body;

  it("waits until what was decided is applied, without a look at anything else", async () => {
    await rack.join("one", G, { source_ips: ["10.0.0.7"] });
    const { status, body } = await rack.lockstep("/multicast/wait?timeout_ms=5000");
    expect({ status, ...body }).toMatchObject({ status: 200, exempt: [] });
    expect(body.applied).toHaveLength(2 + rack.sleds.length);
    expect(await rack.members(G)).toEqual(["Joined"]);
    expect(rack.sledState(rack.indexOf(one.sled)).subscriptions).toEqual([`${G} [10.0.0.7]`]);
  });

  it("lists groups, members and targets with what becomes of them", async () => {
    expect((await rack.lockstep("/multicast/groups")).body).toEqual([
      expect.objectContaining({
        multicast_ip: G,
        underlay_ip: "ff04::e001:203",
        state: "active",
        sources: ["10.0.0.7"],
        members: 1,
        joined: 1,
        condition: "every switch and sled that can be reached holds it",
      }),
    ]);
    expect((await rack.lockstep("/multicast/members")).body).toEqual([
      expect.objectContaining({
        instance_name: "one",
        state: "joined",
        ended: false,
        sled_id: one.sled,
        source_ips: ["10.0.0.7"],
      }),
    ]);
    const { body: targets } = await rack.lockstep("/multicast/targets");
    expect(targets).toHaveLength(2 + rack.sleds.length);
    for (const target of targets)
      expect(target).toMatchObject({ outcome: "in_sync", differences: [], acknowledged_generation: target.generation });
  });

  it("tells every step from intent to table", async () => {
    const body = await why(G, "one");
    expect(body).toMatchObject({ complete: true, multicast_ip: G, instance_id: one.id });
    expect(steps(body)).toEqual([
      "+ membership",
      "+ instance",
      "+ group",
      "+ sled",
      "+ switch0 port",
      "+ switch0",
      "+ switch1 port",
      "+ switch1",
      "+ mapping",
      "+ forwarding",
      "+ subscription",
    ]);
    expect(steps(await why(`mcast-${G.replaceAll(".", "-")}`, one.id))).toEqual(steps(body));
    expect(await why(G, "two")).toMatchObject({
      complete: false,
      steps: [{ step: "membership", ok: false, detail: `two is not a member of ${G}` }],
    });
    expect((await rack.lockstep(`/multicast/why/224.9.9.9/one`)).status).toBe(404);
    expect((await rack.lockstep(`/multicast/why/${G}/nobody`)).status).toBe(404);
  });

  it("shows what differs while it does", async () => {
    const { opte } = rack.sledAt(rack.indexOf(one.sled)).ctx;
    await rack.pass();
    opte.m2p.clear({ group: G, underlay: "ff04::e001:203" });
    rack.down.add("switch1");
    const { body: targets } = await rack.lockstep("/multicast/targets");
    const of = (name: string) => targets.find(({ target }: { target: string }) => target === name);
    expect(of(`sled:${one.sled}`)).toMatchObject({ outcome: "differs", differences: [`map ${G} → ff04::e001:203`] });
    expect(of("switch1")).toMatchObject({ outcome: "unreachable" });
    const body = await why(G, "one");
    expect(body.complete).toBe(false);
    expect(steps(body).filter((step) => step.startsWith("-"))).toEqual(["- switch1", "- mapping"]);
    rack.heal();
    await rack.pass();
    await rack.pass();
    expect((await why(G, "one")).complete).toBe(true);
  });

  it("waits for those that can be reached, and names the others", async () => {
    rack.down.add("switch1");
    await rack.join("two", G, { source_ips: ["10.0.0.8"] });
    const { status, body } = await rack.lockstep("/multicast/wait?timeout_ms=5000");
    expect(status).toBe(200);
    expect(body.exempt).toEqual([{ target: "switch1", reason: expect.stringContaining("unreachable: ") }]);
    rack.down.add("switch0");
    await rack.leave("two", G);
    const late = await rack.lockstep("/multicast/wait?timeout_ms=300");
    expect(late.status).toBe(504);
    expect(late.body.message).toContain("is not applied everywhere after 300 ms: switch0");
    rack.heal();
    expect((await rack.lockstep("/multicast/wait")).status).toBe(200);
  });

  it("refuses to wait for what is not decided yet, or for too long", async () => {
    expect((await rack.lockstep("/multicast/wait?generation=999999")).body.message).toContain(
      "generation: 999999 is not reached",
    );
    expect((await rack.lockstep("/multicast/wait?timeout_ms=60001")).body.message).toBe(
      "timeout_ms: 60001 is more than 60000",
    );
  });
});
