/** Random route requests in random versions, some of them hit by a fault, against a plain list of routes. */
import { compareIpNet, formatIpNet, networkOf } from "@racklet/net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { chaosAsic, isRead, modelAsic } from "../../src/asic/index.ts";
import type { Operation } from "../../src/asic/index.ts";
import { ROUTE_LOOKUP, ROUTE_SLOTS } from "../../src/table/route.ts";
import type { AnyTable } from "../../src/table/types.ts";
import { net } from "../network-rig.ts";
import { pagesOf, startHarness } from "./support/harness.ts";
import type { Harness } from "./support/harness.ts";

type Family = "ipv4" | "ipv6";

interface WireHop {
  readonly tag: string;
  readonly port_id: string;
  readonly link_id: number;
  readonly tgt_ip: string;
  readonly vlan_id: number | null;
}

interface Step {
  readonly version: number;
  /** Which write of the ASIC fails, if any. */
  readonly faultAt: number | undefined;
  readonly kind: "add" | "set" | "replace" | "delete" | "deleteTarget" | "resetTag";
  readonly family: Family;
  readonly cidr: string;
  readonly hop: WireHop;
}

const CIDRS: Readonly<Record<Family, readonly string[]>> = {
  ipv4: ["0.0.0.0/0", "10.0.0.0/8", "10.1.2.3/8", "192.0.2.0/24"],
  ipv6: ["::/0", "2001:db8::/32", "2001:db8::7/32"],
};
const HOPS: Readonly<Record<Family, readonly string[]>> = {
  ipv4: ["198.51.100.1", "198.51.100.2", "fe80::1"],
  ipv6: ["fe80::1", "fe80::2"],
};
const KINDS = ["add", "add", "add", "add", "set", "replace", "delete", "deleteTarget", "deleteTarget"] as const;

const step: fc.Arbitrary<Step> = fc.constantFrom<Family>("ipv4", "ipv6").chain((family) =>
  fc.record({
    version: fc.oneof(fc.integer({ min: 1, max: 13 }), fc.constant(13.1)),
    faultAt: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined, freq: 3 }),
    kind: fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom(...KINDS) },
      { weight: 1, arbitrary: fc.constant("resetTag" as const) },
    ),
    family: fc.constant(family),
    cidr: fc.constantFrom(...CIDRS[family]),
    hop: fc.record({
      tag: fc.constantFrom("a", "b"),
      port_id: fc.constantFrom("qsfp0", "QSFP0", "rear0"),
      link_id: fc.oneof({ weight: 20, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(3) }),
      tgt_ip: fc.constantFrom(...HOPS[family]),
      vlan_id: fc.oneof({ weight: 20, arbitrary: fc.constantFrom(null, 7) }, { weight: 1, arbitrary: fc.constant(1) }),
    }),
  }),
);

const header = (version: number): string => (version === 13.1 ? "13.1.0" : `${version}.0.0`);

/** The request in the words of its version; undefined when the version has none. */
function requestOf({ kind, family, cidr, hop, version }: Step): { operation: string; body?: unknown } | undefined {
  const path = encodeURIComponent(cidr);
  if (kind === "resetTag") return { operation: `DELETE /all-settings/${hop.tag}` };
  if (kind === "delete") return { operation: `DELETE /route/${family}/${path}` };
  const overIpv6 = family === "ipv4" && hop.tgt_ip.includes(":");
  if (kind === "deleteTarget") {
    if (overIpv6 && version < 6) return undefined;
    return { operation: `DELETE /route/${family}/${path}/${hop.port_id}/${hop.link_id}/${hop.tgt_ip}` };
  }
  const method = kind === "add" ? "POST" : "PUT";
  const replace = kind === "replace";
  if (family === "ipv6") return { operation: `${method} /route/ipv6`, body: { cidr, target: hop, replace } };
  if (version >= 6) {
    const target = overIpv6 ? { V6: hop } : { V4: hop };
    return { operation: `${method} /route/ipv4`, body: { cidr, target, replace } };
  }
  if (!overIpv6) return { operation: `${method} /route/ipv4`, body: { cidr, target: hop, replace } };
  return version < 4
    ? undefined
    : { operation: `${method} /route/ipv4-over-ipv6`, body: { cidr, target: hop, replace } };
}

/** Canonical prefix to its next hops, in order. */
type Model = Map<string, WireHop[]>;

/** The status of a request that no fault hits, with the model changed accordingly. */
function play(model: Model, { kind, cidr, hop }: Step): number {
  if (kind === "resetTag") {
    for (const [key, hops] of model)
      keep(
        model,
        key,
        hops.filter(({ tag }) => tag !== hop.tag),
      );
    return 204;
  }
  const key = formatIpNet(networkOf(net(cidr)));
  const prior = model.get(key);
  if (kind === "delete") {
    model.delete(key);
    return prior === undefined ? 404 : 204;
  }
  if (kind === "deleteTarget") {
    const rest = prior?.filter((each) => !samePlace(each, hop));
    if (rest === undefined || rest.length === prior?.length) return 404;
    keep(model, key, rest);
    return 204;
  }
  if (hop.vlan_id === 1) return 400;
  if (hop.link_id !== 0) return 404;
  const same = (each: WireHop) => samePlace(each, hop) && each.vlan_id === hop.vlan_id;
  if (kind === "add") {
    if (!prior?.some(same)) model.set(key, [...(prior ?? []), hop]);
    return 204;
  }
  if (prior?.length === 1 && prior.every(same)) return 204;
  if (prior !== undefined && kind === "set") return 409;
  model.set(key, [hop]);
  return 204;
}

function keep(model: Model, key: string, hops: WireHop[]): void {
  if (hops.length === 0) model.delete(key);
  else model.set(key, hops);
}

function samePlace(a: WireHop, b: WireHop): boolean {
  return a.port_id.toLowerCase() === b.port_id.toLowerCase() && a.link_id === b.link_id && a.tgt_ip === b.tgt_ip;
}

/** What `GET /route/{family}` of a version answers. */
function listOf(model: Model, family: Family, version: number): unknown[] {
  const nets = [...model].map(([key, hops]) => ({ cidr: net(key), hops }));
  return nets
    .filter(({ cidr }) => cidr.address.includes(":") === (family === "ipv6"))
    .sort((a, b) => compareIpNet(a.cidr, b.cidr))
    .map(({ cidr, hops }) => {
      const wire = hops.map((hop) => ({ ...hop, port_id: hop.port_id.toLowerCase() }));
      const ipv4 = wire.filter((hop) => !hop.tgt_ip.includes(":"));
      const tagged = wire.map((hop) => (hop.tgt_ip.includes(":") ? { V6: hop } : { V4: hop }));
      const targets = family === "ipv6" ? wire : version < 4 ? ipv4 : tagged;
      return { cidr: formatIpNet(cidr), targets };
    });
}

async function listed({ call }: Harness, family: Family, version: number): Promise<unknown[]> {
  const inVersion: Harness["call"] = (operation) => call(operation, { version: header(version) });
  return (await pagesOf(inVersion, `/route/${family}`, "limit=2")).flat();
}

test("any sequence of route requests does what the model does, and one that hits a fault changes nothing", async () => {
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 60, maxLength: 60 }), async (steps) => {
      const model: Model = new Map();
      const inner = modelAsic("sidecar");
      let next: (operation: Operation) => boolean = () => false;
      const asic = chaosAsic(inner, {
        next: (operation) => (next(operation) ? { kind: "synthetic", when: "after" } : undefined),
      });
      const harness = startHarness({ asic });
      for (const port of ["qsfp0", "rear0"]) {
        const answer = await harness.call(`POST /ports/${port}/links`, { body: { speed: "Speed100G" } });
        expect(answer.status).toBe(201);
      }
      for (const one of steps) {
        const request = requestOf(one);
        if (request === undefined) continue;
        let writes = 0;
        next = (operation) => !isRead(operation) && ++writes === one.faultAt;
        const version = header(one.version);
        const answer = await harness.call(request.operation, { version, body: request.body });
        next = () => false;
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        if (answer.status !== 418) expect(answer, JSON.stringify(one)).toMatchObject({ status: play(model, one) });
        // A reset is one change for each domain and family, so a fault leaves the others reset.
        else if (one.kind === "resetTag") {
          expect((await harness.call(request.operation, { version })).status).toBe(play(model, one));
        } else expect(writes).toBeGreaterThanOrEqual(one.faultAt ?? 0);
        for (const family of ["ipv4", "ipv6"] as const) {
          expect(await listed(harness, family, one.version)).toEqual(listOf(model, family, one.version));
        }
        const slots = [...model.values()].reduce((sum, hops) => sum + hops.length, 0);
        const used = (table: AnyTable) => inner.table(table).usage().occupancy;
        expect(used(ROUTE_SLOTS.ipv4) + used(ROUTE_SLOTS.ipv6)).toBe(slots);
        expect(used(ROUTE_LOOKUP.ipv4) + used(ROUTE_LOOKUP.ipv6)).toBe(model.size);
      }
    }),
    { numRuns: 25 },
  );
  // Otherwise the run has shown little.
  expect([...statuses.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(1000);
  expect([...statuses.keys()].sort((a, b) => a - b)).toEqual([204, 400, 404, 409, 418]);
});
