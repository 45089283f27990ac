/**
 * A small model of multicast, written from the rules and not from dpd: it says what a request should answer, what groups
 * there are afterwards, and every line of every table. It knows nothing of plans, undo or soft state.
 */
export type Direction = "Underlay" | "External";
export interface WireMember {
  readonly port_id: string;
  readonly link_id: number;
  readonly direction: Direction;
}
export type WireSource = "Any" | { readonly Exact: string } | { readonly Subnet: string };
export interface ExternalSpec {
  /** Number of the underlay group `ff04::n`; null: no target. */
  readonly to: number | null;
  readonly vlan: number | null;
  readonly sources: readonly WireSource[] | undefined;
}

interface Underlay {
  readonly kind: "underlay";
  readonly tag: string;
  readonly ids: readonly [external: number, underlay: number];
  readonly members: readonly WireMember[];
}
interface External {
  readonly kind: "external";
  readonly tag: string;
  readonly to: number;
  readonly vlan: number | null;
  readonly sources: readonly string[] | null;
  /** Rises with every write of any group. */
  readonly written: number;
}

export class Model {
  readonly groups = new Map<string, Underlay | External>();
  #free = Array.from({ length: 65_435 }, (_, i) => 100 + i);
  #writes = 0;

  get ids(): number {
    return this.#free.length;
  }

  createUnderlay(ip: string, tag: string | null, members: readonly WireMember[], made: () => string): number {
    if (this.groups.has(ip)) return 409;
    if (tag !== null && !isTag(tag)) return 400;
    if (!members.every(isLink)) return 404;
    const ids = [this.#free.pop() ?? 0, this.#free.pop() ?? 0] as const;
    this.groups.set(ip, { kind: "underlay", tag: tag ?? made(), ids, members: once(members) });
    return 201;
  }

  updateUnderlay(ip: string, tag: string | null, members: readonly WireMember[]): number {
    const group = this.groups.get(ip);
    if (group?.kind !== "underlay") return 404;
    if (tag !== null && tag !== group.tag) return 400;
    if (!members.every(isLink)) return 404;
    this.groups.set(ip, { ...group, members: once(members) });
    return 200;
  }

  createExternal(ip: string, tag: string | null, spec: ExternalSpec, version: number, made: () => string): number {
    if (!speaks(spec, version) || spec.to === null) return 400;
    if (this.groups.has(ip)) return 409;
    if (!this.#fits(ip, spec, version) || (tag !== null && !isTag(tag))) return 400;
    this.#write(ip, tag ?? made(), spec, spec.to, version);
    return 201;
  }

  updateExternal(ip: string, tag: string | null, spec: ExternalSpec, version: number): number {
    if (!speaks(spec, version)) return 400;
    const group = this.groups.get(ip);
    if (group === undefined) return 404;
    if (tag !== null && tag !== group.tag) return 400;
    if (group.kind === "underlay" || spec.to === null || !this.#fits(ip, spec, version)) return 400;
    this.#write(ip, group.tag, spec, spec.to, version);
    return version < 8 ? 201 : 200;
  }

  delete(ip: string, tag: string | null): number {
    if (this.#leading(ip).length > 0) return 400;
    const group = this.groups.get(ip);
    if (group === undefined) return 404;
    if (tag !== null && tag !== group.tag) return 400;
    this.#drop(ip);
    return 204;
  }

  resetTag(tag: string): number {
    const mine = [...this.groups].filter(([, group]) => group.tag === tag).map(([ip]) => ip);
    if (mine.some((ip) => this.#leading(ip).some((external) => external.tag !== tag))) return 400;
    for (const ip of mine.sort(byAddress)) this.#drop(ip);
    return 204;
  }

  resetAll(): number {
    for (const ip of [...this.groups.keys()].sort(byAddress)) this.#drop(ip);
    return 204;
  }

  /** As every version lists them. */
  listed(): unknown[] {
    return [...this.groups]
      .sort(([a], [b]) => byAddress(a, b))
      .map(([group_ip, group]) =>
        group.kind === "underlay"
          ? {
              kind: "underlay",
              group_ip,
              external_group_id: group.ids[0],
              underlay_group_id: group.ids[1],
              tag: group.tag,
              members: group.members,
            }
          : {
              kind: "external",
              group_ip,
              external_group_id: this.#underlay(group.to)?.ids[0],
              tag: group.tag,
              internal_forwarding: { nat_target: wireTarget(group.to) },
              external_forwarding: { vlan_id: group.vlan },
              sources: group.sources === null ? null : group.sources.map((source) => ({ Exact: source })),
            },
      );
  }

  /** Lines of tables, sorted, and of ASIC groups. */
  lines(): string[] {
    const lines: string[] = [];
    for (const [ip, group] of this.groups) {
      if (group.kind === "underlay") this.#underlayLines(ip, group, lines);
      else externalLines(ip, group, lines);
    }
    return lines.sort();
  }

  #underlayLines(ip: string, { ids: [a, b], members }: Underlay, lines: string[]): void {
    const ports = (direction: Direction) =>
      members
        .filter((one) => one.direction === direction)
        .map(asicPort)
        .sort((x, y) => x - y)
        .map((port) => ` ${port}@${a}`)
        .join("");
    lines.push(`route6 ${ip} -> forward()`, `group ${a}:${ports("External")}`, `group ${b}:${ports("Underlay")}`);
    if (members.length === 0) return;
    lines.push(`replication ${ip} -> configure_mcastv6(${a} ${b} ${a} 0 0)`);
    let bits = 0n;
    for (const one of members) if (one.direction === "External") bits |= 1n << BigInt(bit(one));
    const words = Array.from({ length: 8 }, (_, i) => (bits >> BigInt(32 * i)) & 0xffff_ffffn).join(" ");
    const vlan = this.#leading(ip)
      .filter((external) => external.vlan !== null)
      .sort((x, y) => y.written - x.written)[0]?.vlan;
    lines.push(
      vlan == null
        ? `decap ${a} -> set_decap_ports(${words})`
        : `decap ${a} -> set_decap_ports_and_vlan(${words} ${vlan})`,
    );
  }

  #fits(ip: string, { to, vlan, sources }: ExternalSpec, version: number): boolean {
    const kept = keptSources(sources, version);
    if (kept?.some((source) => BAD_SOURCES.includes(source) || source.includes(":") !== ip.includes(":"))) return false;
    if (BAD_GROUPS.includes(ip) || ip.startsWith("ff04::")) return false;
    if ((ip.startsWith("232.") || ip.startsWith("ff3")) && kept === null) return false;
    // Even where any source makes the others void, they must make sense.
    const named = (sources ?? []).flatMap((source) => exactOf(source) ?? []);
    if (named.some((source) => BAD_SOURCES.includes(source) || source.includes(":") !== ip.includes(":"))) return false;
    if (to === null || this.#underlay(to) === undefined) return false;
    return vlan === null || (vlan >= 2 && vlan <= 4095);
  }

  #write(ip: string, tag: string, { vlan, sources }: ExternalSpec, to: number, version: number): void {
    const written = ++this.#writes;
    this.groups.set(ip, { kind: "external", tag, to, vlan, sources: keptSources(sources, version), written });
  }

  #drop(ip: string): void {
    const group = this.groups.get(ip);
    this.groups.delete(ip);
    if (group?.kind === "underlay") this.#free.push(group.ids[0], group.ids[1]);
  }

  #underlay(n: number): Underlay | undefined {
    const group = this.groups.get(`ff04::${n}`);
    return group?.kind === "underlay" ? group : undefined;
  }

  #leading(ip: string): External[] {
    return [...this.groups.values()].filter(
      (group) => group.kind === "external" && `ff04::${group.to}` === ip,
    ) as External[];
  }
}

export const wireTarget = (n: number) => ({
  internal_ip: `ff04::${n}`,
  inner_mac: { a: [0x33, 0x33, 0, 0, 0, n] },
  vni: 70 + n,
});

export const BAD_SOURCES = ["224.0.0.9", "127.0.0.1", "fe80::9"];
export const BAD_GROUPS = ["224.0.0.5", "10.0.0.1", "ff02::5"];

/** Whether the version has these words for sources, and sources that can be kept. */
function speaks({ sources = [] }: ExternalSpec, version: number): boolean {
  return sources.every((source) => {
    if (source === "Any") return version >= 7;
    return "Exact" in source || (version < 7 && (source.Subnet.endsWith("/0") || source.Subnet.endsWith("/32")));
  });
}

function exactOf(source: WireSource): string | undefined {
  if (source === "Any") return undefined;
  if ("Exact" in source) return source.Exact;
  return source.Subnet.endsWith("/32") ? source.Subnet.slice(0, -3) : undefined;
}

function keptSources(sources: readonly WireSource[] | undefined, version: number): string[] | null {
  const exact = (sources ?? []).map(exactOf);
  if (exact.length === 0 || exact.includes(undefined) || version < 1) return null;
  return [...new Set(exact as string[])].sort(byAddress);
}

function externalLines(ip: string, { to, vlan, sources }: External, lines: string[]): void {
  const v = ip.includes(":") ? 6 : 4;
  const bits = v === 4 ? 32 : 128;
  const nets = sources === null ? [v === 4 ? "0.0.0.0/0" : "::/0"] : sources.map((source) => `${source}/${bits}`);
  for (const net of nets) lines.push(`filter${v} ${net} ${ip} -> allow_source_mcastv${v}()`);
  const mac = `33:33:00:00:00:0${to}`;
  lines.push(
    `nat${v} ${ip} ${vlan !== null} ${vlan ?? 0} -> mcast_forward_ipv${v}_to(ff04::${to} ${mac} ${70 + to})`,
    `route${v} ${ip} -> ${vlan === null ? "forward()" : `forward_vlan(${vlan})`}`,
  );
}

const isTag = (tag: string): boolean => /^[\w.:-]{1,80}$/.test(tag);
const isLink = ({ link_id }: WireMember): boolean => link_id === 0;
const number = (port: string): number => Number(/\d+$/.exec(port)?.[0]);
const asicPort = ({ port_id }: WireMember): number => number(port_id) + (port_id.startsWith("qsfp") ? 100 : 0);
const bit = ({ port_id }: WireMember): number => number(port_id) + (port_id.startsWith("qsfp") ? 32 : 0);

function once(members: readonly WireMember[]): WireMember[] {
  const lower = members.map((one) => ({ ...one, port_id: one.port_id.toLowerCase() }));
  return lower.filter((one, i) => lower.findIndex((other) => JSON.stringify(other) === JSON.stringify(one)) === i);
}

/** Enough for the addresses used here: IPv4 first, and of each family fields compared as numbers. */
function byAddress(a: string, b: string): number {
  const fields = (ip: string): number[] =>
    ip.includes(":")
      ? [1, ...ip.split(":").map((word) => Number.parseInt(word || "0", 16))]
      : [0, ...ip.split(".").map(Number)];
  const [x, y] = [fields(a), fields(b)];
  for (const [i, field] of x.entries()) if (field !== y[i]) return field - (y[i] ?? 0);
  return 0;
}
