/** What the API does with the ports and links of a switch. */
import { compareIp } from "@racklet/net";
import type { DomainWriter, WriterContext } from "../asic/index.ts";
import { DpdError, busy, exists, invalid } from "../errors.ts";
import type { Family } from "../table/port.ts";
import { partitionPoint } from "../table/search.ts";
import { linkAddress, familyOf, withAddress } from "./address.ts";
import { SWITCH_PORTS, getSwitchPort } from "./inventory.ts";
import { plumb } from "./link.ts";
import type { PlumbedLink } from "./link.ts";
import { nameOf } from "./links.ts";
import type { LinkChange, LinkListener, Links } from "./links.ts";
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

export class Ports implements PortsApi {
  readonly writer: DomainWriter;
  readonly #context: WriterContext;
  readonly #links: Links;
  #baseMac: number | undefined;

  constructor(context: WriterContext, links: Links) {
    this.#context = context;
    this.#links = links;
    this.writer = links.writer;
  }

  /** Calls once for each link of a change that took effect, with what it is now; the listener must not throw. */
  onChange(notify: LinkListener): void {
    this.#links.onChange(notify);
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
    return this.#links.of(portId);
  }

  listAllLinks(filter = ""): Link[] {
    return this.#links.all().filter((link) => nameOf(link).includes(filter));
  }

  getLink(portId: PortId, linkId: number): PlumbedLink {
    return this.#links.get(portId, linkId);
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
    await this.#links.change("link_create", () => {
      linkId = params.lane ?? this.#freeLane(portId);
      checkLane(portId, linkId);
      if (this.#links.find(portId, linkId) !== undefined) throw busy(`link ${portId}/${linkId} exists already`);
      return [{ prior: undefined, next: newLink(portId, linkId, params, this.#macFor(portId, linkId), false) }];
    });
    return linkId;
  }

  deleteLink(portId: PortId, linkId: number): Promise<void> {
    return this.#links.change("link_delete", () => [{ prior: this.getLink(portId, linkId), next: undefined }]);
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
    return this.#links.change("address_create", () => {
      const prior = this.getLink(portId, linkId);
      const taken = prior[familyOf(entry.addr)].some(({ addr }) => addr === entry.addr);
      if (taken) throw exists(`IP address ${entry.addr} already exists`, `it is on ${nameOf(prior)}`);
      const family = familyOf(entry.addr);
      const list = withAddress(prior[family], linkAddress(entry, prior.asicId));
      return [{ prior, next: plumb({ ...prior, [family]: list }, prior) }];
    });
  }

  deleteAddress(portId: PortId, linkId: number, addr: string): Promise<void> {
    return this.#links.change("address_delete", () => {
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
    return this.#links.change("address_reset", () => {
      const prior = this.getLink(portId, linkId);
      return [{ prior, next: plumb({ ...prior, [family]: [] }, prior) }];
    });
  }

  getSettings(portId: PortId, tag: string): PortSettings {
    return new Map(this.listLinks(portId).map((link) => [link.linkId, settingsOf(link, tag)]));
  }

  async applySettings(portId: PortId, settings: PortSettings, tag: string): Promise<PortSettings> {
    await this.#links.change("settings_apply", () => {
      const changes: LinkChange[] = this.#links
        .of(portId)
        .filter(({ linkId }) => !settings.has(linkId))
        .map((prior) => ({ prior, next: undefined }));
      for (const [linkId, wanted] of settings) {
        checkLane(portId, linkId);
        const { lane } = wanted.params;
        if (lane !== null && lane !== linkId)
          throw invalid(`links.${linkId}.params.lane: ${lane} is not the link's id`);
        const prior = this.#links.find(portId, linkId);
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
    return this.#links.all().map(({ portId, linkId, asicId, mac, ipv6Enabled, ipv6 }) => {
      // fe80::/10 has one spelling of its first group for each of the 64 values of the six bits after it.
      const linkLocal = ipv6.find(({ addr }) => /^fe[89ab][0-9a-f]:/.test(addr))?.addr ?? null;
      return { portId, linkId, asicId, mac, ipv6Enabled, linkLocal };
    });
  }

  reset(): Promise<void> {
    return this.#keepAddresses("reset", () => false);
  }

  resetTag(tag: string): Promise<void> {
    return this.#keepAddresses("reset_tag", (entry) => entry.tag !== tag);
  }

  #keepAddresses(operation: string, stays: (entry: AddressEntry) => boolean): Promise<void> {
    return this.#links.change(operation, () =>
      this.#links.all().map((prior) => {
        const next = { ...prior, ipv4: prior.ipv4.filter(stays), ipv6: prior.ipv6.filter(stays) };
        return { prior, next: plumb(next, prior) };
      }),
    );
  }

  #set(portId: PortId, linkId: number, fields: Partial<Link>): Promise<void> {
    return this.#links.change("link_set", () => {
      const prior = this.getLink(portId, linkId);
      return [{ prior, next: plumb({ ...prior, ...fields }, prior) }];
    });
  }

  #freeLane(portId: PortId): number {
    const { lanes } = getSwitchPort(portId);
    for (let lane = 0; lane < lanes; lane++) if (this.#links.find(portId, lane) === undefined) return lane;
    throw busy(`all ${lanes} lanes of ${portId} are in use`);
  }

  /** Each lane of the switch has a MAC of its own. */
  #macFor(portId: PortId, linkId: number): number {
    if (this.#baseMac === undefined) throw busy("the base MAC address of the switch is not known yet");
    return this.#baseMac + getSwitchPort(portId).asicBase + linkId;
  }
}
