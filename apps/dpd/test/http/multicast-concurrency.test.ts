/** Multicast requests at the same time. */
import { expect, test } from "vitest";
import { EXTERNAL, external, GROUPS, member, startMulticast, UNDERLAY, type Multicast } from "./support/multicast.ts";

const underlay = (n: number, members: unknown[] = []) => ({
  body: { group_ip: `ff04::${n.toString(16)}`, tag: "t", members },
});

/** Enough that a reset of all pauses to let others run. */
const MANY = 900;

async function withMany(): Promise<Multicast> {
  const one = startMulticast();
  for (let n = 1; n <= MANY; n++) await one.ok(201, `POST ${UNDERLAY}`, underlay(n));
  return one;
}

test("of requests to create one group at the same time one succeeds, and the others take no ids", async () => {
  const one = startMulticast();
  const answers = await Promise.all(Array.from({ length: 20 }, () => one.call(`POST ${UNDERLAY}`, underlay(1))));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(19).fill(409)]);
  expect(one.ctx.mcast.metrics().idsAvailable).toBe(65_433);
});

test("an external group and the deletion of its target exclude each other", async () => {
  const one = startMulticast();
  await one.ok(201, `POST ${UNDERLAY}`, underlay(1, [member("qsfp0", "External")]));
  const [created, deleted] = await Promise.all([
    one.call(`POST ${EXTERNAL}`, { body: external("239.1.1.1", { tag: "t" }) }),
    one.call(`DELETE ${GROUPS}/ff04::1?tag=t`),
  ]);
  const outcome = [created.status, deleted.status, (await one.groups()).length];
  expect([
    [201, 400, 2],
    [400, 204, 0],
  ]).toContainEqual(outcome);
});

test("lists and dumps during a long change see all of it or nothing, and health is answered meanwhile", async () => {
  const one = await withMany();
  let running = true;
  const reset = one.ok(204, `DELETE ${GROUPS}`).finally(() => {
    running = false;
  });
  const seen = { groups: new Set<number>(), rows: new Set<number>(), health: 0 };
  while (running) {
    const health = one.call("GET /health").then(({ status }) => {
      if (status === 200 && running) seen.health++;
    });
    const [groups, { body: dump }] = await Promise.all([
      one.groups(),
      one.call("GET /table/Ingress.l3_router.MulticastRouter6.tbl/dump?from_hardware=true"),
      health,
    ]);
    seen.groups.add(groups.length);
    seen.rows.add((dump as { entries: unknown[] }).entries.length);
  }
  await reset;
  expect(seen.health).toBeGreaterThan(0);
  for (const count of [...seen.groups, ...seen.rows]) expect([0, MANY]).toContain(count);
  expect(await one.snapshot()).toEqual({ asic: [], groups: [], ids: 65_435 });
});

test("an ASIC that is exchanged during a long change starts with no groups and all ids", async () => {
  const one = await withMany();
  const reset = one.call(`DELETE ${GROUPS}`);
  let destroyed = 0;
  one.faults.next = (operation) => {
    if (operation === "destroyGroup" && ++destroyed === 10) one.ctx.switch.detach("pulled out");
    return undefined;
  };
  const { status } = await reset;
  expect(status).toBe(503);
  expect(await one.groups()).toEqual([]);
  expect(one.ctx.mcast.metrics()).toMatchObject({ idsAvailable: 65_435, inconsistent: [] });
  expect((await one.call(`POST ${UNDERLAY}`, underlay(1))).status).toBe(503);
});
