/** What to tell Nexus about this sled next. Pure: all it depends on is what Nexus is known to have and what it should have. */
import type { RegisteredSled, SledDescription } from "../nexus/nexus.ts";

/** What Nexus is known to have. */
export type Known =
  | { readonly kind: "unknown" }
  | { readonly kind: "notFound" }
  | { readonly kind: "found"; readonly sled: RegisteredSled };

export type Step =
  | { readonly do: "fetch" }
  | { readonly do: "send"; readonly generation: number }
  /** Nexus has it, or has retired this sled and is not to be told of it again. */
  | { readonly do: "rest"; readonly because: "registered" | "decommissioned" };

/**
 * `isAnnounced`: this process has told Nexus of itself before. One that starts always does, although nothing in its record may be
 * new: its VMs and networks are not what Nexus believes.
 */
export function decide(known: Known, wanted: SledDescription, isAnnounced: boolean): Step {
  switch (known.kind) {
    case "unknown":
      return { do: "fetch" };
    case "notFound":
      return { do: "send", generation: 1 };
    case "found": {
      const { description, generation, isDecommissioned } = known.sled;
      if (isDecommissioned) return { do: "rest", because: "decommissioned" };
      if (isAnnounced && isSame(description, wanted)) return { do: "rest", because: "registered" };
      return { do: "send", generation: generation + 1 };
    }
  }
}

/** What is known after `generation` of `description` was taken. */
export function sent(description: SledDescription, generation: number): Known {
  return { kind: "found", sled: { description, generation, isDecommissioned: false } };
}

function isSame(a: SledDescription, b: SledDescription): boolean {
  return (
    a.address === b.address &&
    a.underlayAddress === b.underlayAddress &&
    a.dpdUrl === b.dpdUrl &&
    a.repoDepotPort === b.repoDepotPort &&
    a.role === b.role &&
    a.baseboard.serial === b.baseboard.serial &&
    a.baseboard.part === b.baseboard.part &&
    a.baseboard.revision === b.baseboard.revision &&
    a.usableHardwareThreads === b.usableHardwareThreads &&
    a.usablePhysicalRam === b.usablePhysicalRam &&
    a.reservoirSize === b.reservoirSize &&
    a.cpuFamily === b.cpuFamily
  );
}
