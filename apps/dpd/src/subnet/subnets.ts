/** Attached subnets of both families, kept equal to their tables. */
import { compareIpNet, formatIpNet, networkOf } from "@racklet/net";
import type { IpNet } from "@racklet/net";
import { DomainWriter, deleteAllRows, deleteRows, insertRows } from "../asic/index.ts";
import type { Change, WriterContext } from "../asic/index.ts";
import { exists, missing } from "../errors.ts";
import type { Family } from "../table/port.ts";
import { SortedMap } from "../table/sorted-map.ts";
import { ATTACHED_SUBNETS } from "../table/subnet.ts";
import type { AttachedSubnetRow } from "../table/subnet.ts";
import type { AttachedSubnet, InstanceTarget, SubnetsApi } from "./types.ts";

/** Upstream caps a page at this, whatever the client asks for. */
export const SUBNET_PAGE_MAX = 64;

interface Held extends AttachedSubnet {
  readonly row: AttachedSubnetRow;
}

export class Subnets implements SubnetsApi {
  readonly writer: DomainWriter;
  readonly #held = new SortedMap<IpNet, Held>(compareIpNet, formatIpNet);

  constructor(context: WriterContext) {
    this.writer = new DomainWriter(context, "subnet");
    context.switch.onForget(() => this.#held.clear());
  }

  list(limit: number, after?: IpNet): AttachedSubnet[] {
    return this.#held.page(Math.min(limit, SUBNET_PAGE_MAX), after);
  }

  get(subnet: IpNet): AttachedSubnet {
    const held = this.#held.get(networkOf(subnet));
    if (held === undefined) throw missing("no mapping", formatIpNet(subnet));
    return held;
  }

  create(given: IpNet, { internalIp, mac, vni }: InstanceTarget): Promise<void> {
    const subnet = networkOf(given);
    return this.writer.change("create", () => {
      const prior = this.#held.get(subnet);
      if (prior !== undefined) {
        if (prior.internalIp === internalIp && prior.mac === mac && prior.vni === vni) return NOTHING;
        throw exists("conflicting mapping", `${formatIpNet(subnet)} goes to ${prior.internalIp} vni ${prior.vni}`);
      }
      const row: AttachedSubnetRow = { ...subnet, internalIp, mac, vni };
      return {
        steps: [insertRows(ATTACHED_SUBNETS[familyOf(subnet)], row)],
        commit: () => this.#held.set(subnet, { subnet, internalIp, mac, vni, row }),
        result: undefined,
      };
    });
  }

  delete(given: IpNet): Promise<void> {
    const subnet = networkOf(given);
    return this.writer.change("delete", () => {
      const held = this.#held.get(subnet);
      if (held === undefined) return NOTHING;
      return {
        steps: [deleteRows(ATTACHED_SUBNETS[familyOf(subnet)], held.row)],
        commit: () => this.#held.delete(subnet),
        result: undefined,
      };
    });
  }

  reset(): Promise<void> {
    return this.writer.change("reset", () => {
      const all = this.#held.values();
      const rowsOf = (family: Family) => all.filter(({ subnet }) => familyOf(subnet) === family).map(({ row }) => row);
      return {
        steps: [
          deleteAllRows(ATTACHED_SUBNETS.ipv4, rowsOf("ipv4")),
          deleteAllRows(ATTACHED_SUBNETS.ipv6, rowsOf("ipv6")),
        ],
        commit: () => this.#held.clear(),
        result: undefined,
      };
    });
  }
}

const NOTHING: Change<undefined> = { steps: [], commit: () => {}, result: undefined };

const familyOf = ({ address }: IpNet): Family => (address.includes(":") ? "ipv6" : "ipv4");
