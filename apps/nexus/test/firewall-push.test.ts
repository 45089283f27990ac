import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { emptyRack } from "./support/rack-rows.ts";
import { smallInstance, startRack, type Rack } from "./support/rack.ts";

let rack: Rack;
beforeAll(async () => {
  rack = await startRack({ sleds: 2 });
});
afterAll(() => rack.close());
beforeEach(async () => {
  for (const sled of rack.sleds) {
    sled.down = false;
    sled.crash();
    sled.broken.clear();
    sled.gates.clear();
  }
  await emptyRack(rack);
  await rules([rule("base")]);
  for (const sled of rack.sleds) sled.calls.length = 0;
});

type Target = { type: string; value: string };
const EVERYBODY: Target = { type: "vpc", value: "default" };
const rule = (name: string, priority = 100, target = EVERYBODY) => ({
  name,
  description: "",
  status: "enabled",
  direction: "inbound",
  action: "allow",
  priority,
  targets: [target],
  filters: {},
});
const rules = (list: object[]) => rack.ok("PUT", "/v1/vpc-firewall-rules?project=p&vpc=default", { rules: list });
const start = async (name = "web"): Promise<{ vmm: string; sled: number }> => {
  const { id } = await rack.ok("POST", "/v1/instances?project=p", smallInstance(name));
  await rack.settled();
  const vmms = await rack.ok("GET", "/debug/vmms", undefined, { api: "lockstep" });
  const mine = vmms.find(({ instance_id }: { instance_id: string }) => instance_id === id);
  return { vmm: mine.id, sled: rack.sledIds.indexOf(mine.sled_id) };
};
const pass = () => rack.pass("vpc_firewall_rules");
const puts = () => rack.sleds.map(({ calls }) => calls.filter((call) => call === "vpc_firewall_rules_put").length);
/** Priorities of the rules that a sled was last told. */
const told = (sled: number) =>
  [...(rack.sleds[sled]?.rules.values() ?? [])].map((of) => of.map(({ priority }) => priority));

it("an instance has the rules of its registration: its sled is not told them again", async () => {
  await start();
  expect(await pass()).toEqual({ checked: 1, told: 0 });
  expect(puts()).toEqual([0, 0]);
});

it("rules that change are told to the sleds that run something of the VPC, once", async () => {
  const { sled } = await start();
  await rules([rule("base"), rule("more", 7)]);
  expect(await pass()).toEqual({ checked: 1, told: 1 });
  expect(told(sled)).toEqual([[7, 100]]);
  expect(puts()[1 - sled]).toBe(0);
  expect(await pass()).toEqual({ checked: 1, told: 0 });
  await rules([]);
  expect(await pass()).toEqual({ checked: 1, told: 1 });
  expect(told(sled)).toEqual([[]]);
  // What comes later is registered with them.
  const { vmm, sled: other } = await start("two");
  expect(rack.sleds[other]?.vmms.get(vmm)?.body.local_config.firewall_rules).toEqual([]);
  expect(await pass()).toEqual({ checked: 2, told: 0 });
});

it("a rule for one instance is told with its interfaces, and also when it is about another one", async () => {
  const { sled } = await start();
  await rules([rule("base"), rule("one", 5, { type: "instance", value: "web" })]);
  expect(await pass()).toMatchObject({ told: 1 });
  const [told] = [...(rack.sleds[sled]?.rules.values() ?? [])];
  expect(told?.map(({ priority, targets }) => [priority, targets.length])).toEqual([
    [5, 1],
    [100, 0],
  ]);
  await rules([
    rule("base"),
    rule("one", 5, { type: "instance", value: "web" }),
    rule("two", 6, { type: "instance", value: "nobody" }),
  ]);
  expect(await pass()).toMatchObject({ told: 0 });
});

it("rules that change while a VMM is being registered reach it all the same", async () => {
  const gate = Promise.withResolvers<void>();
  for (const sled of rack.sleds) sled.gates.set("vmm_register", gate.promise);
  const starting = start();
  await expect.poll(() => rack.sleds.flatMap(({ calls }) => calls)).toContain("vmm_register");
  await rules([rule("late", 9)]);
  expect(await pass()).toEqual({ checked: 0, told: 0 });
  gate.resolve();
  const { sled } = await starting;
  expect(await pass()).toEqual({ checked: 1, told: 1 });
  expect(told(sled)).toEqual([[9]]);
  expect(await pass()).toEqual({ checked: 1, told: 0 });
});

it("and while it is registered but has no ports yet, what it was told then does not count", async () => {
  const gate = Promise.withResolvers<void>();
  for (const sled of rack.sleds) sled.gates.set("vmm_put_state", gate.promise);
  const starting = start();
  await expect.poll(() => rack.sleds.flatMap(({ calls }) => calls)).toContain("vmm_put_state");
  await rules([rule("late", 9)]);
  expect(await pass()).toEqual({ checked: 1, told: 1 });
  gate.resolve();
  const { sled } = await starting;
  expect(await pass()).toEqual({ checked: 1, told: 1 });
  expect(told(sled)).toEqual([[9]]);
  expect(await pass()).toEqual({ checked: 1, told: 0 });
});

it("an instance that comes while its sled is being told is told again", async () => {
  const { sled } = await start();
  const { db } = rack.nexus.store;
  await db
    .updateTable("sled")
    .set({ provision_policy: "non_provisionable" })
    .where("id", "<>", rack.sledIds[sled] ?? "")
    .execute();
  const gate = Promise.withResolvers<void>();
  rack.sleds[sled]?.gates.set("vpc_firewall_rules_put", gate.promise);
  await rules([rule("one", 5, { type: "instance", value: "two" }), rule("base", 50)]);
  const passing = pass();
  await expect.poll(() => puts()[sled]).toBe(1);
  await start("two");
  rack.sleds[sled]?.gates.clear();
  gate.resolve();
  await passing;
  expect(told(sled)).toEqual([[50]]);
  expect(await pass()).toEqual({ checked: 1, told: 1 });
  expect(told(sled)).toEqual([[5, 50]]);
  await db.updateTable("sled").set({ provision_policy: "provisionable" }).execute();
});

it("a sled that is away is told when it is back, and one that starts again is told at once", async () => {
  const { sled } = await start();
  const agent = rack.sleds[sled];
  if (agent === undefined) throw new Error("no such sled");
  await rules([rule("more", 7)]);
  agent.down = true;
  await expect(pass()).rejects.toThrow(/1 of 1 sleds: the sled-agent of sled .* could not be reached/);
  agent.down = false;
  expect(await pass()).toMatchObject({ told: 1 });
  agent.rules.clear();
  await rack.startedAgain(sled);
  expect(await pass()).toMatchObject({ told: 1 });
  expect(told(sled)).toEqual([[7]]);
});

it("the target of a migration is registered with the rules of the moment", async () => {
  const { sled } = await start();
  await rules([rule("now", 3)]);
  const { id } = await rack.ok("GET", "/v1/instances/web?project=p");
  const there = rack.sleds[1 - sled];
  await rack.ok("POST", `/instances/${id}/migrate`, { dst_sled_id: rack.sledIds[1 - sled] }, { api: "lockstep" });
  await rack.settled();
  const [target = ""] = there?.vmms.keys() ?? [];
  expect(there?.vmms.get(target)?.body.local_config.firewall_rules).toMatchObject([{ priority: 3 }]);
  expect(await pass()).toEqual({ checked: 2, told: 1 });
  expect(puts()[1 - sled]).toBe(0);
});
