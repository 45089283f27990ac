/** What a sled-agent knows of a VMM, in its own words. */
import type { InstanceSpec } from "@racklet/api-types/propolis/latest";
import type { MigrationState, VmmState } from "@racklet/api-types/sled-agent/latest";
import type { FirewallRule } from "../opte/firewall.ts";
import type { AttachedSubnet, ExternalIps, Membership, Nic } from "../opte/types.ts";

export interface MigrationStatus {
  readonly migrationId: string;
  readonly state: MigrationState;
  readonly gen: number;
  /** RFC 3339. */
  readonly timeUpdated: string;
}

/** Everything that is reported about a VMM. Generations only grow. */
export interface VmmStatus {
  readonly state: VmmState;
  readonly gen: number;
  /** RFC 3339. */
  readonly timeUpdated: string;
  readonly migrationIn?: MigrationStatus | undefined;
  readonly migrationOut?: MigrationStatus | undefined;
  /** Where its propolis serves, `ip:port`; undefined before there is one. */
  readonly propolisAddr?: string | undefined;
  /** Of a VMM that failed: why, in a sentence. */
  readonly failureReason?: string | undefined;
}

/** A registration, valid in itself. */
export interface VmmRequest {
  readonly propolisId: string;
  readonly instanceId: string;
  readonly siloId: string;
  readonly projectId: string;
  readonly hostname: string;
  readonly spec: InstanceSpec;
  readonly nics: readonly Nic[];
  readonly externalIps: ExternalIps;
  readonly attachedSubnets: readonly AttachedSubnet[];
  readonly memberships: readonly Membership[];
  readonly firewallRules: readonly FirewallRule[];
  readonly migrationId: string | undefined;
  /** Where its propolis is to serve, `ip:port`. */
  readonly propolisAddr: string;
  /** Of the primary interface, bytes. */
  readonly mtu: number | undefined;
  readonly initial: Pick<VmmStatus, "state" | "gen" | "timeUpdated">;
}

export type StateRequest =
  | { readonly type: "running" | "stopped" | "reboot" }
  | { readonly type: "migrationTarget"; readonly sourceAddr: string };

/** The new value for the old one: the same object when nothing changes. Throws what is refused. */
export type Change<T> = (current: T) => T;

export interface SeenVmm {
  readonly propolisId: string;
  readonly status: VmmStatus;
  /** Of its propolis, where that is a process of its own. */
  readonly pid: number | undefined;
}

/** The VMMs of a sled, as the HTTP handlers see them. */
export interface Vmms {
  /** Takes up those of an earlier life of this sled-agent. To be called before anything else. */
  resume(): void;
  /** Known for the same instance: changes nothing. */
  register(request: VmmRequest): VmmStatus;
  /** The last state; null when the VMM was unknown. The caller owns reporting it. */
  unregister(propolisId: string): Promise<VmmStatus | null>;
  /** The state after the request; null where the work goes on after the answer, or nothing changed. */
  putState(propolisId: string, request: StateRequest): Promise<VmmStatus | null>;
  getState(propolisId: string): VmmStatus;
  changeExternalIps(propolisId: string, change: Change<ExternalIps>): Promise<void>;
  changeSubnets(propolisId: string, change: Change<readonly AttachedSubnet[]>): Promise<void>;
  changeMemberships(propolisId: string, change: Change<readonly Membership[]>): Promise<void>;
  /** For operators. */
  list(): readonly SeenVmm[];
  /** How many VMMs are in each state. */
  countByState(): ReadonlyMap<VmmState, number>;
  /** Ends everything that runs on the VMMs' behalf. Where records are kept, the next life reports their end. */
  close(): Promise<void>;
}
