/** What OPTE, the packet engine of a sled, is told about VMs. */
export interface FamilyPrivateIp {
  readonly ip: string;
  readonly subnet: string;
  /** Further networks it may send from and receive for. */
  readonly transitIps: readonly string[];
}

/** At least one family. */
export interface PrivateIps {
  readonly v4?: FamilyPrivateIp | undefined;
  readonly v6?: FamilyPrivateIp | undefined;
}

export interface Nic {
  readonly id: string;
  readonly kind: { readonly type: "instance" | "service" | "probe"; readonly id: string };
  readonly name: string;
  readonly ips: PrivateIps;
  readonly mac: string;
  readonly vni: number;
  readonly isPrimary: boolean;
  readonly slot: number;
}

export interface SourceNat {
  readonly ip: string;
  readonly firstPort: number;
  readonly lastPort: number;
}

export interface FamilyExternalIps {
  readonly sourceNat: SourceNat | undefined;
  readonly ephemeral: string | undefined;
  /** Each once, in the order they came. */
  readonly floating: readonly string[];
}

/** Absent: no address of that family. */
export interface ExternalIps {
  readonly v4?: FamilyExternalIps | undefined;
  readonly v6?: FamilyExternalIps | undefined;
}

export type Family = "v4" | "v6";
export const FAMILIES: readonly Family[] = ["v4", "v6"];

export interface Gateway {
  readonly mac: string;
  readonly v4?: string | undefined;
  readonly v6?: string | undefined;
}

export interface Port {
  /** `opte<N>`; N is never used again. */
  readonly name: string;
  readonly nic: Nic;
  readonly gateway: Gateway;
  readonly externalIps: ExternalIps;
  /** Bytes; undefined leaves OPTE's default. */
  readonly mtu: number | undefined;
}
