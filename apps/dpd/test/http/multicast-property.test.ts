/** Random multicast requests in random versions, some of them hit by a fault, against a model. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { isRead } from "../../src/asic/index.ts";
import { MCAST_TABLES } from "../../src/table/mcast.ts";
import {
  BAD_GROUPS,
  BAD_SOURCES,
  Model,
  wireTarget,
  type ExternalSpec,
  type WireMember,
  type WireSource,
} from "./support/multicast-model.ts";
import { EXTERNAL, GROUPS, startMulticast, UNDERLAY, type Multicast } from "./support/multicast.ts";

/** `tag` "own" is replaced by the group's. */
type Step = { readonly version: number; readonly faultAt: number | undefined } & (
  | {
      readonly kind: "createUnderlay" | "updateUnderlay";
      readonly ip: string;
      readonly tag: string | null;
      readonly members: WireMember[];
    }
  | {
      readonly kind: "createExternal" | "updateExternal";
      readonly ip: string;
      readonly tag: string | null;
      readonly spec: ExternalSpec;
    }
  | { readonly kind: "delete"; readonly ip: string; readonly tag: string | null }
  | { readonly kind: "resetTag"; readonly tag: string }
  | { readonly kind: "resetAll" | "resetUntagged" }
);

const often = <T>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary });

const underlayIp = fc.integer({ min: 1, max: 4 }).map((n) => `ff04::${n}`);
const externalIp = fc.oneof(
  often(9, fc.constantFrom("239.1.1.1", "239.1.1.10", "232.1.1.1", "ff0e::1", "ff0e::a", "ff3e::1")),
  often(1, fc.constantFrom(...BAD_GROUPS, "ff04::1")),
);
const newTag = fc.oneof(often(6, fc.constantFrom("a", "b", null)), often(1, fc.constantFrom("", "a b", "é")));
const presentedTag = fc.oneof(often(8, fc.constant("own")), often(1, fc.constantFrom("a", "", "nobody")));
const aMember: fc.Arbitrary<WireMember> = fc.record({
  port_id: fc.constantFrom("rear0", "rear31", "REAR0", "qsfp0", "qsfp31"),
  link_id: fc.oneof(often(30, fc.constant(0)), often(1, fc.constant(1))),
  direction: fc.constantFrom("Underlay", "External"),
});
const members = fc.array(aMember, { maxLength: 5 });
/** Mostly of the group's family and in the version's words; else as they come. */
type SourceChoice = "first" | "second" | "any" | WireSource;
const aSource: fc.Arbitrary<SourceChoice> = fc.oneof(
  often(40, fc.constantFrom("first" as const, "second" as const)),
  often(6, fc.constant("any" as const)),
  often(
    1,
    fc.constantFrom("10.0.0.1", "2001:db8::1", ...BAD_SOURCES).map((Exact) => ({ Exact })),
  ),
  often(
    1,
    fc.constantFrom("10.0.0.0/8", "0.0.0.0/0", "10.0.0.2/32").map((Subnet) => ({ Subnet })),
  ),
  often(1, fc.constant("Any" as const)),
);
const spec = fc.record({
  to: fc.oneof(often(20, fc.integer({ min: 1, max: 4 })), often(1, fc.constant(null))),
  vlan: fc.oneof(often(20, fc.constantFrom(null, 2, 10, 4095)), often(1, fc.constantFrom(0, 1, 4096))),
  sources: fc.option(fc.array(aSource, { minLength: 1, maxLength: 2 }), { nil: undefined }),
});

interface Choices extends Omit<ExternalSpec, "sources"> {
  readonly sources: readonly SourceChoice[] | undefined;
}
function fitted<T extends { ip: string; version: number; spec: Choices }>(step: T): T & { spec: ExternalSpec } {
  const [first, second] = step.ip.includes(":") ? ["2001:db8::1", "2001:db8::2"] : ["10.0.0.1", "10.0.0.2"];
  const words = (choice: SourceChoice): WireSource => {
    if (choice === "any") return step.version < 7 ? { Subnet: "0.0.0.0/0" } : "Any";
    if (choice === "first" || choice === "second") return { Exact: (choice === "first" ? first : second) ?? "" };
    return choice;
  };
  return { ...step, spec: { ...step.spec, sources: step.spec.sources?.map(words) } };
}

const common = {
  version: fc.oneof(fc.integer({ min: 1, max: 13 }), fc.constant(13.1)),
  faultAt: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined, freq: 2 }),
};
const ofKind = <K extends string>(...kinds: K[]) => fc.constantFrom(...kinds);
const step: fc.Arbitrary<Step> = fc.oneof(
  often(10, fc.record({ ...common, kind: ofKind("createUnderlay"), ip: underlayIp, tag: newTag, members })),
  often(40, fc.record({ ...common, kind: ofKind("updateUnderlay"), ip: underlayIp, tag: presentedTag, members })),
  often(15, fc.record({ ...common, kind: ofKind("createExternal"), ip: externalIp, tag: newTag, spec }).map(fitted)),
  often(
    40,
    fc.record({ ...common, kind: ofKind("updateExternal"), ip: externalIp, tag: presentedTag, spec }).map(fitted),
  ),
  often(8, fc.record({ ...common, kind: ofKind("delete"), ip: fc.oneof(underlayIp, externalIp), tag: presentedTag })),
  often(1, fc.record({ ...common, kind: ofKind("resetTag"), tag: fc.constantFrom("a", "b", "nobody") })),
  often(1, fc.record({ ...common, kind: ofKind("resetAll", "resetUntagged") })),
);

/** Most requests find something to change when these come first. */
const FIRST: readonly Step[] = [
  ...[1, 2, 3].map((n) => ({
    kind: "createUnderlay" as const,
    version: n,
    faultAt: undefined,
    ip: `ff04::${n}`,
    tag: "a",
    members: [],
  })),
  ...["239.1.1.1", "239.1.1.10", "ff0e::1", "ff0e::a"].map((ip, i) => ({
    kind: "createExternal" as const,
    version: 7 + i,
    faultAt: undefined,
    ip,
    tag: "b",
    spec: { to: 1 + (i & 1), vlan: null, sources: undefined },
  })),
];

/** What is sent: a tag goes into the query from version 8 on, and before that into the body of an update, if anywhere. */
async function send(one: Multicast, each: Step, tag: string | null) {
  const version = each.version === 13.1 ? "13.1.0" : `${each.version}.0.0`;
  const query = each.version >= 8 ? `?tag=${encodeURIComponent(tag ?? "")}` : "";
  const inBody = each.version >= 8 || tag === null ? {} : { tag };
  const call = (operation: string, body?: object) =>
    one.call(operation, { version, ...(body === undefined ? {} : { body }) });
  switch (each.kind) {
    case "createUnderlay":
      return call(`POST ${UNDERLAY}`, { group_ip: each.ip, tag, members: each.members });
    case "updateUnderlay":
      return call(`PUT ${UNDERLAY}/${each.ip}${query}`, { ...inBody, members: each.members });
    case "createExternal":
      return call(`POST ${EXTERNAL}`, { group_ip: each.ip, tag, ...wireSpec(each.spec) });
    case "updateExternal":
      return call(`PUT ${EXTERNAL}/${each.ip}${query}`, { ...inBody, ...wireSpec(each.spec) });
    case "delete":
      return call(`DELETE ${GROUPS}/${each.ip}${query}`);
    case "resetTag":
      return call(`DELETE /multicast/tags/${each.tag}`);
    case "resetAll":
      return call(`DELETE ${GROUPS}`);
    case "resetUntagged":
      return call("DELETE /multicast/untagged");
  }
}

const wireSpec = ({ to, vlan, sources }: ExternalSpec) => ({
  internal_forwarding: to === null ? {} : { nat_target: wireTarget(to) },
  external_forwarding: { vlan_id: vlan },
  ...(sources === undefined ? {} : { sources }),
});

/** What the model answers; `made` is the tag that dpd made up. */
function expected(model: Model, each: Step, tag: string | null, made: () => string): number {
  switch (each.kind) {
    case "createUnderlay":
      return model.createUnderlay(each.ip, tag, each.members, made);
    case "updateUnderlay":
      return model.updateUnderlay(each.ip, tag, each.members);
    case "createExternal":
      return model.createExternal(each.ip, tag, each.spec, each.version, made);
    case "updateExternal":
      return model.updateExternal(each.ip, tag, each.spec, each.version);
    case "delete":
      return model.delete(each.ip, each.version >= 8 ? tag : null);
    case "resetTag":
      return model.resetTag(each.tag);
    case "resetAll":
      return model.resetAll();
    case "resetUntagged":
      return each.version >= 8 ? 410 : 204;
  }
}

function tagOf(model: Model, each: Step): string | null {
  if (!("tag" in each)) return null;
  if (each.tag !== "own") return each.tag;
  const own = "ip" in each ? model.groups.get(each.ip)?.tag : undefined;
  return own ?? "nobody";
}

const { sourceFilter, nat, route, replication, decapPorts } = MCAST_TABLES;
const TABLES = {
  filter4: sourceFilter.ipv4,
  filter6: sourceFilter.ipv6,
  nat4: nat.ipv4,
  nat6: nat.ipv6,
  route4: route.ipv4,
  route6: route.ipv6,
  replication,
  decap: decapPorts,
};

interface Dump {
  readonly entries: readonly { readonly keys: object; readonly action: string; readonly action_args: object }[];
}

/** The tables as the API dumps them, in the lines of the model. */
async function dumped(one: Multicast): Promise<string[]> {
  const lines: string[] = [];
  for (const [name, { name: table }] of Object.entries(TABLES)) {
    const { entries } = (await one.ok(200, `GET /table/${table}/dump?from_hardware=true`)) as Dump;
    for (const { keys, action, action_args: args } of entries) {
      lines.push(`${name} ${Object.values(keys).join(" ")} -> ${action}(${Object.values(args).join(" ")})`);
    }
  }
  return lines.sort();
}

test("any sequence of requests does what the model does, and one that hits a fault changes nothing", async () => {
  const count = { done: 0, refused: 0, faulted: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 60, size: "max" }), async (steps) => {
      const one = startMulticast();
      const model = new Model();
      for (const each of [...FIRST, ...steps]) {
        const tag = tagOf(model, each);
        let writes = 0;
        let struck = false;
        one.faults.next = (operation) => {
          if (struck || isRead(operation) || ++writes !== each.faultAt) return undefined;
          struck = true;
          return { kind: "synthetic", when: each.version % 2 === 0 ? "before" : "after" };
        };
        const { status, body } = await send(one, each, tag);
        one.faults.next = undefined;
        if (struck) {
          count.faulted++;
          expect(status).toBe(418);
        } else {
          const made = () => {
            const { tag: answered, group_ip: ip } = body as { tag: string; group_ip: string };
            expect(answered).toMatch(new RegExp(`^[0-9a-f-]{36}:${ip}$`));
            return answered;
          };
          const wanted = expected(model, each, tag, made);
          expect({ status, body }).toMatchObject({ status: wanted });
          if (wanted < 300) count.done++;
          else count.refused++;
        }
        const version = each.version === 13.1 ? "13.1.0" : `${each.version}.0.0`;
        expect(await one.groups(version)).toEqual(model.listed());
        expect(one.asic().sort()).toEqual(model.lines());
        expect(await dumped(one)).toEqual(model.lines().filter((line) => !line.startsWith("group ")));
        expect(one.ctx.mcast.metrics().idsAvailable).toBe(model.ids);
      }
    }),
    { numRuns: 40 },
  );
  const text = `${count.done} done, ${count.refused} refused, ${count.faulted} faulted`;
  expect(count.done + count.refused + count.faulted, text).toBeGreaterThanOrEqual(1000);
  expect(Math.min(count.done, count.refused, count.faulted), text).toBeGreaterThan(100);
});
