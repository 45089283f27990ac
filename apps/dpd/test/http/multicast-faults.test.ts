/** Every multicast operation with every one of its writes failing, and with undos failing too. */
import { describe, expect, test } from "vitest";
import { isRead, type Fault, type Operation } from "../../src/asic/index.ts";
import {
  EXTERNAL,
  external,
  GROUPS,
  member,
  startMulticast,
  target,
  UNDERLAY,
  type Multicast,
} from "./support/multicast.ts";

/** One fault of each kind, one at each moment. */
const FAULTS: readonly Fault[] = [
  { kind: "synthetic", when: "before" },
  { kind: "internal", when: "after" },
];

const members = [member("rear0", "Underlay"), member("rear1", "External"), member("qsfp0", "External")];
const others = [member("rear2", "Underlay"), member("qsfp0", "External"), member("qsfp1", "External")];
const v4 = [{ Exact: "10.0.0.1" }, { Exact: "10.0.0.2" }];
const v6 = [{ Exact: "2001:db8::1" }];

interface Change {
  readonly what: string;
  readonly operation: string;
  readonly body?: unknown;
  readonly status: number;
}

const changes: readonly Change[] = [
  {
    what: "create an empty underlay group",
    operation: `POST ${UNDERLAY}`,
    body: { group_ip: "ff04::9", tag: "n", members: [] },
    status: 201,
  },
  {
    what: "create an underlay group with members",
    operation: `POST ${UNDERLAY}`,
    body: { group_ip: "ff04::9", tag: "n", members },
    status: 201,
  },
  {
    what: "create an external IPv4 group",
    operation: `POST ${EXTERNAL}`,
    body: external("239.9.9.9", { vlan: 7, sources: v4, tag: "n" }),
    status: 201,
  },
  {
    what: "create an external IPv6 group",
    operation: `POST ${EXTERNAL}`,
    body: external("ff3e::9", { vlan: 7, sources: v6, tag: "n" }),
    status: 201,
  },
  { what: "exchange members", operation: `PUT ${UNDERLAY}/ff04::1?tag=t`, body: { members: others }, status: 200 },
  { what: "add the first members", operation: `PUT ${UNDERLAY}/ff04::2?tag=t`, body: { members }, status: 200 },
  { what: "remove the last members", operation: `PUT ${UNDERLAY}/ff04::1?tag=t`, body: { members: [] }, status: 200 },
  {
    what: "change sources",
    operation: `PUT ${EXTERNAL}/239.1.1.1?tag=t`,
    body: external(undefined, { vlan: 10, sources: [v4[1]] }),
    status: 200,
  },
  {
    what: "change the VLAN",
    operation: `PUT ${EXTERNAL}/239.1.1.1?tag=t`,
    body: external(undefined, { vlan: 11 }),
    status: 200,
  },
  { what: "remove the VLAN", operation: `PUT ${EXTERNAL}/239.1.1.1?tag=t`, body: external(undefined), status: 200 },
  {
    what: "change the target",
    operation: `PUT ${EXTERNAL}/239.1.1.1?tag=t`,
    body: external(undefined, { vlan: 10, to: target(3) }),
    status: 200,
  },
  {
    what: "change all of an IPv6 group",
    operation: `PUT ${EXTERNAL}/ff0e::1?tag=t`,
    body: external(undefined, { vlan: 12, sources: v6, to: target(3, 9) }),
    status: 200,
  },
  { what: "delete an external group", operation: `DELETE ${GROUPS}/239.1.1.1?tag=t`, status: 204 },
  { what: "delete an underlay group", operation: `DELETE ${GROUPS}/ff04::4?tag=w`, status: 204 },
  { what: "reset a tag", operation: "DELETE /multicast/tags/w", status: 204 },
  { what: "reset all", operation: `DELETE ${GROUPS}`, status: 204 },
];

/** Underlay groups with and without members; external groups of both families with a VLAN on one of them. */
async function setUp(): Promise<Multicast> {
  const one = startMulticast();
  for (const [ip, tag, its] of [
    ["ff04::1", "t", members],
    ["ff04::2", "t", []],
    ["ff04::3", "t", others],
    ["ff04::4", "w", members],
  ] as const) {
    await one.ok(201, `POST ${UNDERLAY}`, { body: { group_ip: ip, tag, members: its } });
  }
  await one.ok(201, `POST ${EXTERNAL}`, { body: external("239.1.1.1", { vlan: 10, tag: "t", sources: [v4[0]] }) });
  await one.ok(201, `POST ${EXTERNAL}`, { body: external("ff0e::1", { tag: "t" }) });
  await one.ok(201, `POST ${EXTERNAL}`, { body: external("ff0e::2", { tag: "w", to: target(2) }) });
  return one;
}

/** Counts writes from now on and fails those chosen. */
function failing(one: Multicast, fault: Fault, chosen: (write: number) => boolean): { writes: number } {
  const seen = { writes: 0 };
  one.faults.next = (operation: Operation) => (!isRead(operation) && chosen(++seen.writes) ? fault : undefined);
  return seen;
}

const NEVER: Fault = { kind: "internal", when: "before" };

/** Without faults: how many writes it takes and what is there afterwards. */
async function faultless({ operation, body, status }: Change): Promise<{ writes: number; after: unknown }> {
  const one = await setUp();
  const seen = failing(one, NEVER, () => false);
  await one.ok(status, operation, { body });
  return { writes: seen.writes, after: await one.snapshot() };
}

describe.each(changes)("$what", (change) => {
  const { operation, body, status } = change;

  test("a fault at any write changes nothing, and a repetition does what was asked for", async () => {
    const { writes, after } = await faultless(change);
    expect(writes).toBeGreaterThan(0);
    for (const fault of FAULTS) {
      for (let k = 1; k <= writes; k++) {
        const one = await setUp();
        const before = await one.snapshot();
        failing(one, fault, (write) => write === k);
        await one.ok(fault.kind === "synthetic" ? 418 : 500, operation, { body });
        expect(await one.snapshot(), `write ${k} of ${writes}, ${fault.when}`).toEqual(before);
        expect(one.ctx.mcast.metrics()).toMatchObject({ rollbacks: 1, rollbackFailures: 0, inconsistent: [] });
        one.faults.next = undefined;
        await one.ok(status, operation, { body });
        expect(await one.snapshot()).toEqual(after);
      }
    }
  });

  test("when the undo fails as well it says so, marks the groups, and the next change mends them", async () => {
    const { writes, after } = await faultless(change);
    let marked = 0;
    for (const fault of FAULTS) {
      for (let k = 1; k <= writes; k++) {
        // From the first failure on none, or every second one, succeeds.
        for (const chosen of [(write: number) => write >= k, (write: number) => write >= k && (write - k) % 2 === 0]) {
          const one = await setUp();
          const before = await one.snapshot();
          const groups = await one.groups();
          failing(one, fault, chosen);
          const { status: answered, body: answer } = await one.call(operation, { body });
          expect(await one.groups()).toEqual(groups);
          one.faults.next = undefined;
          const { inconsistent } = one.ctx.mcast.metrics();
          if (inconsistent.length === 0) {
            expect(await one.snapshot()).toEqual(before);
          } else {
            marked++;
            expect({ answered, answer }).toMatchObject({ answered: 500, answer: { error_code: "rollback failure" } });
          }
          await one.ok(status, operation, { body });
          expect(await one.snapshot(), `write ${k} of ${writes}, ${fault.when}`).toEqual(after);
          expect(one.ctx.mcast.metrics().inconsistent).toEqual([]);
        }
      }
    }
    expect(marked).toBeGreaterThan(0);
  });

  test("while an undo cannot be finished every change is refused, and reads are served", async () => {
    const one = await setUp();
    const before = await one.snapshot();
    // The first write takes effect and says that it failed; no other one takes effect.
    let writes = 0;
    one.faults.next = (name) => {
      if (isRead(name)) return undefined;
      return { kind: "internal", when: ++writes === 1 ? "after" : "before" };
    };
    await one.ok(500, operation, { body });
    expect(await one.ok(500, `DELETE ${GROUPS}/239.1.1.1?tag=t`)).toMatchObject({ error_code: "rollback failure" });
    await one.ok(200, `GET ${GROUPS}/239.1.1.1`);
    expect(one.ctx.mcast.metrics().inconsistent).not.toEqual([]);
    one.faults.next = undefined;
    await one.ok(400, `DELETE ${GROUPS}/239.1.1.1?tag=wrong`);
    expect(one.ctx.mcast.metrics().inconsistent).toEqual([]);
    expect(await one.snapshot()).toEqual(before);
  });
});

test("a read that fails while planning changes nothing", async () => {
  for (const { operation, body, status } of changes) {
    const counted = await setUp();
    let reads = 0;
    counted.faults.next = (name) => {
      if (isRead(name)) reads++;
      return undefined;
    };
    await counted.ok(status, operation, { body });
    for (let k = 1; k <= reads; k++) {
      const one = await setUp();
      const before = await one.snapshot();
      let seen = 0;
      one.faults.next = (name) => (isRead(name) && ++seen === k ? { kind: "internal", when: "before" } : undefined);
      await one.ok(500, operation, { body });
      expect(await one.snapshot()).toEqual(before);
    }
  }
});

test("an ASIC that goes away during a change leaves no groups and all ids", async () => {
  const one = await setUp();
  one.faults.next = (operation) => {
    if (operation === "addGroupPort") one.ctx.switch.detach("pulled out");
    return undefined;
  };
  await one.ok(503, `POST ${UNDERLAY}`, { body: { group_ip: "ff04::9", members } });
  expect(await one.groups()).toEqual([]);
  expect(one.ctx.mcast.metrics()).toMatchObject({ idsAvailable: 65_435, inconsistent: [] });
});
