/** Wire types of Nexus' internal API: what the services of the rack tell it and ask of it. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { ByteCount, Generation, MacAddr, Vni } from "../common/network.ts";
import { SledCpuFamily, SledRole } from "../common/sled.ts";
import { sledVmmStateFields } from "../common/vmm.ts";

export const Baseboard = s.named(
  "Baseboard",
  s.object({ part: s.string(), revision: s.u32(), serial: s.string() }),
  "Properties that uniquely identify a hardware component.",
);
export type Baseboard = Infer<typeof Baseboard>;

export const SledAgentInfo = s.named(
  "SledAgentInfo",
  s.object({
    baseboard: Baseboard,
    cpu_family: SledCpuFamily,
    decommissioned: s.described("Set by Nexus only; ignored in what a sled-agent sends.", s.boolean()),
    dpd_url: s.optional(
      s.described(
        "On a scrimlet: where its switch's dpd listens. Not in upstream's API, where DNS tells. Absent: Nexus knows no dpd from this sled.",
        s.nullable(s.string({ maxLength: 256 })),
      ),
    ),
    generation: s.described("Only a greater generation than the recorded one changes the record.", Generation),
    repo_depot_port: s.u16(),
    reservoir_size: s.described("Memory set aside for VMs; less than `usable_physical_ram`.", ByteCount),
    role: SledRole,
    sa_address: s.described("Where the sled-agent listens, `[IPV6]:PORT`.", s.string()),
    underlay_address: s.optional(
      s.described(
        "The sled's address on the underlay network, where NAT entries and V2P mappings lead. Not in upstream's API. Absent: the address of `sa_address`.",
        s.nullable(s.ipv6()),
      ),
    ),
    usable_hardware_threads: s.u32(),
    usable_physical_ram: ByteCount,
  }),
  "What a sled-agent tells Nexus about its sled.",
);
export type SledAgentInfo = Infer<typeof SledAgentInfo>;

export const SledVmmReport = s.named(
  "SledVmmReport",
  s.object({
    ...sledVmmStateFields,
    failure_reason: s.optional(
      s.described(
        "Of a VMM that failed: why, in a sentence. Not in upstream's API.",
        s.nullable(s.string({ maxLength: 1024 })),
      ),
    ),
    propolis_addr: s.optional(
      s.described(
        "Where the VMM's propolis serves, `ip:port`. Not in upstream's API, where it is always where Nexus chose. Absent: as before.",
        s.nullable(s.string({ maxLength: 64 })),
      ),
    ),
  }),
  "All that a sled knows of the state of a VMM, as it reports it.",
);
export type SledVmmReport = Infer<typeof SledVmmReport>;

export const SwitchPutRequest = s.named("SwitchPutRequest", s.object({ baseboard: Baseboard, rack_id: s.uuid() }));
export const SwitchPutResponse = s.named("SwitchPutResponse", s.object({}));

export const NatEntryView = s.named(
  "NatEntryView",
  s.object({
    deleted: s.boolean(),
    external_address: s.ip(),
    first_port: s.u16(),
    gen: s.i64(),
    last_port: s.u16(),
    mac: MacAddr,
    sled_address: s.ipv6(),
    vni: Vni,
  }),
  "One change of the NAT table: an entry added, or removed when `deleted`.",
);
export type NatEntryView = Infer<typeof NatEntryView>;

export const Ping = s.named("Ping", s.object({ status: s.named("PingStatus", s.literal("ok")) }));
