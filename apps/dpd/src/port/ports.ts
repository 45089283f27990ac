/**
 * The links of a switch. Every change goes from the links as they are to the links as they will be: the steps follow from
 * the difference, and soft state takes the new links in one step once the ASIC has them.
 */
import { compareIp } from "@racklet/net";
import type { DomainWriter, WriterContext } from "../asic/index.ts";
import { DpdError, busy, exists, invalid } from "../errors.ts";
import type { Family } from "../table/port.ts";
import { partitionPoint } from "../table/search.ts";
import { linkAddress, familyOf, withAddress } from "./address.ts";
import type { AddressOwners } from "./address.ts";
import { SWITCH_PORTS, getSwitchPort } from "./inventory.ts";
import { additionSteps, plumb, removalSteps } from "./link.ts";
import type { PlumbedLink } from "./link.ts";
import { checkLane, newLink, settingsOf, withSettings } from "./settings.ts";
import type {
  AddressEntry,
  Link,
  LinkFault,
  LinkParams,
  LinkState,
  PortId,
  PortSettings,
  PortsApi,
  TfportData,
} from "./types.ts";

/** One link as it is to be; undefined when it goes. */
interface LinkChange {
  readonly prior: PlumbedLink | undefined;
  readonly next: PlumbedLink | undefined;
}

export class Ports implements PortsApi {
  readonly writer: DomainWriter;
  readonly #context: WriterContext;
  readonly #owners: AddressOwners;
  /** By port in the order of the inventory, then by link id. */
  readonly #links = new Map<PortId, Map<number, PlumbedLink>>(SWITCH_PORTS.map(({ portId }) => [portId, new Map()]));
  #baseMac: number | undefined;
  #notify: (at: { readonly portId: PortId; readonly linkId: number }, link: Link | undefined) => void = () => {};

  /** `owners` and `writer` are shared with the loopbacks, whose addresses are in the same tables. */
  constructor(context: WriterContext, writer: DomainWriter, owners: AddressOwners) {
    this.#context = context;
    this.writer = writer;
    this.#owners = owners;
    context.switch.onForget(() => {
      for (const links of this.#links.values()) links.clear();
      owners.clear();
    });
  }

  /** Calls once for each link of a change that took effect, with what it is now; the listener must not throw. */
  onChange(notify: (at: { readonly portId: PortId; readonly linkId: number }, link: Link | undefined) => void): void {
    this.#notify = notify;
  }

  setBaseMac(mac: number): void {
    this.#baseMac = mac;
  }

  listPorts(): PortId[] {
    return SWITCH_PORTS.map(({ portId }) => portId);
  }

  checkPort(portId: PortId): void {
    getSwitchPort(portId);
  }

  listLinks(portId: PortId): Link[] {
    const links = this.#linksOf(portId);
    return [...links.values()].sort((a, b) => a.linkId - b.linkId);
  }

  listAllLinks(filter = ""): Link[] {
    return this.#all().filter((link) => nameOf(link).includes(filter));
  }

  getLink(portId: PortId, linkId: number): PlumbedLink {
    const link = this.#linksOf(portId).get(linkId);
    if (link === undefined) throw new DpdError("missing", `no such link: ${portId}/${linkId}`);
    return link;
  }

  asicPort(portId: PortId, linkId: number): number {
    return this.getLink(portId, linkId).asicId;
  }

  place(portId: PortId, linkId: number): { readonly asicPort: number; readonly bit: number } {
    return { asicPort: this.asicPort(portId, linkId), bit: getSwitchPort(portId).number };
  }

  isLinkUp(link: Link): boolean {
    return link.fault === null && this.#context.switch.requireAsic().ports.isUp(link.asicId);
  }

  linkState(link: Link): LinkState {
    if (link.fault !== null) return { faulted: link.fault };
    return this.isLinkUp(link) ? "up" : "down";
  }

  async createLink(portId: PortId, params: LinkParams): Promise<number> {
    let linkId = 0;
    await this.#change("link_create", () => {
      const links = this.#linksOf(portId);
      linkId = params.lane ?? this.#freeLane(portId);
      checkLane(portId, linkId);
      if (links.has(linkId)) throw busy(`link ${portId}/${linkId} exists already`);
      return [{ prior: undefined, next: newLink(portId, linkId, params, this.#macFor(portId, linkId), false) }];
    });
    return linkId;
  }

  deleteLink(portId: PortId, linkId: number): Promise<void> {
    return this.#change("link_delete", () => [{ prior: this.getLink(portId, linkId), next: undefined }]);
  }

  setEnabled(portId: PortId, linkId: number, enabled: boolean): Promise<void> {
    return this.#set(portId, linkId, { enabled });
  }

  setIpv6Enabled(portId: PortId, linkId: number, ipv6Enabled: boolean): Promise<void> {
    return this.#set(portId, linkId, { ipv6Enabled });
  }

  setUplink(portId: PortId, linkId: number, uplink: boolean): Promise<void> {
    return this.#set(portId, linkId, { uplink });
  }

  setMac(portId: PortId, linkId: number, mac: number): Promise<void> {
    return this.#set(portId, linkId, { mac });
  }

  setAutoneg(portId: PortId, linkId: number, autoneg: boolean): Promise<void> {
    return this.#set(portId, linkId, { autoneg });
  }

  setKr(portId: PortId, linkId: number, kr: boolean): Promise<void> {
    return this.#set(portId, linkId, { kr });
  }

  setPrbs(portId: PortId, linkId: number, prbs: string): Promise<void> {
    return this.#set(portId, linkId, { prbs });
  }

  setFault(portId: PortId, linkId: number, fault: LinkFault | null): Promise<void> {
    return this.#set(portId, linkId, { fault });
  }

  listAddresses(portId: PortId, linkId: number, family: Family, limit: number, after?: string): AddressEntry[] {
    const list = this.getLink(portId, linkId)[family];
    const from = after === undefined ? 0 : partitionPoint(list, ({ addr }) => compareIp(addr, after) <= 0);
    return list.slice(from, from + limit);
  }

  createAddress(portId: PortId, linkId: number, entry: AddressEntry): Promise<void> {
    return this.#change("address_create", () => {
      const prior = this.getLink(portId, linkId);
      const owner = this.#owners.find(entry.addr);
      if (owner !== undefined) throw exists(`IP address ${entry.addr} already exists`, `it is on ${owner}`);
      const family = familyOf(entry.addr);
      const list = withAddress(prior[family], linkAddress(entry, prior.asicId));
      return [{ prior, next: plumb({ ...prior, [family]: list }, prior) }];
    });
  }

  deleteAddress(portId: PortId, linkId: number, addr: string): Promise<void> {
    return this.#change("address_delete", () => {
      const prior = this.getLink(portId, linkId);
      const family = familyOf(addr);
      const list = prior[family].filter((entry) => entry.addr !== addr);
      if (list.length === prior[family].length) {
        throw new DpdError("missing", `no such address: ${addr} is not on ${nameOf(prior)}`);
      }
      return [{ prior, next: plumb({ ...prior, [family]: list }, prior) }];
    });
  }

  resetAddresses(portId: PortId, linkId: number, family: Family): Promise<void> {
    return this.#change("address_reset", () => {
      const prior = this.getLink(portId, linkId);
      return [{ prior, next: plumb({ ...prior, [family]: [] }, prior) }];
    });
  }

  getSettings(portId: PortId, tag: string): PortSettings {
    return new Map(this.listLinks(portId).map((link) => [link.linkId, settingsOf(link, tag)]));
  }

  async applySettings(portId: PortId, settings: PortSettings, tag: string): Promise<PortSettings> {
    await this.#change("settings_apply", () => {
      const links = this.#linksOf(portId);
      const changes: LinkChange[] = [...links.values()]
        .filter(({ linkId }) => !settings.has(linkId))
        .map((prior) => ({ prior, next: undefined }));
      for (const [linkId, wanted] of settings) {
        checkLane(portId, linkId);
        const { lane } = wanted.params;
        if (lane !== null && lane !== linkId)
          throw invalid(`links.${linkId}.params.lane: ${lane} is not the link's id`);
        const prior = links.get(linkId);
        const from = prior ?? newLink(portId, linkId, wanted.params, this.#macFor(portId, linkId), true);
        changes.push({ prior, next: withSettings(from, wanted, tag) });
      }
      return changes;
    });
    return this.getSettings(portId, tag);
  }

  clearSettings(portId: PortId, tag: string): Promise<PortSettings> {
    return this.applySettings(portId, new Map(), tag);
  }

  tfportData(): TfportData[] {
    return this.#all().map(({ portId, linkId, asicId, mac, ipv6Enabled, ipv6 }) => {
      // fe80::/10 has one spelling of its first group for each of the 64 values of the six bits after it.
      const linkLocal = ipv6.find(({ addr }) => /^fe[89ab][0-9a-f]:/.test(addr))?.addr ?? null;
      return { portId, linkId, asicId, mac, ipv6Enabled, linkLocal };
    });
  }

  reset(): Promise<void> {
    return this.#change("reset", () => this.#all().map((prior) => ({ prior, next: undefined })));
  }

  resetTag(tag: string): Promise<void> {
    return this.#change("reset_tag", () =>
      this.#all().map((prior) => {
        const stays = (entry: AddressEntry) => entry.tag !== tag;
        const next = { ...prior, ipv4: prior.ipv4.filter(stays), ipv6: prior.ipv6.filter(stays) };
        return { prior, next: plumb(next, prior) };
      }),
    );
  }

  #set(portId: PortId, linkId: number, fields: Partial<Link>): Promise<void> {
    return this.#change("link_set", () => {
      const prior = this.getLink(portId, linkId);
      return [{ prior, next: plumb({ ...prior, ...fields }, prior) }];
    });
  }

  /** What goes makes room for what comes, whatever the order of the changes. */
  #change(operation: string, plan: () => readonly LinkChange[]): Promise<void> {
    return this.writer.change(operation, () => {
      const changes = plan();
      this.#checkOwners(changes);
      return {
        steps: [
          ...changes.flatMap(({ prior, next }) => removalSteps(prior, next)),
          ...changes.flatMap(({ prior, next }) => additionSteps(prior, next)),
        ],
        commit: () => {
          for (const { prior } of changes) if (prior !== undefined) this.#forget(prior);
          for (const { next } of changes) if (next !== undefined) this.#remember(next);
          // A link that goes and comes in one change is told once, as what it is now.
          for (const { prior, next } of changes) {
            const at = next ?? prior;
            if (at !== undefined) this.#notify(at, next);
          }
        },
        result: undefined,
      };
    });
  }

  /** An address that a change brings may be on no other link and no loopback, unless the same change takes it away. */
  #checkOwners(changes: readonly LinkChange[]): void {
    const leaving = new Set(changes.flatMap(({ prior }) => (prior === undefined ? [] : addressesOf(prior))));
    const coming = new Map<string, string>();
    for (const { next } of changes) {
      for (const addr of next === undefined ? [] : addressesOf(next)) {
        const owner = coming.get(addr) ?? (leaving.has(addr) ? undefined : this.#owners.find(addr));
        if (owner !== undefined) throw exists(`IP address ${addr} already exists`, `it is on ${owner}`);
        if (next !== undefined) coming.set(addr, nameOf(next));
      }
    }
  }

  #forget(link: PlumbedLink): void {
    this.#linksOf(link.portId).delete(link.linkId);
    for (const addr of addressesOf(link)) this.#owners.delete(addr);
  }

  #remember(link: PlumbedLink): void {
    this.#linksOf(link.portId).set(link.linkId, link);
    for (const addr of addressesOf(link)) this.#owners.set(addr, nameOf(link));
  }

  #linksOf(portId: PortId): Map<number, PlumbedLink> {
    const links = this.#links.get(portId);
    if (links === undefined) throw new DpdError("missing", `no such switch port: ${portId}`);
    return links;
  }

  #all(): PlumbedLink[] {
    return [...this.#links.values()].flatMap((links) => [...links.values()].sort((a, b) => a.linkId - b.linkId));
  }

  #freeLane(portId: PortId): number {
    const links = this.#linksOf(portId);
    const { lanes } = getSwitchPort(portId);
    for (let lane = 0; lane < lanes; lane++) if (!links.has(lane)) return lane;
    throw busy(`all ${lanes} lanes of ${portId} are in use`);
  }

  /** Each lane of the switch has a MAC of its own. */
  #macFor(portId: PortId, linkId: number): number {
    if (this.#baseMac === undefined) throw busy("the base MAC address of the switch is not known yet");
    return this.#baseMac + getSwitchPort(portId).asicBase + linkId;
  }
}

const nameOf = ({ portId, linkId }: Link): string => `${portId}/${linkId}`;

const addressesOf = ({ ipv4, ipv6 }: Link): string[] => [...ipv4, ...ipv6].map(({ addr }) => addr);
