/**
 * The links that there are. Every change goes from the links as they are to the links as they will be: the steps follow
 * from the difference, and soft state takes the new links in one step once the ASIC has them.
 */
import type { DomainWriter, WriterContext } from "../asic/index.ts";
import { DpdError, exists } from "../errors.ts";
import type { AddressOwners } from "./address.ts";
import { SWITCH_PORTS } from "./inventory.ts";
import { additionSteps, removalSteps } from "./link.ts";
import type { PlumbedLink } from "./link.ts";
import type { Link, PortId } from "./types.ts";

/** One link as it is to be; undefined when it goes. */
export interface LinkChange {
  readonly prior: PlumbedLink | undefined;
  readonly next: PlumbedLink | undefined;
}

/** Told of each link of a change that took effect, with what it is now; must not throw. */
export type LinkListener = (at: { readonly portId: PortId; readonly linkId: number }, link: Link | undefined) => void;

export class Links {
  readonly writer: DomainWriter;
  readonly #owners: AddressOwners;
  /** By port in the order of the inventory, then by link id. */
  readonly #links = new Map<PortId, Map<number, PlumbedLink>>(SWITCH_PORTS.map(({ portId }) => [portId, new Map()]));
  #notify: LinkListener = () => {};

  constructor(context: WriterContext, writer: DomainWriter, owners: AddressOwners) {
    this.writer = writer;
    this.#owners = owners;
    context.switch.onForget(() => {
      for (const links of this.#links.values()) links.clear();
      owners.clear();
    });
  }

  onChange(notify: LinkListener): void {
    this.#notify = notify;
  }

  /** In the order of their ids. Throws `missing` for an unknown port. */
  of(portId: PortId): PlumbedLink[] {
    return [...this.#linksOf(portId).values()].sort((a, b) => a.linkId - b.linkId);
  }

  all(): PlumbedLink[] {
    return [...this.#links.keys()].flatMap((portId) => this.of(portId));
  }

  /** Throws `missing` for an unknown port. */
  find(portId: PortId, linkId: number): PlumbedLink | undefined {
    return this.#linksOf(portId).get(linkId);
  }

  /** Throws `missing`. */
  get(portId: PortId, linkId: number): PlumbedLink {
    const link = this.find(portId, linkId);
    if (link === undefined) throw new DpdError("missing", `no such link: ${portId}/${linkId}`);
    return link;
  }

  /** What goes makes room for what comes, whatever the order of the changes. `plan` runs under the lock. */
  change(operation: string, plan: () => readonly LinkChange[]): Promise<void> {
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
}

export const nameOf = ({ portId, linkId }: Link): string => `${portId}/${linkId}`;

const addressesOf = ({ ipv4, ipv6 }: Link): string[] => [...ipv4, ...ipv6].map(({ addr }) => addr);
