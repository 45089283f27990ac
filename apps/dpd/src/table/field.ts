/** Short forms for the fields of a declaration. */
import type { ExactKey, FieldType, FieldValue, Param, Profile } from "./types.ts";

export const BITS: Readonly<Record<"ipv4" | "ipv6" | "mac", number>> = { ipv4: 32, ipv6: 128, mac: 48 };

export function exact<R>(
  name: string,
  p4: string,
  type: FieldType,
  bits: number,
  value: (row: R) => FieldValue,
): ExactKey<R> {
  return { name, p4, match: "exact", type, bits, value };
}

export function param<R>(name: string, type: FieldType, bits: number, value: (row: R) => FieldValue): Param<R> {
  return { name, type, bits, value };
}

/** The arguments of every action that sends a packet to a guest or a group of them. */
export function encapParams<R extends { readonly internalIp: string; readonly vni: number }>(
  mac: (row: R) => number,
): Param<R>[] {
  return [
    param("target", "ipv6", 128, (row) => row.internalIp),
    param("inner_mac", "mac", 48, mac),
    param("vni", "uint", 24, (row) => row.vni),
  ];
}

/** `large` is for scale work; no ASIC has room for it. */
export function capacity(sidecar: number, large = sidecar): Readonly<Record<Profile, number>> {
  return { sidecar, large };
}
