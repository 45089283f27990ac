import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SNAT_BLOCKS } from "@racklet/net";
import { storeLegs } from "@racklet/store/testing";
import { allocateEphemeral, allocateFloating, allocateSnat, type ExternalIp } from "../src/external-ip/allocate.ts";
import {
  beginAttachFloating,
  beginDetach,
  completeAttach,
  completeDetach,
  undoAttach,
  undoDetach,
} from "../src/external-ip/attach.ts";
import { deallocate, releaseAllOfInstance } from "../src/external-ip/deallocate.ts";
import type { PoolChoice } from "../src/external-ip/pool-choice.ts";
import { domain, type Domain } from "./support/domain.ts";

const auto: PoolChoice = { kind: "auto", ipVersion: null };
const v4: PoolChoice = { kind: "auto", ipVersion: "v4" };

describe.each(storeLegs())("external IPs on $name", (leg) => {
  let d: Domain;
  let projectId: string;
  const uuid = () => d.nexus.world.ids.uuid();
  beforeEach(async () => {
    d = await domain(leg);
    projectId = await d.project("p");
  });
  afterEach(() => d.close());

  const floating = (name: string, address: Parameters<typeof allocateFloating>[1]["address"] = auto) =>
    allocateFloating(d.nexus, { id: uuid(), projectId, siloId: d.siloId, name, description: "", address });
  const snat = (instanceId: string, ipVersion: "v4" | "v6" = "v4", id = uuid()) =>
    allocateSnat(d.nexus, { id, instanceId, siloId: d.siloId, ipVersion });
  const ephemeral = (instanceId: string, pool: PoolChoice = v4, id = uuid()) =>
    allocateEphemeral(d.nexus, { id, instanceId, siloId: d.siloId, pool });
  const stored = (id: string): Promise<ExternalIp> =>
    d.nexus.store.db.selectFrom("external_ip").selectAll().where("id", "=", id).executeTakeFirstOrThrow();

  it("go out lowest first, the ranges in the order in which they were added", async () => {
    await d.pool("a", [
      { first: "10.0.9.0", last: "10.0.9.1" },
      { first: "10.0.1.0", last: "10.0.1.1" },
    ]);
    const ips = [];
    for (const name of ["a", "b", "c", "d"]) ips.push((await floating(name)).ip);
    expect(ips).toEqual(["10.0.9.0", "10.0.9.1", "10.0.1.0", "10.0.1.1"]);
    await expect(floating("e")).rejects.toMatchObject({
      kind: "insufficient-capacity",
      message: "Insufficient capacity: No external IP addresses available",
    });
  });

  it("share an address between four source NAT blocks, and with nothing else", async () => {
    await d.pool("a", [{ first: "10.0.0.1", last: "10.0.0.3" }]);
    const instances = await Promise.all(["a", "b", "c", "d", "e"].map((name) => d.instance(name)));
    const blocks = [];
    for (const instance of instances) blocks.push(await snat(instance));
    expect(blocks.map(({ ip, first_port, last_port }) => [ip, first_port, last_port])).toEqual([
      ["10.0.0.1", 0, 16383],
      ["10.0.0.1", 16384, 32767],
      ["10.0.0.1", 32768, 49151],
      ["10.0.0.1", 49152, 65535],
      ["10.0.0.2", 0, 16383],
    ]);
    expect((await floating("f")).ip).toBe("10.0.0.3");
    await expect(floating("g")).rejects.toThrow("No external IP addresses available");
    await expect(floating("g", { kind: "address", ip: "10.0.0.2" })).rejects.toThrow(
      "Requested external IP address not available",
    );
    expect(await deallocate(d.nexus, blocks[2]!.id)).toBe(true);
    expect(await deallocate(d.nexus, blocks[2]!.id)).toBe(false);
    expect(await snat(await d.instance("f"))).toMatchObject({ ip: "10.0.0.1", first_port: 32768 });
  });

  it("give a saga that is run again the row it had, and refuse to revive one that was given back", async () => {
    await d.pool("a", [{ first: "10.0.0.1", last: "10.0.0.9" }]);
    const instance = await d.instance("a");
    const id = uuid();
    const first = await snat(instance, "v4", id);
    expect(await snat(instance, "v4", id)).toEqual(first);
    await deallocate(d.nexus, id);
    await expect(snat(instance, "v4", id)).rejects.toMatchObject({ kind: "internal" });
    const eid = uuid();
    expect((await ephemeral(instance, v4, eid)).ip).toEqual((await ephemeral(instance, v4, eid)).ip);
  });

  it("come out of ranges of any size at the cost of what is in use", async () => {
    await d.pool("four", [{ first: "10.0.0.0", last: "10.255.255.255" }]);
    await d.pool("six", [{ first: "fd00:1::", last: "fd00:1::ffff:ffff:ffff:ffff" }]);
    const v6 = { kind: "auto", ipVersion: "v6" } as const;
    const taken: string[] = [];
    for (let i = 0; i < 150; i++) taken.push((await floating(`f${i}`, v6)).id);
    expect((await stored(taken[149]!)).ip).toBe("fd00:1::95");
    await deallocate(d.nexus, taken[70]!);
    expect((await floating("again", v6)).ip).toBe("fd00:1::46");
    expect((await floating("next", v6)).ip).toBe("fd00:1::96");
    expect((await floating("four", v4)).ip).toBe("10.0.0.0");
  });

  it("are different for requests at the same time", async () => {
    await d.pool("a", [{ first: "10.0.0.0", last: "10.0.0.99" }]);
    const rows = await Promise.all([...Array(12).keys()].map((n) => floating(`f${n}`)));
    const ips = rows.map(({ ip }) => Number(ip.split(".")[3])).toSorted((x, y) => x - y);
    expect(ips).toEqual([...Array(12).keys()]);
  });

  it("reach the last address there is", async () => {
    await d.pool("top", [{ first: "255.255.255.254", last: "255.255.255.255" }]);
    expect([(await floating("a")).ip, (await floating("b")).ip]).toEqual(["255.255.255.254", "255.255.255.255"]);
    await expect(floating("c")).rejects.toMatchObject({ kind: "insufficient-capacity" });
  });

  describe("choose the pool", () => {
    const range = [{ first: "10.0.0.1", last: "10.0.0.9" }];
    it.each([
      ["there is no default", async () => {}, auto, "not found: default unicast IP pool for current silo"],
      [
        "there is no default of that version",
        () => d.pool("a", range),
        { kind: "auto", ipVersion: "v6" },
        "not found: default unicast IPv6 pool for current silo",
      ],
      [
        "both versions have a default",
        async () => {
          await d.pool("a", range);
          await d.pool("b", [{ first: "fd00::1", last: "fd00::9" }]);
        },
        auto,
        "Multiple default unicast IP pools exist with different IP versions. Please specify ip_version (v4 or v6) or provide an explicit pool.",
      ],
      [
        "the pool is multicast",
        () => d.pool("m", [{ first: "224.1.0.1", last: "224.1.0.9" }], { type: "multicast" }),
        { kind: "explicit", pool: { name: "m" } },
        "Pool 'm' is not a unicast pool (type: multicast)",
      ],
      [
        "the pool is not linked",
        () => d.pool("u", range, { linked: false }),
        { kind: "explicit", pool: { name: "u" } },
        'not found: ip-pool with name "u"',
      ],
      [
        "the address is in no pool",
        () => d.pool("a", range),
        { kind: "address", ip: "10.0.0.10" },
        "IP address 10.0.0.10 is not in any configured pool",
      ],
      [
        "the address is in a pool that is not linked",
        () => d.pool("a", range, { linked: false }),
        { kind: "address", ip: "10.0.0.1" },
        "IP address 10.0.0.1 is not in any configured pool",
      ],
    ] as const)("refusing when %s", async (_, prepare, address, message) => {
      await prepare();
      await expect(floating("f", address)).rejects.toMatchObject({ message });
    });

    it("by name, by id, or by the address", async () => {
      const id = await d.pool("a", range, { isDefault: false });
      expect(await floating("f", { kind: "explicit", pool: { name: "a" } })).toMatchObject({ ip: "10.0.0.1" });
      expect(await floating("g", { kind: "explicit", pool: { id } })).toMatchObject({ ip: "10.0.0.2", ip_pool_id: id });
      expect(await floating("h", { kind: "address", ip: "10.0.0.7" })).toMatchObject({ ip: "10.0.0.7" });
    });
  });

  it("have names that are unique in the project", async () => {
    await d.pool("a", [{ first: "10.0.0.1", last: "10.0.0.9" }]);
    await floating("f");
    await expect(floating("f")).rejects.toMatchObject({ message: 'already exists: floating-ip "f"' });
    // The refused one took nothing.
    expect((await floating("g")).ip).toBe("10.0.0.2");
  });

  describe("on their way to an instance", () => {
    let a: string;
    let b: string;
    beforeEach(async () => {
      await d.pool("a", [{ first: "10.0.0.1", last: "10.0.0.99" }]);
      [a, b] = [await d.instance("a"), await d.instance("b")];
    });

    it("go from detached over attaching to attached, and back", async () => {
      const { id } = await floating("f");
      expect(await beginAttachFloating(d.nexus, { id, instanceId: a })).toMatchObject({ proceed: true });
      expect(await stored(id)).toMatchObject({ state: "attaching", parent_id: a });
      await completeAttach(d.nexus, id);
      await completeAttach(d.nexus, id);
      expect(await beginAttachFloating(d.nexus, { id, instanceId: a })).toMatchObject({ proceed: false });
      expect(await beginDetach(d.nexus, { id, instanceId: a })).toMatchObject({ proceed: true });
      await undoDetach(d.nexus, id);
      expect(await stored(id)).toMatchObject({ state: "attached", parent_id: a });
      await beginDetach(d.nexus, { id, instanceId: a });
      await completeDetach(d.nexus, id);
      expect(await stored(id)).toMatchObject({ state: "detached", parent_id: null, time_deleted: null });
      expect(await beginDetach(d.nexus, { id, instanceId: a })).toMatchObject({ proceed: false });
    });

    it("are nobody else's meanwhile", async () => {
      const { id } = await floating("f");
      await beginAttachFloating(d.nexus, { id, instanceId: a });
      await expect(beginAttachFloating(d.nexus, { id, instanceId: b })).rejects.toMatchObject({ kind: "unavailable" });
      await expect(beginDetach(d.nexus, { id, instanceId: a })).rejects.toMatchObject({ kind: "unavailable" });
      await completeAttach(d.nexus, id);
      await expect(beginAttachFloating(d.nexus, { id, instanceId: b })).rejects.toThrow(
        "floating IP cannot be attached to one instance while still attached to another",
      );
      await expect(beginDetach(d.nexus, { id, instanceId: b })).rejects.toThrow(
        "floating IP is not attached to the target instance",
      );
    });

    it("are given back when the attach of an ephemeral one is undone", async () => {
      const { ip } = await ephemeral(a);
      await undoAttach(d.nexus, ip.id);
      await undoAttach(d.nexus, ip.id);
      expect((await stored(ip.id)).time_deleted).not.toBeNull();
      expect((await ephemeral(a)).ip.ip).toBe("10.0.0.1");
    });

    it("are at most one ephemeral per version", async () => {
      const { ip } = await ephemeral(a);
      await expect(ephemeral(a)).rejects.toMatchObject({ kind: "unavailable" });
      await completeAttach(d.nexus, ip.id);
      expect(await ephemeral(a)).toMatchObject({ ip: { id: ip.id }, proceed: false });
      expect(await beginDetach(d.nexus, { id: ip.id, instanceId: a })).toMatchObject({ proceed: true });
      await completeDetach(d.nexus, ip.id);
      expect(await beginDetach(d.nexus, { id: ip.id, instanceId: a })).toBeNull();
    });

    it("need a stack of their version on the primary interface", async () => {
      const six = await d.instance("six", { stack: "v6" });
      await expect(ephemeral(six)).rejects.toThrow(
        `The ephemeral external IP is an IPv4 address, but the instance with ID ${six} does not have a primary network interface`,
      );
      const { id } = await floating("f");
      await expect(beginAttachFloating(d.nexus, { id, instanceId: six })).rejects.toThrow("The floating external IP");
      expect((await stored(id)).state).toBe("detached");
    });

    it("need an instance in a state that can take them", async () => {
      const failed = await d.instance("failed", { state: "failed" });
      await expect(ephemeral(failed)).rejects.toThrow("cannot attach ephemeral IP to instance in failed state");
      const creating = await d.instance("creating", { state: "creating" });
      await expect(ephemeral(creating)).rejects.toThrow("cannot attach ephemeral IP to instance in creating state");
      const request = { id: uuid(), instanceId: creating, siloId: d.siloId, pool: v4, creating: true };
      expect((await allocateEphemeral(d.nexus, request)).ip.state).toBe("attaching");
    });

    it.each([true, false])("are 32 at most, beside a source NAT block: %s", async (hasSnat) => {
      if (hasSnat) await snat(a);
      const ids = [];
      for (let i = 0; i < 33; i++) ids.push((await floating(`f${i}`)).id);
      for (const id of ids.slice(0, 32)) await beginAttachFloating(d.nexus, { id, instanceId: a });
      await expect(beginAttachFloating(d.nexus, { id: ids[32]!, instanceId: a })).rejects.toThrow(
        "an instance may not have more than 32 external IP addresses",
      );
    });

    it("leave a deleted instance: floating ones detached, the rest given back", async () => {
      const block = await snat(a);
      const { ip } = await ephemeral(a);
      const { id } = await floating("f");
      await beginAttachFloating(d.nexus, { id, instanceId: a });
      await releaseAllOfInstance(d.nexus, a);
      expect((await stored(block.id)).time_deleted).not.toBeNull();
      expect((await stored(ip.id)).time_deleted).not.toBeNull();
      expect(await stored(id)).toMatchObject({ state: "detached", parent_id: null, time_deleted: null });
      await expect(completeAttach(d.nexus, id)).rejects.toMatchObject({ kind: "internal" });
    });
  });

  it("never have two users of one address and port, and are the lowest free, whatever the order of requests", async () => {
    const RANGE = 6;
    await d.pool("a", [{ first: "10.0.0.0", last: `10.0.0.${RANGE - 1}` }]);
    const instanceId = await d.instance("a");
    const command = fc.oneof(
      fc.constant({ kind: "snat" as const }),
      fc.constant({ kind: "floating" as const }),
      fc.record({ kind: fc.constant("address" as const), n: fc.nat(RANGE) }),
      fc.record({ kind: fc.constant("free" as const), n: fc.nat(40) }),
    );
    let names = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 40 }), async (commands) => {
        /** address → users: null is the whole address, a number is a block. */
        const model = new Map<number, Map<number | null, string>>();
        const live: string[] = [];
        const usersOf = (n: number) => model.get(n) ?? model.set(n, new Map()).get(n)!;
        const addresses = [...Array(RANGE).keys()];
        for (const each of commands) {
          if (each.kind === "free") {
            const [id] = live.splice(each.n % Math.max(live.length, 1), 1);
            if (id === undefined) continue;
            await deallocate(d.nexus, id);
            for (const users of model.values()) for (const [key, user] of users) if (user === id) users.delete(key);
            continue;
          }
          let want: [number, number | null] | undefined;
          if (each.kind === "snat") {
            const n = addresses.find((i) => !usersOf(i).has(null) && usersOf(i).size < SNAT_BLOCKS.length);
            if (n !== undefined) want = [n, SNAT_BLOCKS.findIndex((_, block) => !usersOf(n).has(block))];
          } else if (each.kind === "floating") {
            const n = addresses.find((i) => usersOf(i).size === 0);
            if (n !== undefined) want = [n, null];
          } else if (each.n < RANGE && usersOf(each.n).size === 0) want = [each.n, null];
          const attempt =
            each.kind === "snat"
              ? snat(instanceId)
              : floating(`n${names++}`, each.kind === "address" ? { kind: "address", ip: `10.0.0.${each.n}` } : auto);
          if (want === undefined) {
            await expect(attempt).rejects.toMatchObject({ name: "NexusError" });
            continue;
          }
          const row = await attempt;
          const ports = want[1] === null ? { low: 0, high: 65535 } : SNAT_BLOCKS[want[1]];
          expect([row.ip, row.first_port, row.last_port]).toEqual([`10.0.0.${want[0]}`, ports?.low, ports?.high]);
          usersOf(want[0]).set(want[1], row.id);
          live.push(row.id);
        }
        for (const id of live) await deallocate(d.nexus, id);
      }),
      { numRuns: leg.name === "sqlite memory" ? 40 : 4 },
    );
  });
});
