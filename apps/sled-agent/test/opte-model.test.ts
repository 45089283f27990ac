/** OPTE's state under random operations and faults: it follows a simple model, and its invariants hold after every one. */
import { compareIp } from "@racklet/net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SledAgentError } from "../src/errors.ts";
import { createOpte, type Opte } from "../src/opte/index.ts";
import { snapshotOf, violations, type OpteSnapshot } from "../src/opte/invariants.ts";
import type { Port } from "../src/opte/types.ts";
import { InjectedFault, faultyEngine } from "./support/faulty-engine.ts";
import { operation, type Operation } from "./support/opte-operations.ts";

/** `OPTE_SEED=N` replays a run. */
const SEED = Number(process.env["OPTE_SEED"] ?? 20_261_121);
const RUNS = 100;

function apply(opte: Opte, op: Operation): void {
  const { ports, v2p, m2p, forwarding } = opte;
  switch (op.type) {
    case "create":
      return void ports.create(op);
    case "release":
      return ports.release(op.owner);
    case "externalIps":
      return ports.setExternalIps(op.owner, op.externalIps);
    case "subnets":
      return ports.setAttachedSubnets(op.owner, op.subnets);
    case "memberships":
      return ports.setMemberships(op.owner, op.memberships);
    case "routes":
      return ports.setRoutes(op.sets);
    case "gateways":
      return ports.setGateways(op.gateways);
    case "firewall":
      return ports.setFirewallRules(op.vni, op.rules);
    case "v2p":
      return v2p.set(op.mapping);
    case "noV2p":
      return v2p.delete(op.mapping);
    case "m2p":
      return m2p.set(op.mapping);
    case "noM2p":
      return m2p.clear(op.mapping);
    case "forwarding":
      return forwarding.set(op.entry);
    case "noForwarding":
      return forwarding.clear(op.underlay);
  }
}

/** What should be there, by what was asked for and not refused. */
class Model {
  readonly owners = new Map<string, Extract<Operation, { type: "create" }>>();
  readonly m2p = new Map<string, string>();
  readonly forwarding = new Set<string>();
  readonly v2p = new Map<string, string>();

  accepted(op: Operation): void {
    const known = "owner" in op ? this.owners.get(op.owner) : undefined;
    if (op.type === "create") this.owners.set(op.owner, op);
    if (op.type === "release") this.owners.delete(op.owner);
    if (op.type === "externalIps" && known) this.owners.set(op.owner, { ...known, externalIps: op.externalIps });
    if (op.type === "subnets" && known) this.owners.set(op.owner, { ...known, attachedSubnets: op.subnets });
    if (op.type === "memberships" && known) this.owners.set(op.owner, { ...known, memberships: op.memberships });
    if (op.type === "m2p") this.m2p.set(op.mapping.group, op.mapping.underlay);
    if (op.type === "noM2p" && this.m2p.get(op.mapping.group) === op.mapping.underlay)
      this.m2p.delete(op.mapping.group);
    if (op.type === "forwarding") this.forwarding.add(op.entry.underlay);
    if (op.type === "noForwarding") this.forwarding.delete(op.underlay);
    if (op.type === "v2p") this.v2p.set(`${op.mapping.vni} ${op.mapping.virtualIp}`, op.mapping.physicalHostIp);
    if (op.type === "noV2p") this.v2p.delete(`${op.mapping.vni} ${op.mapping.virtualIp}`);
  }

  check(opte: Opte): void {
    const { ports, m2p, forwarding, v2p } = opte;
    expect(ports.size).toBe([...this.owners.values()].reduce((sum, { nics }) => sum + nics.length, 0));
    for (const [owner, { nics, externalIps, attachedSubnets, memberships, mtu }] of this.owners) {
      expect(ports.of(owner).map(({ nic }) => nic)).toEqual(nics);
      const primary = ports.of(owner).find(({ nic }) => nic.isPrimary);
      if (primary === undefined) continue;
      const fitting = attachedSubnets.filter(({ subnet }) => primary.nic.ips[subnet.includes(":") ? "v6" : "v4"]);
      expect(primary).toMatchObject({ externalIps, memberships, attachedSubnets: fitting, mtu });
    }
    expect(m2p.list()).toEqual(
      [...this.m2p].map(([group, underlay]) => ({ group, underlay })).sort((a, b) => compareIp(a.group, b.group)),
    );
    expect(forwarding.list().map(({ underlay }) => underlay)).toEqual([...this.forwarding].sort(compareIp));
    expect(new Map(v2p.list().map((each) => [`${each.vni} ${each.virtualIp}`, each.physicalHostIp]))).toEqual(this.v2p);
  }
}

describe("OPTE's state", () => {
  test(`follows what was asked for; what fails or is refused changes nothing; the invariants hold after each of 1,000 operations (OPTE_SEED=${SEED})`, () => {
    const seen = { operations: 0, refused: 0, faults: 0 };
    const step = fc.record({ op: operation, fault: fc.option(fc.nat({ max: 12 }), { nil: undefined, freq: 2 }) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 40 }), (steps) => {
        const engine = faultyEngine();
        const opte = createOpte(engine);
        const model = new Model();
        for (const { op, fault } of steps) {
          const before = structuredClone(snapshotOf(opte));
          engine.failAt(fault);
          try {
            apply(opte, op);
            model.accepted(op);
          } catch (error) {
            if (error instanceof InjectedFault) seen.faults += 1;
            else seen.refused += 1;
            expect(isExpected(error, op, model), `${op.type}: ${String(error)}`).toBe(true);
            expect(structuredClone(snapshotOf(opte))).toEqual(before);
          }
          engine.failAt(undefined);
          seen.operations += 1;
          expect(violations(snapshotOf(opte)), op.type).toEqual([]);
          model.check(opte);
        }
        for (const owner of model.owners.keys()) opte.ports.release(owner);
        expect(opte.ports.routers.list(), "a router that no port uses").toEqual([]);
        expect(engine.ports().size).toBe(0);
      }),
      { seed: SEED, numRuns: RUNS },
    );
    expect(seen.operations).toBeGreaterThanOrEqual(1000);
    // Otherwise the run says nothing about what it is for.
    expect(seen.refused).toBeGreaterThan(50);
    expect(seen.faults).toBeGreaterThan(50);
  });
});

function isExpected(error: unknown, op: Operation, model: Model): boolean {
  if (error instanceof InjectedFault || error instanceof SledAgentError) return true;
  // A caller that does not ask first.
  if (!("owner" in op) || !(error instanceof Error)) return false;
  return model.owners.has(op.owner) === (op.type === "create") && /has (no )?ports( already)?$/.test(error.message);
}

describe("the checker", () => {
  const good = (): OpteSnapshot => {
    const opte = createOpte();
    const nic: Port["nic"] = {
      id: "nic",
      kind: { type: "instance", id: "vm" },
      name: "net0",
      ips: { v4: { ip: "172.30.0.5", subnet: "172.30.0.0/22", transitIps: [] } },
      mac: "A8:40:25:F0:00:01",
      vni: 2000,
      isPrimary: true,
      slot: 0,
    };
    const memberships = [{ group: "224.1.1.1", sources: [] }];
    opte.ports.create({ owner: "a", nics: [nic], externalIps: {}, memberships });
    opte.m2p.set({ group: "224.1.1.1", underlay: "ff04::1" });
    opte.forwarding.set({ underlay: "ff04::1", nextHops: [] });
    return structuredClone(snapshotOf(opte));
  };
  const first = <T>([value]: readonly T[]): T => {
    if (value === undefined) throw new Error("there is none");
    return value;
  };
  const withPort = (snapshot: OpteSnapshot, change: Partial<Port>): OpteSnapshot => {
    const { owner, port } = first(snapshot.ports);
    return { ...snapshot, ports: [{ owner, port: { ...port, ...change } }] };
  };

  const broken: [what: string, of: (snapshot: OpteSnapshot) => OpteSnapshot, expected: RegExp][] = [
    ["a port twice", (s) => ({ ...s, ports: [...s.ports, ...s.ports] }), /port name opte0 is there twice/],
    ["a port without an engine's", (s) => ({ ...s, engine: new Map() }), /opte0 is not in the engine/],
    ["an engine's port without a port", (s) => ({ ...s, ports: [] }), /nobody knows of the engine's opte0/],
    ["a subscription that the engine lacks", (s) => withPort(s, { memberships: [] }), /subscriptions are \[\]/],
    [
      "a membership of no group",
      (s) => withPort(s, { memberships: [{ group: "10.0.0.1", sources: [] }] }),
      /10\.0\.0\.1 is no multicast group/,
    ],
    ["another MTU", (s) => withPort(s, { mtu: 9000 }), /MTU are 9000, but null in the engine/],
    [
      "an address without a private one",
      (s) => withPort(s, { externalIps: { v6: { sourceNat: undefined, ephemeral: "2001:db8::1", floating: [] } } }),
      /private IPv6 address/,
    ],
    ["a router that is gone", (s) => ({ ...s, routers: [] }), /router 2000 is used, but not there/],
    [
      "a router with a wrong count",
      (s) => ({ ...s, routers: s.routers.map((router) => ({ ...router, activePorts: 2 })) }),
      /counts 2 ports, 1 use it/,
    ],
    [
      "a route that the engine lacks",
      (s) => ({
        ...s,
        routers: s.routers.map((router) => ({
          ...router,
          routes: [{ dest: "10.0.0.0/8", target: { type: "drop" as const } }],
        })),
      }),
      /system routes are/,
    ],
    [
      "a gateway that the engine lacks",
      (s) => ({
        ...withPort(s, { externalIps: { v4: { sourceNat: undefined, ephemeral: "10.0.0.1", floating: [] } } }),
        gateways: new Map([["nic", new Map([["10.0.0.1", ["igw"]]])]]),
      }),
      /internet gateways are/,
    ],
    [
      "a mapping out of the underlay",
      (s) => ({ ...s, m2p: [{ group: "224.1.1.1", underlay: "ff05::1" }] }),
      /no group of the underlay/,
    ],
    ["a group mapped twice", (s) => ({ ...s, m2p: [...s.m2p, ...s.m2p] }), /M2P group 224\.1\.1\.1 is there twice/],
    [
      "forwarding to a group",
      (s) => ({
        ...s,
        forwarding: [
          {
            underlay: "ff04::1",
            nextHops: [{ address: "ff04::2", replication: "both", filter: { mode: "exclude", sources: [] } }],
          },
        ],
      }),
      /not the address of one host/,
    ],
  ];
  test("finds nothing wrong with a sound state", () => expect(violations(good())).toEqual([]));
  test.each(broken)("finds %s", (_, breakIt, expected) => {
    expect(violations(breakIt(good())).join("\n")).toMatch(expected);
  });
});
