/** Attached subnets: a prefix and the instance that its traffic goes to. */
import { BITS, capacity, encapParams } from "./field.ts";
import type { Family } from "./port.ts";
import type { Action, TableDecl } from "./types.ts";

export interface AttachedSubnetRow {
  /** Without host bits. */
  readonly address: string;
  readonly length: number;
  readonly internalIp: string;
  readonly mac: number;
  readonly vni: number;
}

function attachedSubnetTable(family: Family): TableDecl<AttachedSubnetRow> {
  const version = family === "ipv4" ? "v4" : "v6";
  const forward: Action<AttachedSubnetRow> = { name: `forward_to_${version}`, params: encapParams((row) => row.mac) };
  return {
    name: `Ingress.attached_subnet_ingress.attached_subnets_${version}`,
    p4: `pipe.Ingress.attached_subnet_ingress.attached_subnets_${version}`,
    domain: "subnet",
    keys: [
      {
        name: "subnet",
        p4: `hdr.${family}.dst_addr`,
        match: "lpm",
        type: family,
        bits: BITS[family],
        value: (row) => row.address,
        length: (row) => row.length,
      },
    ],
    actions: [forward],
    actionOf: () => forward,
    defaultAction: "NoAction",
    capacity: capacity(512, 65_536),
    counter: true,
  };
}

export const ATTACHED_SUBNETS: Readonly<Record<Family, TableDecl<AttachedSubnetRow>>> = {
  ipv4: attachedSubnetTable("ipv4"),
  ipv6: attachedSubnetTable("ipv6"),
};
