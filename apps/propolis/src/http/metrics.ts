/** What propolis shows of itself under `/metrics` and `/debug/health`, besides the requests that the framework counts. */
import { Metrics } from "@racklet/api-kit";
import { PropolisError } from "../errors.ts";
import type { VmHolder } from "../vm/holder.ts";

export function propolisMetrics(vms: VmHolder): Metrics {
  const metrics = new Metrics();
  metrics.gauge("propolis_vm_generation", "Generation of the VM's published state, by state", () => {
    const { state, gen } = healthToWire(vms);
    return [[{ state: state ?? "none" }, gen]];
  });
  return metrics;
}

export function healthToWire(vms: VmHolder): { state: string | null; gen: number } {
  try {
    const { state, gen } = vms.last().monitor.current;
    return { state, gen };
  } catch (error) {
    if (error instanceof PropolisError && error.kind === "noInstance") return { state: null, gen: 0 };
    throw error;
  }
}
