/** A dpd with links on every port, requests for multicast groups, and everything observable as plain text. */
import { expect } from "vitest";
import { chaosAsic, modelAsic, type AsicBackend, type FaultSource } from "../../../src/asic/index.ts";
import { DpdError } from "../../../src/errors.ts";
import type { IdRange } from "../../../src/mcast/ids.ts";
import type { MemberLinks } from "../../../src/mcast/members.ts";
import { MCAST_TABLES } from "../../../src/table/mcast.ts";
import { keyText, valueText } from "../../../src/table/text.ts";
import type { TableDecl, Profile } from "../../../src/table/types.ts";
import { startHarness, type CallOptions, type Harness } from "./harness.ts";

/** Each port has link 0: `rear3` is ASIC port 3 and bit 3, `qsfp3` ASIC port 103 and bit 35. */
export const memberLinks: MemberLinks = {
  place(portId, linkId) {
    const [, kind, digits] = /^(rear|qsfp)(\d+)$/.exec(portId) ?? [];
    if (kind === undefined || linkId !== 0) throw new DpdError("missing", `no such link: ${portId}/${linkId}`);
    const n = Number(digits);
    return kind === "rear" ? { asicPort: n, bit: n } : { asicPort: 100 + n, bit: 32 + n };
  },
};

export interface Multicast extends Harness {
  /** Faults that a test switches on and off. */
  readonly faults: { next: FaultSource["next"] | undefined };
  /** The ASIC below the faults. */
  readonly model: AsicBackend;
  /** What the ASIC holds of multicast, one line each. */
  asic(): string[];
  /** The groups that the API lists. */
  groups(version?: string): Promise<unknown[]>;
  /** Everything a client or the switch can see. */
  snapshot(): Promise<unknown>;
  /** `call` that expects a status. */
  ok(status: number, operation: string, options?: CallOptions): Promise<unknown>;
}

export interface MulticastOptions {
  readonly groupIds?: IdRange;
  readonly profile?: Profile;
}

export function startMulticast({ groupIds, profile = "sidecar" }: MulticastOptions = {}): Multicast {
  const faults: Multicast["faults"] = { next: undefined };
  const model = modelAsic(profile);
  const asic = chaosAsic(model, { next: (operation, target) => faults.next?.(operation, target) });
  const harness = startHarness({ asic, memberLinks, ...(groupIds === undefined ? {} : { groupIds }) });
  const groups = async (version?: string): Promise<unknown[]> => {
    const options = version === undefined ? {} : { version };
    const { status, body } = await harness.call("GET /multicast/groups?limit=10000", options);
    expect(status).toBe(200);
    // Every answer is checked against its document, in which a page has items.
    return (body as { items: unknown[] }).items;
  };
  const one: Multicast = {
    ...harness,
    faults,
    model,
    asic: () => asicLines(model),
    groups,
    snapshot: async () => ({
      asic: asicLines(model),
      groups: await groups(),
      ids: harness.ctx.mcast.metrics().idsAvailable,
    }),
    ok: async (status, operation, options) => {
      const answer = await harness.call(operation, options);
      expect({ operation, status: answer.status, body: answer.body }).toMatchObject({ status });
      return answer.body;
    },
  };
  return one;
}

/** `filter4 10.0.0.1/32 232.1.1.1 -> allow_source_mcastv4()`; ASIC groups as `group 65534: 3 4`. */
export function asicLines(model: AsicBackend): string[] {
  const { sourceFilter, nat, route, replication, decapPorts } = MCAST_TABLES;
  return [
    ...lines(model, "filter4", sourceFilter.ipv4),
    ...lines(model, "filter6", sourceFilter.ipv6),
    ...lines(model, "nat4", nat.ipv4),
    ...lines(model, "nat6", nat.ipv6),
    ...lines(model, "route4", route.ipv4),
    ...lines(model, "route6", route.ipv6),
    ...lines(model, "replication", replication),
    ...lines(model, "decap", decapPorts),
    ...[...model.groups.list()]
      .sort((a, b) => b - a)
      .map((id) => {
        const members = [...(model.groups.find(id) ?? [])].sort((a, b) => a.port - b.port);
        const text = members.map(({ port, rid, level1ExclusionId }) => {
          expect(level1ExclusionId).toBe(0);
          return ` ${port}@${rid}`;
        });
        return `group ${id}:${text.join("")}`;
      }),
  ];
}

function lines<R>(model: AsicBackend, name: string, table: TableDecl<R>): string[] {
  return model
    .table(table)
    .rows()
    .map((row) => {
      const keys = table.keys.map((key) => keyText(key, row)).join(" ");
      const { name: action, params } = table.actionOf(row);
      return `${name} ${keys} -> ${action}(${params.map(({ type, value }) => valueText(type, value(row))).join(" ")})`;
    })
    .sort();
}

export const member = (port: string, direction: "Underlay" | "External", link = 0) => ({
  port_id: port,
  link_id: link,
  direction,
});

/** `target(1)` leads to `ff04::1`. */
export const target = (n: number, vni = 77) => ({
  internal_ip: `ff04::${n.toString(16)}`,
  inner_mac: { a: [0x33, 0x33, 0, 0, 0, n] },
  vni,
});

export interface ExternalOptions {
  readonly vlan?: number | null;
  readonly sources?: unknown;
  readonly tag?: string | null;
  readonly to?: unknown;
}

/** The body of an external group, to create (with `ip`) or to update. */
export function external(ip: string | undefined, { vlan, sources, tag, to = target(1) }: ExternalOptions = {}) {
  return {
    ...(ip === undefined ? {} : { group_ip: ip }),
    ...(tag === undefined ? {} : { tag }),
    internal_forwarding: { nat_target: to },
    external_forwarding: vlan === undefined ? {} : { vlan_id: vlan },
    ...(sources === undefined ? {} : { sources }),
  };
}

export const UNDERLAY = "/multicast/underlay-groups";
export const EXTERNAL = "/multicast/external-groups";
export const GROUPS = "/multicast/groups";
