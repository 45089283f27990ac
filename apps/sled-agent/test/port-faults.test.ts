/** A VMM whose ports the packet engine refuses: nothing is left behind, and what was asked is not half there. */
import { describe, expect, test } from "vitest";
import { VMM, newest } from "./bodies.ts";
import { rig, stateIn } from "./rig.ts";
import { faultyEngine } from "./support/faulty-engine.ts";

const running = { state: { type: "running" } };
const GROUPS = [
  { group_ip: "224.1.1.1", sources: [] },
  { group_ip: "224.1.1.2", sources: [] },
];

describe("when the packet engine fails", () => {
  // create, addresses, rules, subnets, two subscriptions.
  test.each([0, 1, 2, 3, 4, 5])("at operation %i of a start, the VMM fails, and its ports are gone", async (n) => {
    const engine = faultyEngine();
    const r = rig({ overrides: { engine } });
    await r.ask("PUT", `/vmms/${VMM}`, newest({ multicast_groups: GROUPS }));
    engine.failAt(n);
    await r.ask("PUT", `/vmms/${VMM}/state`, running);
    await r.sim.clock.advance(2_000);
    expect(r.nexus.statesOf(VMM)).toEqual(["failed"]);
    expect((await r.ask("GET", `/vmms/${VMM}/state`)).status).toBe(404);
    expect(engine.ports().size).toBe(0);
    expect((await r.ask("GET", "/vpc-routes")).body).toEqual([]);
    expect((await r.ask("GET", "/debug/opte/violations")).body).toEqual([]);
  });

  test("while the VMM runs, the change is refused, the VMM goes on as it was, and the same can be asked again", async () => {
    const engine = faultyEngine();
    const r = rig({ overrides: { engine } });
    await r.ask("PUT", `/vmms/${VMM}`, newest({ multicast_groups: GROUPS }));
    await r.ask("PUT", `/vmms/${VMM}/state`, running);
    await r.sim.clock.advance(500);
    const before = (await r.ask("GET", "/debug/opte/ports")).body;
    const changes: [method: string, path: string, body: unknown][] = [
      ["PUT", "multicast-group", { group_ip: "224.1.1.3", sources: ["10.0.0.1"] }],
      ["PUT", "external-ip", { type: "floating", value: "10.0.0.9" }],
      ["POST", "attached-subnets", { subnet: "10.5.0.0/16", kind: "vpc" }],
    ];
    for (const [method, path, body] of changes) {
      engine.failAt(0);
      const answer = await r.ask(method, `/vmms/${VMM}/${path}`, body);
      expect(answer).toMatchObject({ status: 500, body: { error_code: "Internal" } });
      expect((await r.ask("GET", "/debug/opte/ports")).body).toEqual(before);
    }
    for (const [method, path, body] of changes) {
      expect((await r.ask(method, `/vmms/${VMM}/${path}`, body)).status).toBe(204);
    }
    expect((await r.ask("GET", "/debug/opte/ports")).body).toMatchObject([
      {
        external_ips: { v4: { floating_ips: ["10.0.0.9"] } },
        attached_subnets: [{ subnet: "10.5.0.0/16" }],
        multicast_groups: [{}, {}, { group_ip: "224.1.1.3" }],
      },
    ]);
    expect(stateIn(await r.ask("GET", `/vmms/${VMM}/state`))?.state).toBe("running");
  });
});

test("an interface has one port: a second VMM with it fails to start, and the first keeps it", async () => {
  const r = rig();
  const other = VMM.replace(/1$/, "2");
  for (const id of [VMM, other]) {
    await r.ask("PUT", `/vmms/${id}`, newest());
    await r.ask("PUT", `/vmms/${id}/state`, running);
    await r.sim.clock.advance(500);
  }
  expect(r.nexus.statesOf(other)).toEqual(["failed"]);
  expect((await r.ask("GET", "/debug/opte/ports")).body).toMatchObject([{ propolis_id: VMM }]);
  expect((await r.ask("GET", "/debug/opte/violations")).body).toEqual([]);
});

describe("in simulated mode", () => {
  const sim = async () => {
    const r = rig({ config: { mode: "sim" } });
    await r.ask("PUT", `/vmms/${VMM}`, newest());
    return r;
  };

  test("a VMM's routers are known from its registration until it is forgotten", async () => {
    const r = await sim();
    expect((await r.ask("GET", "/vpc-routes")).body).toHaveLength(2);
    await r.ask("PUT", `/vmms/${VMM}`, newest());
    await r.ask("DELETE", `/vmms/${VMM}`);
    expect((await r.ask("GET", "/vpc-routes")).body).toEqual([]);
  });

  test("an unknown VMM is a 500, and a subnet that is attached a Conflict, as in upstream's simulator", async () => {
    const r = await sim();
    const subnet = { subnet: "10.5.0.0/16", kind: "vpc" };
    const path = `/vmms/${VMM}/attached-subnets`;
    expect((await r.ask("POST", path, subnet)).status).toBe(204);
    expect(await r.ask("POST", path, subnet)).toMatchObject({ status: 409, body: { error_code: "Conflict" } });
    const unknown = VMM.replace(/1$/, "9");
    const group = { group_ip: "224.1.1.1", sources: [] };
    expect((await r.ask("PUT", `/vmms/${VMM}/multicast-group`, group)).status).toBe(204);
    expect((await r.ask("PUT", `/vmms/${unknown}/multicast-group`, group)).status).toBe(500);
    expect((await r.ask("POST", `/vmms/${unknown}/attached-subnets`, subnet)).status).toBe(500);
  });
});
