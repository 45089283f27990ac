/** The mainboard of a VM. */
import { s, type Infer } from "@racklet/api-kit/schema";

const Chipset = s.named(
  "Chipset",
  s.oneOf([s.closed({ type: s.literal("i440_fx"), value: s.named("I440Fx", s.closed({ enable_pcie: s.boolean() })) })]),
);

const GuestHypervisorInterface = s.named(
  "GuestHypervisorInterface",
  s.oneOf([
    s.closed({ type: s.literal("bhyve") }),
    s.closed({
      type: s.literal("hyper_v"),
      value: s.closed({
        features: s.array(s.named("HyperVFeatureFlag", s.enum(["reference_tsc"])), { uniqueItems: true }),
      }),
    }),
  ]),
  "What the guest sees of the hypervisor; bhyve's own interface where nothing is said.",
);

const CpuidEntry = s.named(
  "CpuidEntry",
  s.closed({
    eax: s.u32(),
    ebx: s.u32(),
    ecx: s.u32(),
    edx: s.u32(),
    leaf: s.u32(),
    subleaf: s.nullish(s.u32()),
  }),
);

const Cpuid = s.named(
  "Cpuid",
  s.closed({ entries: s.array(CpuidEntry), vendor: s.named("CpuidVendor", s.enum(["amd", "intel"])) }),
);

export const Board = s.named(
  "Board",
  s.closed({
    chipset: Chipset,
    cpuid: s.nullish(Cpuid),
    cpus: s.u8(),
    guest_hv_interface: s.optional(GuestHypervisorInterface),
    memory_mb: s.u64(),
  }),
  "A VM's mainboard.",
);
export type Board = Infer<typeof Board>;
